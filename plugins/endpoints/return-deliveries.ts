import type { FastifyInstance } from 'fastify';
import { orderPerformers } from '../../src/orders/order-performers.js';
import type { OrdersRepository } from '../../src/orders/orders-repository.js';
import type { Performers } from '../../src/outbox/perform-now.js';
import { SLIP } from '../../src/returns/new-request.js';
import type { ReturnRequest } from '../../src/returns/return-request.js';
import {
  SLIP_CONTENT_TYPE,
  type SlipSettings,
  slipKey,
  slipPerformers,
} from '../../src/returns/slip-performers.js';

const URL_SECONDS = 15 * 60;

export type ReturnSettings = SlipSettings;

/** What an RMA owes and the request itself performs: the change on the order, and the slip. */
export const returnPerformers = (
  app: FastifyInstance,
  orders: OrdersRepository,
  request: ReturnRequest,
  settings: ReturnSettings,
): Performers => ({ ...orderPerformers(orders), ...slipPerformers(app.storage, request, settings) });

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
