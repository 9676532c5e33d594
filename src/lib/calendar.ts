/** A day of the calendar as `2026-11-25`: no time and no zone. Texts of days sort as the days do. */
export type Day = string;

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
/** Clocks differ from UTC by whole quarters of an hour: within one of them the day does not change. */
const QUARTER_MS = 15 * 60_000;

const utc = (day: Day): number => Date.parse(`${day}T00:00:00Z`);

/** The day so many days later, or earlier. No summer time is in the way. */
export const addDays = (day: Day, days: number): Day =>
  new Date(utc(day) + days * DAY_MS).toISOString().slice(0, 10);

/** How many days later the second one is; negative when it is earlier. */
export const daysFrom = (from: Day, to: Day): number => Math.round((utc(to) - utc(from)) / DAY_MS);

/** How many days there are from one to another, both counted. */
export const countDays = (from: Day, to: Day): number => daysFrom(from, to) + 1;

/** Every day from the first to the last; none when the last is before the first. */
export const listDays = (first: Day, last: Day): Day[] =>
  Array.from({ length: Math.max(0, countDays(first, last)) }, (_, nth) => addDays(first, nth));

/** Whether the calendar has it: not `2026-02-30`. */
export function isDay(day: string): boolean {
  const time = utc(day);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}

/** The instants of a day: from its first, until the first that is no more of it. */
export interface TimeSpan {
  from: Date;
  until: Date;
}

export interface Calendar {
  timeZone: string;
  /** The day that it is there at an instant. */
  dayOf: (at: Date) => Day;
  /** The hour that a clock there shows, from 0 to 23. */
  hourOf: (at: Date) => number;
  /** When a clock there shows that time of a day, or its beginning. */
  at: (day: Day, timeOfDayMs?: number) => Date;
  /** When a day begins and ends there; 23 or 25 hours apart when clocks are changed. */
  spanOf: (day: Day) => TimeSpan;
}

/** A hundred days of them. */
const MAX_QUARTERS = 9600;

/** What depends on the day of an instant alone. To format one takes longer than the rest of an event, and many instants are near each other. */
export function onceAQuarter(make: (quarter: number) => string): (at: Date) => string {
  const known = new Map<number, string>();
  return (at) => {
    const quarter = Math.floor(at.getTime() / QUARTER_MS);
    const before = known.get(quarter);
    if (before !== undefined) return before;
    if (known.size >= MAX_QUARTERS) known.clear();
    const made = make(quarter * QUARTER_MS);
    known.set(quarter, made);
    return made;
  };
}

/** Days as they are in a time zone, such as `America/New_York`. */
export function createCalendar(timeZone: string): Calendar {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });

  const partsOf = (at: number): Partial<Record<Intl.DateTimeFormatPartTypes, string>> =>
    Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));

  /** What a clock in that zone shows, as if it were UTC. */
  function wallClock(at: number): number {
    const { year, month, day, hour, minute, second } = partsOf(at);
    return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  }

  const dayOf = onceAQuarter((quarter) => {
    const { year = '', month, day } = partsOf(quarter);
    return `${year.padStart(4, '0')}-${month}-${day}`;
  });

  const hourOf = (at: Date): number => Number(partsOf(at.getTime()).hour);

  // Of an hour that comes twice it is the first; one that is left out, the clock having gone forward, is read by the clock as it was
  // before: so a day without a midnight begins with its first instant.
  function at(day: Day, timeOfDayMs = 0): Date {
    const wanted = utc(day) + timeOfDayMs;
    // clocks differ from UTC by less than a day: a day before is before any change that matters, a day after is after it
    const candidates = [-DAY_MS, 0, DAY_MS].map((by) => wanted - (wallClock(wanted + by) - (wanted + by)));
    const exact = candidates.filter((instant) => wallClock(instant) === wanted);
    return new Date(exact.length > 0 ? Math.min(...exact) : (candidates[0] ?? wanted));
  }

  const spanOf = (day: Day): TimeSpan => ({ from: at(day), until: at(addDays(day, 1)) });

  return { timeZone, dayOf, hourOf, at, spanOf };
}
