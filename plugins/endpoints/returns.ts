import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyContextConfig, FastifyInstance } from 'fastify';
import { orDeclined } from '../../schemas/declined.js';
import { problems } from '../../schemas/problem.js';
import { ReturnRequestBody, ReturnResponse } from '../../schemas/returns.js';
import { findProduct } from '../../src/domain/catalog/snapshot.js';
import { mayAct, mayBeTold } from '../../src/domain/orders/proof.js';
import { requestReturn } from '../../src/domain/returns/confirm-return.js';
import { RETURN_SLIP, SLIP_CONTENT_TYPE } from '../../src/domain/returns/deliveries.js';
import {
  type Circumstances,
  type ReturnSettings,
  returnPolicy,
} from '../../src/domain/returns/return-policy.js';
import { type ReturnRequest, slipKey, type WishedItem } from '../../src/domain/returns/return-request.js';
import { toldStatus } from '../../src/domain/returns/return-steps.js';
import {
  correctedSentence,
  openedSentence,
  refusalSentence,
  repeatedSentence,
  unconfirmedSentence,
} from '../../src/domain/returns/sentences.js';
import type { Started } from '../../src/domain/returns/start-return.js';
import { UNCONFIRMED_HOURS } from '../../src/domain/returns/unconfirmed-return.js';
import { plainText, present, toNumber } from '../../src/lib/values/text.js';
import { invalid } from '../../src/platform/http/errors.js';
import { declined } from '../core/declined.js';
import { requestedOrder } from './requested-order.js';

type SentItem = NonNullable<ReturnRequestBody['items']>[number];

/** Whether it is a return, a resize or care; undefined when the request does not say. */
const optionOf = ({ selection, option }: ReturnRequestBody) => selection?.option || option;

/** What a customer wants to send in, in the names of today: the shop's own route nests it under `selection`. What is nested wins. */
function readReturnRequest({ selection = {}, ...flat }: ReturnRequestBody) {
  const first = <Name extends keyof typeof selection>(name: Name) =>
    selection[name] || flat[name] || undefined;
  const option = optionOf({ selection, ...flat });
  if (!option) throw invalid('/option', 'Please say whether it is a return, a resize or care.');
  const newSize = first('newSize');
  const size = newSize === undefined ? undefined : present(plainText(String(newSize)));
  // an empty list beside one that holds something is a field that was left over
  const isNested = Boolean(selection.items?.length || !flat.items);
  const sent = (isNested ? selection.items : flat.items) ?? [];
  const path = isNested ? '/selection/items' : '/items';
  const items = sent.map((item, index) => readItem(item, `${path}/${index}`, size));
  const email = present(flat.contact?.email);
  const phone = present(flat.contact?.phone);
  return {
    order: { orderNumber: first('orderNumber'), orderId: first('orderId') },
    wish: { option, items, size },
    intake: {
      option,
      reason: present(first('reason')),
      notes: present(first('notes')),
      contact: email || phone ? { email, phone } : undefined,
      sessionId: present(flat.sessionId),
    },
  };
}

function readItem(item: SentItem, path: string, newSize: string | undefined): WishedItem {
  const lineId = present(item.lineId);
  const sku = present(item.sku);
  if (!lineId && !sku) throw invalid(path, 'Please say which piece of the order it is.');
  const quantity = toNumber(item.quantity);
  if (quantity !== undefined && (!Number.isInteger(quantity) || quantity < 1))
    throw invalid(`${path}/quantity`, 'A quantity is a whole number from 1.');
  const size = item.size === undefined ? newSize : (present(plainText(String(item.size))) ?? newSize);
  const notes = [item.action, item.notes].map(present).filter((text) => text !== undefined);
  return {
    lineId,
    sku,
    quantity,
    size,
    notes: notes.join(': ') || undefined,
  };
}

export interface ReturnsOptions {
  returns: ReturnSettings;
}

/** On what a return is decided at this moment. */
export const returnCircumstances = (
  app: FastifyInstance,
  { returns }: ReturnsOptions,
): Omit<Circumstances, 'held'> => ({
  policy: returnPolicy(returns),
  now: app.now(),
  calendar: app.calendar,
  isMadeToOrder: (sku) => findProduct(app.catalogue.current(), sku)?.madeToOrder ?? false,
});

/** An address at which the slip can be read for a quarter of an hour, once it is there. */
export async function slipUrl(
  app: FastifyInstance,
  { rmaId, deliveries }: Pick<ReturnRequest, 'rmaId' | 'deliveries'>,
): Promise<string | undefined> {
  const stored = deliveries.some(({ kind, state }) => kind === RETURN_SLIP.kind && state === 'done');
  if (!stored) return undefined;
  const object = { key: slipKey(rmaId), contentType: SLIP_CONTENT_TYPE, fileName: `${rmaId}.pdf` };
  return app.storage.signedUrl(object);
}

