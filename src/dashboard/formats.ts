import { DAY_MS, HOUR_MS, MINUTE_MS } from '../lib/calendar.js';
import type { Money } from './orders/order-row.js';
import { say, vocabulary, words } from './words.js';

type When = Date | string;

/** How the pages write times, sums and words, in the shop's zone and language. */
export function createFormats({ timeZone, locale }: { timeZone: string; locale: string }, now: () => Date) {
  const dates = new Intl.DateTimeFormat(locale, {
    timeZone,
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  });
  const shortDates = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', day: 'numeric', month: 'short' });
  const moments = new Intl.DateTimeFormat(locale, {
    timeZone,
    day: 'numeric',
    month: 'short',
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
  });
  const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const percents = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const sums = new Map<string, Intl.NumberFormat>();

  const date = (when: When): string => dates.format(new Date(when));
  const moment = (when: When): string => moments.format(new Date(when));
  const iso = (when: When): string => new Date(when).toISOString();
  /** `2026-11-25` → `Nov 25` */
  const day = (text: string): string => shortDates.format(new Date(`${text}T00:00:00Z`));
  const number = (value: number): string => numbers.format(value);
  const percent = (share: number | undefined): string => (share === undefined ? '–' : percents.format(share));
  const age = (since: When): string => span(now().getTime() - new Date(since).getTime());

  function money({ amount, currency }: Money): string {
    const known = sums.get(currency) ?? new Intl.NumberFormat(locale, { style: 'currency', currency });
    sums.set(currency, known);
    return known.format(amount);
  }

  /** The time that it is in a zone, and which: `6:30 PM GMT+1 (Europe/Warsaw)`; undefined for what is no zone. */
  function timeIn(zone: string): string | undefined {
    try {
      const options = { timeZone: zone, hour: 'numeric', minute: '2-digit', timeZoneName: 'short' } as const;
      return `${new Intl.DateTimeFormat(locale, options).format(now())} (${zone})`;
    } catch {
      return undefined;
    }
  }

  /** How long is left, or since when it is over. */
  function countdown(due: When): { text: string; state: 'overdue' | 'soon' | 'calm' } {
    const left = new Date(due).getTime() - now().getTime();
    if (left < 0) return { text: `${span(-left)} over`, state: 'overdue' };
    return { text: `${span(left)} left`, state: left < HOUR_MS ? 'soon' : 'calm' };
  }

  return {
    date,
    moment,
    iso,
    day,
    number,
    percent,
    age,
    money,
    countdown,
    timeIn,
    noteOf,
    say,
    words,
    vocabulary,
  };
}

/** What was written beside an act: by a person, or as a reason of the service's own. */
const noteOf = ({ by, note = '' }: { by: string; note?: string }): string =>
  by === 'service' ? say('image', note) : note;

/** `3 d 4 h`, `1 h 5 m`, `12 m` */
function span(ms: number): string {
  const [days, hours, minutes] = [
    Math.floor(ms / DAY_MS),
    Math.floor(ms / HOUR_MS) % 24,
    Math.floor(ms / MINUTE_MS) % 60,
  ];
  if (days > 0) return hours > 0 ? `${days} d ${hours} h` : `${days} d`;
  if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} m` : `${hours} h`;
  return `${minutes} m`;
}
