import type { HistoryEntry, Order } from './order.js';
import { calendarOf, type Shop, shortDate, timestampOf } from './shop-dates.js';
import { ENDS, labelOf, sameAs } from './statuses.js';

export interface TimelineEntry {
  label: string;
  status: 'complete' | 'current' | 'upcoming';
  /** For people, such as `Aug 22`. */
  date?: string;
  timestamp?: string;
}

/** The same step in the words of the shop's own API. */
interface Milestone {
  label: string;
  status: 'created' | 'processing' | 'shipped' | 'delivered' | 'delayed' | 'cancelled';
  timestamp?: string;
  isCurrent?: boolean;
}

interface Timeline {
  entries: TimelineEntry[];
  /** As the shop's API has it: each step as one of the main ones; `delayed` where an order stands that is late. */
  timeline: Milestone[];
  currentStatus: string;
  /** Why the order has ended. */
  exception?: string;
  /** It was expected before today, and is on its way still. */
  isLate: boolean;
}

interface Step {
  status: string;
  label: string;
  /** The place among the main steps; a step of the history stands behind the main step that it followed. */
  rank: number;
  date?: Date | undefined;
  /** When it is to be reached, for a step that lies ahead. */
  target?: Date | undefined;
  /** It lies ahead, though it has no date that says so. */
  isPlan?: boolean;
}

/** The steps that every order goes through. */
const MAIN = ['created', 'processing', 'shipped', 'delivered'] as const;
const isMain = (status: string): boolean => (MAIN as readonly string[]).includes(status);
const rankOfMain = (status: string): number => (MAIN as readonly string[]).indexOf(status);
const DELIVERED = rankOfMain('delivered');

/** Where a status belongs that stands in no history: behind this main step. */
const BEHIND = new Map([
  ['in_transit', 'shipped'],
  ['out_for_delivery', 'shipped'],
]);

/** What begins another round when it comes after a delivery: a second parcel, or a piece in exchange. */
const BEGINS_AGAIN = new Set(['processing', 'shipped', 'in_transit', 'out_for_delivery']);

/**
 * What the customer sees of an order: a pure function of order, clock and shop.
 * @param expected When it is expected, if not by the shop's own estimate.
 */
export function buildTimeline(
  order: Order,
  now: Date,
  shop: Shop,
  expected = order.shipping.estimatedDelivery,
): Timeline {
  const status = sameAs(order.status);
  const end = ENDS.get(status);
  const { steps, reached, isDelivered } = walk(order, now, expected);
  if (end !== undefined) return endedTimeline(steps, reached, { status, end, order, now, shop });
  const isLate = !isDelivered && expected !== undefined && isPast(expected, now, shop);
  const states = steps.map((_, index): TimelineEntry['status'] => {
    if (index < reached || isDelivered) return 'complete';
    return index === reached ? 'current' : 'upcoming';
  });
  const entries = steps.map((step, index) => toEntry(step, states[index] ?? 'upcoming', now, shop));
  const timeline = steps.map((step, index) =>
    toMilestone(step, index === reached, states[index] === 'upcoming', isLate),
  );
  return { entries, timeline, currentStatus: currentStatus(order, steps[reached]), isLate };
}

interface Walk {
  steps: Step[];
  /** The index of the last step that has been reached. */
  reached: number;
  isDelivered: boolean;
}

// Round by round, if there are several: the last that happened says where the order is.
function walk(order: Order, now: Date, expected: Date | undefined): Walk {
  const [first = [], ...later] = roundsOf(order, now);
  const opening =
    later.length > 0 ? { ...order, history: first, status: 'delivered' } : { ...order, history: first };
  const steps = collectSteps(opening, now, expected);
  const reached = furthest(steps, opening, now);
  if (later.length === 0) return { steps, reached, isDelivered: (steps[reached]?.rank ?? 0) >= DELIVERED };
  const rounds = later.map((round) => roundSteps(round, order, expected));
  const last = rounds.at(-1) ?? [];
  const before = [...steps, ...rounds.slice(0, -1).flat()];
  const inLast = Math.max(
    0,
    last.findLastIndex(({ date, isPlan }) => !isPlan && (date === undefined || date <= now)),
  );
  return {
    steps: [...before, ...last],
    reached: before.length + inLast,
    isDelivered: last[inLast]?.status === 'delivered',
  };
}

