import { addDays, createCalendar, MINUTE_MS } from '../../lib/calendar.js';

/** The night of a customer, in which no text message wakes them. */
export interface QuietHours {
  /** Minutes after midnight; from a later to an earlier one over midnight. */
  from: number;
  until: number;
}

/** `21:00-08:00`; undefined for what is none. */
export function parseQuietHours(text: string): QuietHours | undefined {
  const [, ...parts] = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/.exec(text.trim()) ?? [];
  const [fromHour = 0, fromMinute = 0, untilHour = 0, untilMinute = 0] = parts.map(Number);
  const [from, until] = [60 * fromHour + fromMinute, 60 * untilHour + untilMinute];
  return parts.length === 4 && from !== until ? { from, until } : undefined;
}

/** When the night ends in which a time lies; undefined by day. */
export function quietUntil(at: Date, { from, until }: QuietHours, timeZone: string): Date | undefined {
  const { at: instant, dayOf } = createCalendar(timeZone);
  const today = dayOf(at);
  // a night that has begun yesterday may not be over
  for (const day of [addDays(today, -1), today]) {
    const begins = instant(day, from * MINUTE_MS);
    const ends = instant(until > from ? day : addDays(day, 1), until * MINUTE_MS);
    if (at >= begins && at < ends) return ends;
  }
  return undefined;
}

/**
 * The time zone of a country, by its two letters, where its clocks all show the same at that time; undefined where a number of that country
 * may be in one zone or another.
 */
export function timeZoneOf(country: string | undefined, at: Date): string | undefined {
  const zones = country ? zonesOf(country) : [];
  const clocks = new Set(zones.map((timeZone) => at.toLocaleString('en-US', { timeZone })));
  return clocks.size === 1 ? zones[0] : undefined;
}

function zonesOf(country: string): string[] {
  const locale = new Intl.Locale('und', { region: country }) as Intl.Locale & {
    timeZones?: string[];
    getTimeZones?: () => string[] | undefined;
  };
  // a property at first, a method in later versions of the language
  return locale.getTimeZones?.() ?? locale.timeZones ?? [];
}
