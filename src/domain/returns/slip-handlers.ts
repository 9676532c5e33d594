import type { Handlers } from '../../outbox/run-inline.js';
import type { Storage } from '../../platform/storage/storage.js';
import { SLIP } from './new-request.js';
import type { ReturnRequest } from './return-request.js';

export const SLIP_CONTENT_TYPE = 'application/pdf';
export const slipKey = (rmaId: string): string => `returns/${rmaId}.pdf`;

export interface SlipSettings {
  returns: {
    /** Where pieces are sent, by its lines. */
    address: string[];
  };
  shop: { name: string; locale: string; timeZone: string };
}

/** The slip of an RMA, as the shop wants it. */
export async function drawSlip(request: ReturnRequest, { returns, shop }: SlipSettings): Promise<Buffer> {
  // what draws takes half as much memory as all the rest: loaded with the first slip
  const { drawReturnSlip } = await import('./return-slip.js');
  const dates = new Intl.DateTimeFormat(shop.locale, { timeZone: shop.timeZone, dateStyle: 'long' });
  const formatDate = (date: Date) => dates.format(date);
  return drawReturnSlip(request, { name: shop.name, returnAddress: returns.address, formatDate });
}

/** How the slip that an RMA owes is drawn and stored. */
export const slipHandlers = (
  storage: Pick<Storage, 'put'>,
  request: ReturnRequest,
  settings: SlipSettings,
): Handlers => ({
  [SLIP]: async () => {
    const body = await drawSlip(request, settings);
    await storage.put({ key: slipKey(request.rmaId), body, contentType: SLIP_CONTENT_TYPE });
  },
});
