import { type Static, Type } from '@sinclair/typebox';
import type { Collection, Document } from 'mongodb';
import { STAFF_ORDER_PROJECTION } from '../../domain/orders/read-order.js';
import { Instant } from '../cursor.js';

export const ORDERS_A_PAGE = 30;

/** The last order of a page: when it was placed, as its document has it, and its number. */
export const OrderPlace = Type.Tuple([
  Type.Union([Type.Literal('date'), Type.Literal('text'), Type.Literal('number'), Type.Literal('none')]),
  Type.Union([Instant, Type.String({ maxLength: 64 }), Type.Number(), Type.Null()]),
  Type.String({ maxLength: 128 }),
]);
export type OrderPlace = Static<typeof OrderPlace>;

type Form = OrderPlace[0];

/**
 * `createdAt` may be a date, a text or a number, and a comparison only finds values of its own type: so the forms are read one
 * after the other, in the order in which an index holds them.
 */
const FORMS: { form: Form; all: object; value: (place: OrderPlace[1]) => unknown }[] = [
  {
    form: 'date',
    // a bound that every engine takes, unlike the last date of JavaScript in the year 275760
    all: { createdAt: { $gte: new Date('0001-01-01T00:00:00Z') } },
    value: (place) => new Date(Number(place)),
  },
  { form: 'text', all: { createdAt: { $gte: '' } }, value: String },
  { form: 'number', all: { createdAt: { $gte: Number.NEGATIVE_INFINITY } }, value: Number },
  { form: 'none', all: { createdAt: null }, value: () => null },
];

/** Up to `limit` orders, newest first, from behind that place. */
export async function ordersBehind(
  orders: Collection<Document>,
  place: OrderPlace | undefined,
  limit: number,
): Promise<Document[]> {
  const found: Document[] = [];
  const first = place ? FORMS.findIndex(({ form }) => form === place[0]) : 0;
  for (const [nth, { all, value }] of FORMS.slice(first).entries()) {
    const filter = place && nth === 0 ? behind(value(place[1]), place[2]) : all;
    const docs = orders
      .find(filter, { projection: STAFF_ORDER_PROJECTION })
      .sort({ createdAt: -1, orderNumber: -1 })
      .limit(limit - found.length);
    found.push(...(await docs.toArray()));
    if (found.length >= limit) break;
  }
  return found;
}

const behind = (value: unknown, orderNumber: string): object => ({
  createdAt: value === null ? null : { $lte: value },
  ...(value === null
    ? { orderNumber: { $lt: orderNumber } }
    : { $or: [{ createdAt: { $lt: value } }, { orderNumber: { $lt: orderNumber } }] }),
});

export function placeOf({ createdAt, orderNumber }: Document): OrderPlace {
  const id = String(orderNumber ?? '');
  if (createdAt instanceof Date) return ['date', createdAt.getTime(), id];
  if (typeof createdAt === 'string') return ['text', createdAt.slice(0, 64), id];
  return typeof createdAt === 'number' ? ['number', createdAt, id] : ['none', null, id];
}
