import { type Calendar, createCalendar, onceAQuarter } from '../../lib/calendar.js';
import { WholeDay } from '../../lib/values/date.js';

/** Where and how dates are shown to customers. */
export interface Shop {
  /** IANA name. */
  timeZone: string;
  locale: string;
}

// Making a formatter costs more than all the rest of a timeline, and to use it more than to look up what it said before.
const formats = new Map<string, (date: Date) => string>();

const DAY = { month: 'short', day: 'numeric' } as const;
const YEAR = { year: 'numeric' } as const;
const FORMS = { day: DAY, year: YEAR, dayAndYear: { ...DAY, ...YEAR } };

function format(date: Date, { timeZone, locale }: Shop, form: keyof typeof FORMS): string {
  const key = `${timeZone} ${locale} ${form}`;
  const known =
    formats.get(key) ?? createFormat(new Intl.DateTimeFormat(locale, { timeZone, ...FORMS[form] }));
  formats.set(key, known);
  return known(date);
}

const createFormat = (formatter: Intl.DateTimeFormat) => onceAQuarter((quarter) => formatter.format(quarter));

/** `Aug 22`, and with the year when it is not this one. */
export function shortDate(date: Date, now: Date, shop: Shop): string {
  const isThisYear = format(date, shop, 'year') === format(now, shop, 'year');
  return format(date, shop, isThisYear ? 'day' : 'dayAndYear');
}

/** As an ISO time. A day without a time has none: it is not an instant. */
export const timestampOf = (date: Date): string | undefined =>
  date instanceof WholeDay ? undefined : date.toISOString();

/** For machines: an ISO time, or the day where no time is known. */
export const isoOf = (date: Date): string => (date instanceof WholeDay ? date.day : date.toISOString());

const calendars = new Map<string, Calendar>();

export function calendarOf(timeZone: string): Calendar {
  const calendar = calendars.get(timeZone) ?? createCalendar(timeZone);
  calendars.set(timeZone, calendar);
  return calendar;
}
