import type { FastifyInstance } from 'fastify';
import type { ReturnRequestBody } from '../../schemas/returns.js';
import { findProduct } from '../../src/domain/catalog/search.js';
import {
  type Circumstances,
  type ReturnSettings,
  returnPolicy,
} from '../../src/domain/returns/decide-return.js';
import { RETURN_SLIP, SLIP_CONTENT_TYPE, slipKey } from '../../src/domain/returns/deliveries.js';
import type { WishedItem } from '../../src/domain/returns/resolve-lines.js';
import type { ReturnRequest } from '../../src/domain/returns/return-request.js';
import { plainText, present, toNumber } from '../../src/lib/values/text.js';
import { invalid } from '../../src/platform/http/errors.js';

type SentItem = NonNullable<ReturnRequestBody['items']>[number];

/** Whether it is a return, a resize or care; undefined when the request does not say. */
export const optionOf = ({ selection, option }: ReturnRequestBody) => selection?.option || option;

/** What a customer wants to send in, in the names of today: the shop's own route nests it under `selection`. What is nested wins. */
export function readReturnRequest({ selection = {}, ...flat }: ReturnRequestBody) {
  const first = <Name extends keyof typeof selection>(name: Name) =>
    selection[name] || flat[name] || undefined;
  const option = optionOf({ selection, ...flat });
  if (!option) throw invalid('/option', 'Please say whether it is a return, a resize or care.');
  const newSize = first('newSize');
  const size = newSize === undefined ? undefined : present(plainText(String(newSize)));
  const sent = selection.items ?? flat.items ?? [];
  const path = selection.items ? '/selection/items' : '/items';
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
      contact: email || phone ? { ...(email && { email }), ...(phone && { phone }) } : undefined,
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
    ...(lineId && { lineId }),
    ...(sku && { sku }),
    ...(quantity !== undefined && { quantity }),
    ...(size && { size }),
    ...(notes.length > 0 && { notes: notes.join(': ') }),
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
