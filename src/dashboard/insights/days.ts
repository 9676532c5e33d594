/** A day as `2026-11-25`: texts of days sort as the days do. */
export type Day = string;

const DAY_MS = 24 * 60 * 60_000;

export const nextDay = (day: Day, days = 1): Day =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/** Every day from the first to the last. */
export function daysBetween(first: Day, last: Day): Day[] {
  const days: Day[] = [];
  for (let day = first; day <= last; day = nextDay(day)) days.push(day);
  return days;
}

export interface Span {
  /** Its first instant. */
  from: Date;
  /** The first instant that is no more of it. */
  until: Date;
}

/** When days begin and end in a time zone. */
export function createCalendar(timeZone: string) {
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

  /** What a clock in that zone shows, as if it were UTC. */
  function wallClock(at: number): number {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    const { year, month, day, hour, minute, second } = parts;
    return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  }

  function startOf(day: Day): Date {
    const wanted = Date.parse(`${day}T00:00:00Z`);
    const offset = (at: number) => wallClock(at) - at;
    // the offset may change between the guess and the answer
    const guess = wanted - offset(wanted);
    const start = wanted - offset(guess);
    // where midnight is left out, the day begins with the first instant that is of it
    return new Date(wallClock(start) < wanted ? start + 60 * 60_000 : start);
  }

  const dayOf = (at: Date): Day =>
    new Date(wallClock(Math.floor(at.getTime() / 1000) * 1000)).toISOString().slice(0, 10);
  const spanOf = (day: Day): Span => ({ from: startOf(day), until: startOf(nextDay(day)) });

  return { dayOf, spanOf };
}

export type Calendar = ReturnType<typeof createCalendar>;
