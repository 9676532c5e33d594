import type { FastifyInstance } from 'fastify';
import type { Config } from '../../src/config.js';
import { ORDER_CHANGE, type OrderChange } from '../../src/orders/order-change.js';
import type { OrdersRepository } from '../../src/orders/orders-repository.js';
import type { Performers } from '../../src/outbox/perform-now.js';
import { SLIP } from '../../src/returns/new-request.js';
import type { ReturnRequest } from '../../src/returns/return-request.js';
import { drawReturnSlip } from '../../src/returns/return-slip.js';

const URL_SECONDS = 15 * 60;
const CONTENT_TYPE = 'application/pdf';
const slipKey = (rmaId: string): string => `returns/${rmaId}.pdf`;

export interface ReturnSettings {
  returns: Config['returns'];
  shop: Config['shop'];
}

/** What an RMA owes and the request itself performs: the change on the order, and the slip. */
export function returnPerformers(
  app: FastifyInstance,
  orders: OrdersRepository,
  request: ReturnRequest,
  { returns, shop }: ReturnSettings,
): Performers {
  const dates = new Intl.DateTimeFormat(shop.locale, { timeZone: shop.timeZone, dateStyle: 'long' });
  return {
    [ORDER_CHANGE]: ({ id, payload }) => orders.change(id, payload as OrderChange),
    [SLIP]: async () => {
      const formatDate = (date: Date) => dates.format(date);
      const body = await drawReturnSlip(request, {
        name: shop.name,
        returnAddress: returns.address,
        formatDate,
      });
      await app.storage.put({ key: slipKey(request.rmaId), body, contentType: CONTENT_TYPE });
    },
  };
}

/** An address at which the slip can be read for a quarter of an hour, once it is there. */
export async function slipUrl(
  app: FastifyInstance,
  { rmaId, deliveries }: ReturnRequest,
): Promise<string | undefined> {
  const stored = deliveries.some(({ kind, state }) => kind === SLIP && state === 'done');
  if (!stored) return undefined;
  const object = { key: slipKey(rmaId), contentType: CONTENT_TYPE, fileName: `${rmaId}.pdf` };
  return app.storage.signedUrl({ ...object, expiresInSeconds: URL_SECONDS });
}
