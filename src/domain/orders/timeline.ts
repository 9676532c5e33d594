import { type Shop, shortDate } from './dates.js';
import type { HistoryEntry, Order } from './order.js';
import { ENDS, labelOf, sameAs } from './statuses.js';

export interface TimelineEntry {
  label: string;
  status: 'complete' | 'current' | 'upcoming';
  /** For people, such as `Aug 22`. */
  date?: string;
  timestamp?: string;
}

export interface Timeline {
  entries: TimelineEntry[];
  currentStatus: string;
  exception?: string;
}

interface Step {
  status: string;
  label: string;
  /** The place among the main steps; a step of the history stands behind the main step that it followed. */
  rank: number;
  date?: Date | undefined;
  /** When it is to be reached, for a step that lies ahead. */
  target?: Date | undefined;
}

/** The steps that every order goes through. */
const MAIN = ['created', 'processing', 'shipped', 'delivered'];
const DELIVERED = MAIN.indexOf('delivered');

/** Where a status belongs that stands in no history: behind this main step. */
const BEHIND = new Map([
  ['in_transit', 'shipped'],
  ['out_for_delivery', 'shipped'],
]);

/** What the customer sees of an order: a pure function of order, clock and shop. */
export function buildTimeline(order: Order, now: Date, shop: Shop): Timeline {
  const status = sameAs(order.status);
  const end = ENDS.get(status);
  const steps = collectSteps(order, now);
  const reached = furthest(steps, order, now);
  if (end !== undefined) return endedTimeline(steps, reached, { status, end, order, now, shop });
  const delivered = (steps[reached]?.rank ?? 0) >= DELIVERED;
  const entries = steps.map((step, index) => {
    const state = index < reached || delivered ? 'complete' : index === reached ? 'current' : 'upcoming';
    return toEntry(step, state, now, shop);
  });
  return { entries, currentStatus: currentStatus(order, steps[reached]) };
}

// The document's own word for where the order is, unless it has passed a main step since.
function currentStatus(order: Order, step: Step | undefined): string {
  const passed = step !== undefined && MAIN.includes(step.status) && step.status !== sameAs(order.status);
  return passed ? step.status : order.status;
}

// The main steps, each with its date where there is one, and the other steps of the history in their places.
function collectSteps(order: Order, now: Date): Step[] {
  const history = mergeHistory(order.history);
  const main = MAIN.map((status, rank): Step => {
    const entry = history.find((step) => step.status === status);
    const target = status === 'delivered' ? order.shipping.estimatedDelivery : undefined;
    const date = entry?.date ?? inferredDate(order, status);
    return { status, rank, label: entry?.label ?? labelOf(status), date, target };
  });
  const others = history.filter(({ status }) => !MAIN.includes(status) && !ENDS.has(status));
  const steps = [...main, ...placeOthers(others, main, history)];
  if (!steps.some(({ status }) => status === sameAs(order.status)) && !ENDS.has(sameAs(order.status)))
    steps.push({ status: order.status, label: labelOf(order.status), rank: rankBehind(order, main, now) });
  return steps.sort((a, b) => a.rank - b.rank || (a.date?.getTime() ?? 0) - (b.date?.getTime() ?? 0));
}

// One entry a status: the earliest date, and a label from wherever there is one.
function mergeHistory(history: HistoryEntry[]): HistoryEntry[] {
  const merged = new Map<string, HistoryEntry>();
  for (const { date, label, ...entry } of history) {
    const status = sameAs(entry.status);
    const before = merged.get(status);
    const dates = [before?.date, date].filter((value) => value !== undefined);
    const earliest = dates.sort((a, b) => a.getTime() - b.getTime())[0];
    const name = before?.label ?? label;
    merged.set(status, { status, ...(name && { label: name }), ...(earliest && { date: earliest }) });
  }
  return [...merged.values()];
}

function inferredDate({ createdAt, shipping }: Order, status: string): Date | undefined {
  if (status === 'created') return createdAt;
  if (status === 'shipped') return shipping.shippedAt;
  return status === 'delivered' ? shipping.deliveredAt : undefined;
}

// A dated step stands behind the last main step that is not later; an undated one behind the step before it in the history.
function placeOthers(others: HistoryEntry[], main: Step[], history: HistoryEntry[]): Step[] {
  const rankOf = (entry: HistoryEntry | undefined): number => {
    if (entry === undefined) return 0;
    const at = MAIN.indexOf(entry.status);
    if (at >= 0) return at;
    const { date } = entry;
    if (date === undefined) return rankOf(history[history.indexOf(entry) - 1]);
    const before = main.filter((step) => step.date !== undefined && step.date <= date);
    return Math.max(0, ...before.map(({ rank }) => rank));
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
  if (after !== undefined) return MAIN.indexOf(after) + 0.75;
  const dated = main.filter(({ status, date }) => status !== 'created' && date !== undefined && date <= now);
  return Math.max(MAIN.indexOf('processing'), ...dated.map(({ rank }) => rank)) + 0.75;
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
  const entries = steps.slice(0, reached + 1).map((step) => toEntry(step, 'complete', now, shop));
  return {
    entries: [...entries, toEntry(last, 'current', now, shop)],
    currentStatus: order.status,
    exception: end,
  };
}

function toEntry(step: Step, status: TimelineEntry['status'], now: Date, shop: Shop): TimelineEntry {
  const { label } = step;
  const date = step.date ?? (status === 'upcoming' ? step.target : undefined);
  if (date === undefined) return { label, status };
  return { label, status, date: shortDate(date, now, shop), timestamp: date.toISOString() };
}