// The history in its order, cut where the order was sent again after it had been delivered.
function roundsOf(order: Order, now: Date): HistoryEntry[][] {
  const rounds: HistoryEntry[][] = [[]];
  let deliveredAt: Date | undefined;
  for (const entry of inOrder([...order.history, ...parcelHistory(order)])) {
    const status = sameAs(entry.status);
    const { date } = entry;
    const isAgain = deliveredAt && date && date > deliveredAt && date <= now && BEGINS_AGAIN.has(status);
    if (isAgain) {
      rounds.push([]);
      deliveredAt = undefined;
    }
    if (status === 'delivered' && date) deliveredAt = date;
    rounds.at(-1)?.push(entry);
  }
  return rounds;
}

// By date; what has none, and what has the same, stays in the order of the document. Some documents have the newest first.
function inOrder(history: HistoryEntry[]): HistoryEntry[] {
  const dates = history.flatMap(({ date }) => date ?? []);
  const isNewestFirst = dates.length > 1 && (dates[0] as Date) > (dates.at(-1) as Date);
  let latest = Number.NEGATIVE_INFINITY;
  return (isNewestFirst ? history.toReversed() : history)
    .map((entry) => {
      latest = entry.date?.getTime() ?? latest;
      return { entry, at: latest };
    })
    .sort((a, b) => (a.at === b.at ? 0 : a.at - b.at))
    .map(({ entry }) => entry);
}

// Of several parcels, each has been sent and delivered by itself.
function parcelHistory({ parcels, history }: Order): HistoryEntry[] {
  if (parcels.length < 2) return [];
  const isKnown = (status: string, date: Date) =>
    history.some((entry) => sameAs(entry.status) === status && entry.date?.getTime() === date.getTime());
  return parcels.flatMap(({ shippedAt, deliveredAt }) => [
    ...(shippedAt && !isKnown('shipped', shippedAt) ? [{ status: 'shipped', date: shippedAt }] : []),
    ...(deliveredAt && !isKnown('delivered', deliveredAt)
      ? [{ status: 'delivered', date: deliveredAt }]
      : []),
  ]);
}

// What has happened in a later round, and its delivery, which may lie ahead.
function roundSteps(round: HistoryEntry[], { shipping }: Order, expected: Date | undefined): Step[] {
  const steps = mergeHistory(round)
    .filter(({ status }) => !ENDS.has(status))
    .map(({ status, label, date }): Step => {
      const rank = isMain(status) ? rankOfMain(status) : rankOfMain(BEHIND.get(status) ?? 'processing') + 0.5;
      return { status, label: label ?? labelOf(status), rank, date };
    });
  if (steps.some(({ status }) => status === 'delivered')) return steps;
  const begun = steps[0]?.date;
  const date =
    begun && shipping.deliveredAt && shipping.deliveredAt > begun ? shipping.deliveredAt : undefined;
  const delivered = {
    status: 'delivered',
    label: labelOf('delivered'),
    rank: DELIVERED,
    date,
    target: expected,
  };
  return [...steps, { ...delivered, isPlan: date === undefined }];
}

const isPast = (date: Date, now: Date, { timeZone }: Shop): boolean => {
  const { dayOf } = calendarOf(timeZone);
  return dayOf(date) < dayOf(now);
};

// The document's own word for where the order is, unless it has passed a main step since.
function currentStatus(order: Order, step: Step | undefined): string {
  const passed = step !== undefined && isMain(step.status) && step.status !== sameAs(order.status);
  return passed ? step.status : order.status;
}

// The main steps, each with its date where there is one, and the other steps of the history in their places.
function collectSteps(order: Order, now: Date, expected: Date | undefined): Step[] {
  const history = mergeHistory(order.history);
  const main = MAIN.map((status, rank): Step => {
    const entry = history.find((step) => step.status === status);
    const target = status === 'delivered' ? expected : undefined;
    const date = entry?.date ?? inferredDate(order, status);
    return { status, rank, label: entry?.label ?? labelOf(status), date, target };
  });
  const others = history.filter(({ status }) => !isMain(status) && !ENDS.has(status));
  const steps = [...main, ...placeOthers(others, main, history)];
  if (!steps.some(({ status }) => status === sameAs(order.status)) && !ENDS.has(sameAs(order.status)))
    steps.push({ status: order.status, label: labelOf(order.status), rank: rankBehind(order, main, now) });
  return steps.sort((a, b) => a.rank - b.rank || (a.date?.getTime() ?? 0) - (b.date?.getTime() ?? 0));
}

