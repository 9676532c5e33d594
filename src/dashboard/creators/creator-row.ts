import { DAY_MS } from '../../lib/calendar.js';
import type { Money } from '../orders/order-row.js';

export interface Creator {
  creatorCode: string;
  name: string;
  status: string;
  /** A share of the sale: 0.1 is ten per cent. */
  commissionRate: number;
}

/** Something that is put down to a creator: a ticket that names one, or an order. */
export type Credit = { at: Date; reference: string } & (
  | { kind: 'escalation' }
  | { kind: 'order'; status: string; amount: number }
);

interface CreatorContext {
  now: Date;
  finance: boolean;
  currency: string;
}

export const PERIOD_DAYS = 30;
export const TREND_WEEKS = 12;
const MAX_LISTED = 100;

/** Orders that came to nothing are no sale. */
const WITHOUT_REVENUE = new Set(['cancelled', 'canceled', 'refunded', 'returned']);

/** A creator in a list: the last days, and as many before. */
export function creatorRow(creator: Creator, credits: Credit[], context: CreatorContext) {
  const { now } = context;
  const current = credits.filter(({ at }) => within(at, now, 0, PERIOD_DAYS));
  const before = credits.filter(({ at }) => within(at, now, PERIOD_DAYS, 2 * PERIOD_DAYS));
  const weeks = byWeek(credits, creator, context);
  return {
    ...creator,
    conversions: current.length,
    ...tally(current, creator, context),
    trend: { before: before.length, weeks: weeks.map((week) => week.escalations + week.orders) },
  };
}

/** The same with its weeks one by one, and what the conversions were. */
export function creatorDetail(creator: Creator, credits: Credit[], context: CreatorContext) {
  const recent = [...credits].sort((a, b) => b.at.getTime() - a.at.getTime()).slice(0, MAX_LISTED);
  return {
    ...creatorRow(creator, credits, context),
    weeks: byWeek(credits, creator, context),
    credits: recent.map((credit) => ({
      kind: credit.kind,
      reference: credit.reference,
      at: credit.at.toISOString(),
      ...(credit.kind === 'order' && {
        status: credit.status,
        ...(context.finance && { total: money(credit.amount, context) }),
      }),
    })),
  };
}

function tally(credits: Credit[], { commissionRate }: Creator, context: CreatorContext) {
  const orders = credits.filter((credit) => credit.kind === 'order');
  const revenue = orders
    .filter(({ status }) => !WITHOUT_REVENUE.has(status))
    .reduce((sum, { amount }) => sum + amount, 0);
  return {
    escalations: credits.length - orders.length,
    orders: orders.length,
    ...(context.finance && {
      revenue: money(revenue, context),
      commission: money(revenue * commissionRate, context),
    }),
  };
}

// Weeks that end now, the oldest first.
function byWeek(credits: Credit[], creator: Creator, context: CreatorContext) {
  return Array.from({ length: TREND_WEEKS }, (_, nth) => {
    const [newest, oldest] = [7 * (TREND_WEEKS - 1 - nth), 7 * (TREND_WEEKS - nth)];
    const ofWeek = credits.filter(({ at }) => within(at, context.now, newest, oldest));
    const from = new Date(context.now.getTime() - oldest * DAY_MS);
    return { from: from.toISOString(), ...tally(ofWeek, creator, context) };
  });
}

const within = (at: Date, now: Date, newestDays: number, oldestDays: number): boolean => {
  const ageMs = now.getTime() - at.getTime();
  return ageMs >= newestDays * DAY_MS && ageMs < oldestDays * DAY_MS;
};

const money = (amount: number, { currency }: CreatorContext): Money => ({
  amount: Math.round(amount * 100) / 100,
  currency,
});
