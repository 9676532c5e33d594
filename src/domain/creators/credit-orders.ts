import { DAY_MS } from '../../lib/calendar.js';
import { readEmail } from '../../lib/values/email.js';
import { defineCollection } from '../../platform/mongodb/define-collection.js';

/** A customer who came through a creator: a ticket that names one, or a session that brought a creator's code along. */
export interface Touch {
  creatorCode: string;
  at: Date;
  sessionId?: string;
  /** As it was given to the stylist. */
  email?: string;
}

export interface PlacedOrder {
  orderNumber: string;
  email?: string | undefined;
  placedAt: Date;
  /** Sessions that have looked the order up, or named it to a stylist. */
  sessionIds: readonly string[];
}

/** An order that is put down to a creator. Holds no personal data. */
export interface Conversion {
  orderNumber: string;
  creatorCode: string;
  touchedAt: Date;
  placedAt: Date;
}

export const CREDIT_DAYS = 30;
const CREDIT_MS = CREDIT_DAYS * DAY_MS;

/** Puts each order down to the creator that its customer came through last before it was placed, if that is no more than 30 days ago. */
export function creditOrders(touches: readonly Touch[], orders: readonly PlacedOrder[]): Conversion[] {
  const bySession = groupBy(touches, ({ sessionId }) => sessionId);
  const byEmail = groupBy(touches, ({ email }) => readEmail(email));
  return orders.flatMap((order): Conversion[] => {
    const { orderNumber, placedAt } = order;
    const candidates = [
      ...order.sessionIds.flatMap((sessionId) => bySession.get(sessionId) ?? []),
      ...(byEmail.get(readEmail(order.email) ?? '') ?? []),
    ];
    const last = candidates
      .filter(({ at }) => at <= placedAt && placedAt.getTime() - at.getTime() <= CREDIT_MS)
      .sort((a, b) => b.at.getTime() - a.at.getTime())[0];
    return last ? [{ orderNumber, creatorCode: last.creatorCode, touchedAt: last.at, placedAt }] : [];
  });
}

function groupBy(
  touches: readonly Touch[],
  keyOf: (touch: Touch) => string | undefined,
): Map<string, Touch[]> {
  const groups = new Map<string, Touch[]>();
  for (const touch of touches) {
    const key = keyOf(touch);
    if (key) groups.set(key, [...(groups.get(key) ?? []), touch]);
  }
  return groups;
}

/** Orders that came through a creator; commissions are paid later than sessions are forgotten. */
export const creatorConversions = defineCollection<Conversion>('creatorConversions', {
  indexes: [{ key: { orderNumber: 1 }, unique: true }, { key: { creatorCode: 1, placedAt: 1 } }],
  retention: { after: 'placedAt', days: 365 },
});