const schemaOf = ({ windowDays }: ReturnSettings) => ({
  operationId: 'startReturn',
  summary: 'Start a return, a resize or a care request',
  description: `Opens an RMA for an order or for some of its pieces. Asking the same again gives the same RMA with \`duplicate: true\`; another size is taken over into it. Returns are taken within ${windowDays.return} days of delivery and resizes within ${windowDays.resize} (settings); pieces made for one customer are resized, not returned; a piece is in one RMA at a time. Who has not proved the order (by its email and postal code or by a code, in this session; by a key with \`orders:trusted\`; or because \`ORDERS_PROOF\` is \`trusted\`) gets an \`unconfirmed\` one: nothing is changed, and a link that confirms it goes to the order's own address for ${UNCONFIRMED_HOURS} hours. A refusal is a 200 with \`ok: false\`, a \`reason\` and a sentence for the customer; nothing is changed then.`,
  tags: ['Widget'],
  body: ReturnRequestBody,
  response: {
    200: orDeclined(ReturnResponse, 'The RMA that is open for this already; or why there is none.'),
    201: { ...ReturnResponse, description: 'A new RMA, or one that waits to be confirmed.' },
    ...problems('order.not_found'),
  },
});

/** CONCIERGE_RETURNS_ENDPOINT */
const returnsEndpoint: FastifyPluginAsyncTypebox<ReturnsOptions> = async (app, options) => {
  const config = {
    scope: 'returns:write',
    limit: 'returns',
    counted: { what: 'returns', by: { field: 'option', values: ['return', 'resize', 'care'] } },
    event: {
      name: 'aurora_return_initiated',
      intent: 'return_exchange',
      properties: ({ body }) => ({ option: optionOf(body as ReturnRequestBody) }),
    },
  } satisfies FastifyContextConfig;

  const schema = schemaOf(options.returns);
  app.post('/api/concierge/orders/returns', { schema, config }, async (request, reply) => {
    const { order: named, wish, intake } = readReturnRequest(request.body);
    const order = await requestedOrder(app, app.repositories.orders, request, named);
    const { orderNumber } = order;
    const proof = await app.proofOf(request, orderNumber);
    const contact = mayAct(proof) ? intake.contact : undefined;
    const requested = await requestReturn(
      app.repositories,
      order,
      wish,
      { ...intake, contact, requestKey: request.idempotencyId ?? undefined },
      returnCircumstances(app, options),
      proof,
    );
    if (requested.outcome === 'refused') {
      const { decision } = requested;
      const message = refusalSentence(decision, orderNumber, mayBeTold(proof));
      return declined(request, { reason: decision.reason, message });
    }
    if (requested.outcome === 'unconfirmed') {
      const { unconfirmed, isNew } = requested;
      const message = unconfirmedSentence(unconfirmed, UNCONFIRMED_HOURS);
      const answer = { ...toResponse(unconfirmed), status: 'unconfirmed' as const, message };
      return reply.code(isNew ? 201 : 200).send({ ...answer, duplicate: isNew ? undefined : true });
    }
    const isExisting = requested.outcome === 'repeated';
    const deliveries = await app.outbox.runInline('returns', requested.request, {
      isExisting,
      log: request.log,
    });
    const answer = {
      ...toResponse(requested.request),
      status: toldStatus(requested.request.status),
      labelUrl: await slipUrl(app, { ...requested.request, deliveries }),
      message: sentenceFor(requested, mayBeTold(proof)),
    };
    if (requested.outcome === 'opened') return reply.code(201).send(answer);
    return { ...answer, duplicate: true };
  });
};

export default returnsEndpoint;

function sentenceFor(started: Exclude<Started, { outcome: 'refused' }>, isTold: boolean): string {
  if (started.outcome === 'opened') return openedSentence(started.request, started.kept, isTold);
  return started.outcome === 'corrected'
    ? correctedSentence(started.request)
    : repeatedSentence(started.request);
}

interface Answered {
  rmaId: string;
  option: ReturnRequestBody['option'] & string;
  orderNumber: string;
  expiresAt: Date;
}

const toResponse = ({ rmaId, option, orderNumber, expiresAt }: Answered) => ({
  ok: true as const,
  rmaId,
  option,
  orderNumber,
  expiresAt: expiresAt.toISOString(),
});