// One entry a status, with its own label: the earliest that has a date, else the first.
function mergeHistory(history: HistoryEntry[]): HistoryEntry[] {
  const merged = new Map<string, HistoryEntry>();
  for (const entry of history) {
    const status = sameAs(entry.status);
    const before = merged.get(status);
    const isEarlier = entry.date !== undefined && (before?.date === undefined || entry.date < before.date);
    if (before === undefined || isEarlier) merged.set(status, { ...entry, status });
  }
  return [...merged.values()];
}

function inferredDate({ createdAt, shipping }: Order, status: string): Date | undefined {
  if (status === 'created') return createdAt;
  if (status === 'shipped') return shipping.shippedAt;
  return status === 'delivered' ? shipping.deliveredAt : undefined;
}

// A step of the history stands behind the main step that is before it there; a main step that only the parcel tells of is before it
// when it is earlier.
function placeOthers(others: HistoryEntry[], main: Step[], history: HistoryEntry[]): Step[] {
  const rankOf = (entry: HistoryEntry): number => {
    const before = history.slice(0, history.indexOf(entry)).filter(({ status }) => isMain(status));
    const { date } = entry;
    const inferred = main.filter(
      (step) =>
        date && step.date && step.date < date && !history.some(({ status }) => status === step.status),
    );
    return Math.max(
      0,
      ...before.map(({ status }) => rankOfMain(status)),
      ...inferred.map(({ rank }) => rank),
    );
  };
  return others.map((entry) => ({
    status: entry.status,
    label: entry.label ?? labelOf(entry.status),
    rank: rankOf(entry) + 0.5,
    date: entry.date,
  }));
}

// The order is in a status that its history does not have.
function rankBehind(order: Order, main: Step[], now: Date): number {
  const after = BEHIND.get(sameAs(order.status));
  if (after !== undefined) return rankOfMain(after) + 0.75;
  const dated = main.filter(({ status, date }) => status !== 'created' && date !== undefined && date <= now);
  return Math.max(rankOfMain('processing'), ...dated.map(({ rank }) => rank)) + 0.75;
}

// How far the order has come: by its status, its history and its parcel, whichever says more. A date that lies ahead is a plan.
function furthest(steps: Step[], order: Order, now: Date): number {
  const status = sameAs(order.status);
  const known = new Set(order.history.map((entry) => sameAs(entry.status)));
  const { trackingNumber, shippedAt, deliveredAt } = order.shipping;
  const paid = order.paymentStatus === 'paid' && order.history.length === 0;
  const has = (step: Step): boolean => {
    if (step.status === status) return true;
    if (step.date !== undefined && step.date > now) return false;
    if (step.status === 'processing') return known.has('processing') || paid;
    if (step.status === 'shipped')
      return known.has('shipped') || shippedAt !== undefined || trackingNumber !== undefined;
    if (step.status === 'delivered') return known.has('delivered') || deliveredAt !== undefined;
    return known.has(step.status);
  };
  return Math.max(0, steps.findLastIndex(has));
}

interface Ending {
  status: string;
  end: string;
  order: Order;
  now: Date;
  shop: Shop;
}

// What was reached, then the end; nothing is upcoming.
function endedTimeline(steps: Step[], reached: number, { status, end, order, now, shop }: Ending): Timeline {
  const entry = mergeHistory(order.history).find((step) => step.status === status);
  const last: Step = { status, label: entry?.label ?? labelOf(status), rank: MAIN.length, date: entry?.date };
  const passed = steps.slice(0, reached + 1);
  return {
    entries: [
      ...passed.map((step) => toEntry(step, 'complete', now, shop)),
      toEntry(last, 'current', now, shop),
    ],
    timeline: [
      ...passed.map((step) => toMilestone(step, false, false, false)),
      toMilestone(last, true, false, false),
    ],
    currentStatus: order.status,
    exception: end,
    isLate: false,
  };
}

function toEntry(step: Step, status: TimelineEntry['status'], now: Date, shop: Shop): TimelineEntry {
  const { label } = step;
  const date = step.date ?? (status === 'upcoming' ? step.target : undefined);
  if (date === undefined) return { label, status };
  return { label, status, date: shortDate(date, now, shop), timestamp: timestampOf(date) };
}

function toMilestone(step: Step, isCurrent: boolean, isAhead: boolean, isLate: boolean): Milestone {
  const date = step.date ?? (isAhead ? step.target : undefined);
  const main = MAIN[Math.floor(step.rank)] ?? 'cancelled';
  return {
    label: step.label,
    status: isCurrent && isLate ? 'delayed' : main,
    timestamp: date && timestampOf(date),
    isCurrent: isCurrent || undefined,
  };
}
