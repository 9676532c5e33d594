import type { Collections } from '../../collections.js';
import type { DailyRollUps } from '../../domain/analytics/daily-roll-up.js';
import type { DayFigures } from '../../domain/analytics/day-figures.js';
import { shopStatuses } from '../../domain/stylist/read-ticket.js';
import type { TicketStatus } from '../../domain/stylist/stylist-ticket.js';
import { addDays, type Calendar, countDays, type Day, HOUR_MS } from '../../lib/calendar.js';
import { invalid } from '../../platform/http/errors.js';
import { summarise } from './figures.js';

interface MetricsOptions {
  collections: Collections;
  calendar: Calendar;
  days: DailyRollUps;
  now: () => Date;
}

const MAX_DAYS = 400;
const USUAL_DAYS = 30;
/** Days that are not over are counted anew when their figures are older than this. */
export const FIGURES_MINUTES = 5;
const MAX_AGE_MS = FIGURES_MINUTES * 60_000;

/** How long tickets that are not done have been waiting: up to so many hours. */
const AGES: { label: string; hours: number }[] = [
  { label: 'under 1 h', hours: 1 },
  { label: '1–4 h', hours: 4 },
  { label: '4–24 h', hours: 24 },
  { label: '1–3 days', hours: 72 },
  { label: 'over 3 days', hours: Number.POSITIVE_INFINITY },
];

export function createMetrics({ collections, calendar, days, now }: MetricsOptions) {
  /** The figures of a period by day, what they come to, what the period before came to, which has as many days, and how old the queue is now. */
  async function figures(wish: { from?: Day | undefined; to?: Day | undefined }) {
    const period = periodOf(wish, calendar.dayOf(now()), MAX_DAYS);
    const length = countDays(period.from, period.to);
    const [read, queueAge] = await Promise.all([
      days.read(addDays(period.from, -length), period.to, MAX_AGE_MS),
      ages(),
    ]);
    const [before, own] = [read.slice(0, length), read.slice(length)];
    return { ...period, totals: summarise(own), before: summarise(before), days: own.map(shown), queueAge };
  }

  function ages() {
    const at = now().getTime();
    return Promise.all(
      AGES.map(async ({ label, hours }, nth) => {
        const younger = new Date(at - (AGES[nth - 1]?.hours ?? 0) * HOUR_MS);
        const older = Number.isFinite(hours) ? { $gt: new Date(at - hours * HOUR_MS) } : {};
        const tickets = await collections.stylistTickets.countDocuments({
          status: { $in: [...shopStatuses('open'), ...shopStatuses('in_progress')] as TicketStatus[] },
          createdAt: { $lte: younger, ...older },
        });
        return { label, tickets };
      }),
    );
  }

  return { figures };
}

/**
 * The period that is asked for; left out, the last 30 days.
 * @throws ApiError 400 for more days than that.
 */
export function periodOf(
  { from, to }: { from?: Day | undefined; to?: Day | undefined },
  today: Day,
  maxDays: number,
): { from: Day; to: Day } {
  const last = to ?? today;
  const first = from ?? addDays(last, 1 - USUAL_DAYS);
  if (first > last) throw invalid('/from', 'The first day is after the last.');
  if (first < addDays(last, 1 - maxDays) || countDays(first, last) > maxDays)
    throw invalid('/from', `A period has at most ${maxDays} days.`);
  return { from: first, to: last };
}

// By day, the insights show what the summary of events does not.
const shown = ({ events: _, sessions: __, escalated: ___, funnels, ...figures }: DayFigures) => ({
  ...figures,
  funnel: funnels.engagement,
});
