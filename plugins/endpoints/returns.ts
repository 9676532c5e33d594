import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { problems } from '../../schemas/problem.js';
import { ReturnRequestBody, ReturnResponse } from '../../schemas/returns.js';
import type { Config } from '../../src/config.js';
import { ApiError, invalid } from '../../src/errors.js';
import { createOrdersRepository } from '../../src/orders/orders-repository.js';
import { decideReturn, returnPolicy } from '../../src/returns/decide-return.js';
import type { ReturnRequest } from '../../src/returns/return-request.js';
import { createReturnsRepository } from '../../src/returns/returns-repository.js';
import { startReturn } from '../../src/returns/start-return.js';
import type { WishedItem } from '../../src/returns/take-lines.js';
import { present, toNumber } from '../../src/text.js';
import { requestedOrder } from './requested-order.js';

const schema = {
  operationId: 'startReturn',
  summary: 'Start a return, a resize or a care request',
  description:
    'Opens an RMA for an order or for some of its pieces. Asking the same again gives the same RMA with `duplicate: true`. Returns are taken within 30 days of delivery and resizes within 60 (settings); pieces made for one customer are resized, not returned. A refusal is a 409 with a sentence for the customer and a `reason`.',
  tags: ['orders'],
  body: ReturnRequestBody,
  response: {
    200: { ...ReturnResponse, description: 'The RMA that is open for this already.' },
    201: { ...ReturnResponse, description: 'A new RMA.' },
    ...problems(404, 409),
  },
};

export interface ReturnsOptions {
  windows: Config['returns'];
}

/** CONCIERGE_RETURNS_ENDPOINT */
const returnsEndpoint: FastifyPluginAsyncTypebox<ReturnsOptions> = async (app, { windows }) => {
  const orders = createOrdersRepository(app.collections.orders);
  const returns = createReturnsRepository(app.collections.returns);
  const policy = returnPolicy(windows);

  const isMadeToOrder = (sku: string) => app.catalogue.current().byName.get(sku)?.madeToOrder ?? false;

  app.post('/api/concierge/orders/returns', { schema }, async (request, reply) => {
    const { body } = request;
    const order = await requestedOrder(app, orders, request, body);
    const wish = { option: body.option, items: (body.items ?? []).map(readItem) };
    const decision = decideReturn(order, wish, policy, app.now(), isMadeToOrder);
    if (!decision.ok)
      throw new ApiError('return.not_eligible', decision.message, { reason: decision.reason });

    const started = await startReturn(
      { returns, orders, policy, now: app.now },
      order,
      decision.lines,
      readIntake(body),
      request.log,
    );
    return reply
      .code(started.duplicate ? 200 : 201)
      .send(toResponse(started.request, started.duplicate, decision.kept));
  });
};

export default returnsEndpoint;

function readItem(item: NonNullable<ReturnRequestBody['items']>[number], index: number): WishedItem {
  const lineId = present(item.lineId);
  const sku = present(item.sku);
  if (!lineId && !sku) throw invalid(`/items/${index}`, 'Please say which piece of the order it is.');
  const quantity = toNumber(item.quantity);
  if (quantity !== undefined && (!Number.isInteger(quantity) || quantity < 1))
    throw invalid(`/items/${index}/quantity`, 'A quantity is a whole number from 1.');
  const notes = [item.action, item.notes].map(present).filter((text) => text !== undefined);
  return {
    ...(lineId && { lineId }),
    ...(sku && { sku }),
    ...(quantity !== undefined && { quantity }),
    ...(notes.length > 0 && { notes: notes.join(': ') }),
  };
}

const readIntake = ({ option, reason, notes, contact, sessionId }: ReturnRequestBody) => ({
  option,
  reason: present(reason),
  notes: present(notes),
  contact: contact && { email: present(contact.email), phone: present(contact.phone) },
  sessionId: present(sessionId),
});

const OPENED = {
  return: 'Your return is under way',
  resize: 'Your resize is under way',
  care: 'Your care request is under way',
};

function toResponse(
  { rmaId, status, option, orderNumber, expiresAt }: ReturnRequest,
  duplicate: boolean,
  kept: string[],
) {
  const opened = duplicate ? 'We have this request already' : OPENED[option];
  const stay =
    kept.length > 0
      ? ` ${kept.join(', ')} cannot be returned and ${kept.length > 1 ? 'stay' : 'stays'} with you.`
      : '';
  return {
    message: `${opened}. Please quote ${rmaId} when you send your piece in.${stay}`,
    rmaId,
    status,
    option,
    orderNumber,
    expiresAt: expiresAt.toISOString(),
    ...(duplicate && { duplicate }),
  };
}
