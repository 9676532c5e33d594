import type { FastifyInstance } from 'fastify';
import { orderHandlers } from '../../src/domain/orders/order-handlers.js';
import type { OrdersRepository } from '../../src/domain/orders/orders-repository.js';
import { SLIP } from '../../src/domain/returns/new-request.js';
import type { ReturnRequest } from '../../src/domain/returns/return-request.js';
import {
  SLIP_CONTENT_TYPE,
  type SlipSettings,
  slipHandlers,
  slipKey,
} from '../../src/domain/returns/slip-handlers.js';
import type { Handlers } from '../../src/outbox/run-inline.js';

const URL_SECONDS = 15 * 60;

export type ReturnSettings = SlipSettings;

/** What an RMA owes and the request itself performs: the change on the order, and the slip. */
export const returnHandlers = (
  app: FastifyInstance,
  orders: OrdersRepository,
  request: ReturnRequest,
  settings: ReturnSettings,
): Handlers => ({ ...orderHandlers(orders), ...slipHandlers(app.storage, request, settings) });

/** An address at which the slip can be read for a quarter of an hour, once it is there. */
export async function slipUrl(
  app: FastifyInstance,
  { rmaId, deliveries }: ReturnRequest,
): Promise<string | undefined> {
  const stored = deliveries.some(({ kind, state }) => kind === SLIP && state === 'done');
  if (!stored) return undefined;
  const object = { key: slipKey(rmaId), contentType: SLIP_CONTENT_TYPE, fileName: `${rmaId}.pdf` };
  return app.storage.signedUrl({ ...object, expiresInSeconds: URL_SECONDS });
}
