import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyContextConfig, FastifyRequest } from 'fastify';
import { orDeclined } from '../../schemas/declined.js';
import { problems } from '../../schemas/problem.js';
import { ReturnRequestBody, ReturnResponse } from '../../schemas/returns.js';
import type { Config } from '../../src/config/load.js';
import { findProduct } from '../../src/domain/catalog/search.js';
import type { Order } from '../../src/domain/orders/order.js';
import { mayBeTold } from '../../src/domain/orders/proof.js';
import { withoutTitles } from '../../src/domain/orders/without-titles.js';
import { returnPolicy } from '../../src/domain/returns/decide-return.js';
import { RETURN_SLIP, SLIP_CONTENT_TYPE, slipKey } from '../../src/domain/returns/deliveries.js';
import type { WishedItem } from '../../src/domain/returns/resolve-lines.js';
import type { ReturnRequest } from '../../src/domain/returns/return-request.js';
import { startReturn } from '../../src/domain/returns/start-return.js';
import { present, toNumber } from '../../src/lib/text.js';
import { invalid } from '../../src/platform/http/errors.js';
import { declined } from '../core/declined.js';
import { requestedOrder } from './requested-order.js';

const schema = {
  operationId: 'startReturn',
  summary: 'Start a return, a resize or a care request',
  description:
    'Opens an RMA for an order or for some of its pieces. Asking the same again gives the same RMA with `duplicate: true`. Returns are taken within 30 days of delivery and resizes within 60 (settings); pieces made for one customer are resized, not returned; a piece is in one RMA at a time. A refusal is a 200 with `ok: false`, a `reason` and a sentence for the customer; nothing is changed then.',
  tags: ['orders'],
  body: ReturnRequestBody,
  response: {
    200: orDeclined(ReturnResponse, 'The RMA that is open for this already; or why there is none.'),
    201: { ...ReturnResponse, description: 'A new RMA.' },
    ...problems(404),
  },
};

const SLIP_URL_SECONDS = 15 * 60;

export interface ReturnsOptions {
  returns: Config['returns'];
  shop: Config['shop'];
}

/** CONCIERGE_RETURNS_ENDPOINT */
const returnsEndpoint: FastifyPluginAsyncTypebox<ReturnsOptions> = async (app, options) => {
  const { orders, returns } = app.repositories;
  const policy = returnPolicy(options.returns);
  const isMadeToOrder = (sku: string) => findProduct(app.catalogue.current(), sku)?.madeToOrder ?? false;
  const config = {
    scope: 'returns:write',
    limit: 'returns',
    counted: { what: 'returns', by: { field: 'option', values: ['return', 'resize', 'care'] } },
    event: {
      name: 'aurora_return_initiated',
      intent: 'return_exchange',
      properties: ({ body }) => ({ option: (body as ReturnRequestBody).option }),
    },
  } satisfies FastifyContextConfig;

  app.post('/api/concierge/orders/returns', { schema, config }, async (request, reply) => {
    const { body } = request;
    const order = await requestedOrder(app, orders, request, body);
    const now = app.now();
    const wish = { option: body.option, items: (body.items ?? []).map(readItem) };
    const intake = { ...readIntake(body), requestKey: request.idempotencyId ?? undefined };
    const started = await startReturn(returns, order, wish, intake, { policy, now, isMadeToOrder });
    if (started.outcome === 'refused')
      return declined(request, {
        reason: started.decision.reason,
        message: await toldTo(request, order, started.decision.message),
      });

    const isExisting = started.outcome === 'repeated';
    const inline = { isExisting, log: request.log };
    const deliveries = await app.outbox.runInline('returns', started.request, inline);
    const labelUrl = await slipUrl({ ...started.request, deliveries });
    const answer = { ...toResponse(started.request), ...(labelUrl && { labelUrl }) };
    if (started.outcome === 'repeated')
      return { ...answer, message: repeated(started.request), duplicate: true };
    const message = await toldTo(request, order, opened(started.request, started.kept));
    return reply.code(201).send({ ...answer, message });
  });

  // Who only knows the number of an order is not told what is in it.
  const toldTo = async (request: FastifyRequest, order: Order, sentence: string): Promise<string> =>
    mayBeTold(await app.proofOf(request, order.orderNumber))
      ? sentence
      : withoutTitles(sentence, order.lines);

  /** An address at which the slip can be read for a quarter of an hour, once it is there. */
  async function slipUrl({ rmaId, deliveries }: ReturnRequest): Promise<string | undefined> {
    const stored = deliveries.some(({ kind, state }) => kind === RETURN_SLIP.kind && state === 'done');
    if (!stored) return undefined;
    const object = { key: slipKey(rmaId), contentType: SLIP_CONTENT_TYPE, fileName: `${rmaId}.pdf` };
    return app.storage.signedUrl({ ...object, expiresInSeconds: SLIP_URL_SECONDS });
  }
};

export default returnsEndpoint;

function readItem(item: NonNullable<ReturnRequestBody['items']>[number], index: number): WishedItem {
  const lineId = present(item.lineId);
  const sku = present(item.sku);
  if (!lineId && !sku) throw invalid(`/items/${index}`, 'Please say which piece of the order it is.');
  const quantity = toNumber(item.quantity);
  if (quantity !== undefined && (!Number.isInteger(quantity) || quantity < 1))
    throw invalid(`/items/${index}/quantity`, 'A quantity is a whole number from 1.');
  const size = present(item.size);
  const notes = [item.action, item.notes].map(present).filter((text) => text !== undefined);
  return {
    ...(lineId && { lineId }),
    ...(sku && { sku }),
    ...(quantity !== undefined && { quantity }),
    ...(size && { size }),
    ...(notes.length > 0 && { notes: notes.join(': ') }),
  };
}

function readIntake({ option, reason, notes, contact, sessionId }: ReturnRequestBody) {
  const email = present(contact?.email);
  const phone = present(contact?.phone);
  return {
    option,
    reason: present(reason),
    notes: present(notes),
    contact: email || phone ? { ...(email && { email }), ...(phone && { phone }) } : undefined,
    sessionId: present(sessionId),
  };
}

const toResponse = ({ rmaId, status, option, orderNumber, expiresAt }: ReturnRequest) => ({
  ok: true as const,
  rmaId,
  status,
  option,
  orderNumber,
  expiresAt: expiresAt.toISOString(),
});

const WHAT = { return: 'return', resize: 'resize', care: 'care request' };

function opened({ option, rmaId }: ReturnRequest, kept: string[]): string {
  const stay = kept.length > 1 ? 'stay' : 'stays';
  const rest = kept.length > 0 ? ` ${kept.join(', ')} cannot be returned and ${stay} with you.` : '';
  return `Your ${WHAT[option]} is under way. Please quote ${rmaId} when you send your piece in.${rest}`;
}

const repeated = ({ option, rmaId }: ReturnRequest): string =>
  `We have your ${WHAT[option]} already. Please quote ${rmaId} when you send your piece in.`;
