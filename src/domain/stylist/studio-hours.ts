import { DAY_MS, MINUTE_MS } from '../../lib/calendar.js';
/** When the studio is open: for each day of the week from Sunday, from and to which minutes of the day. */
export type StudioHours = readonly (readonly OpenTime[])[];
type OpenTime = readonly [from: number, to: number];

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const ENTRY = /^([a-z]{3})(?:-([a-z]{3}))?\s+(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$/i;
/** However few the hours, a time that lies further ahead is none. */
const MAX_DAYS = 3660;

/** `Mon-Fri 10:00-18:00; Sat 11:00-17:00`; undefined for what is not that. A day may stand there twice, with a break between. */
export function parseStudioHours(text: string): StudioHours | undefined {
  const hours: OpenTime[][] = DAYS.map(() => []);
  for (const entry of text.split(';')) {
    const [all, first = '', last = first, ...times] = ENTRY.exec(entry.trim()) ?? [];
    const [from, to] = [DAYS.indexOf(first.toLowerCase()), DAYS.indexOf(last.toLowerCase())];
    const [opens, closes] = [minutesOf(times[0], times[1]), minutesOf(times[2], times[3])];
    if (!all || from < 0 || to < 0 || opens === undefined || closes === undefined || opens >= closes)
      return undefined;
    for (let day = from; ; day = (day + 1) % DAYS.length) {
      hours[day]?.push([opens, closes]);
      if (day === to) break;
    }
  }
  return hours.map((day) => day.sort((a, b) => a[0] - b[0]));
}

function minutesOf(hours = '', minutes = ''): number | undefined {
  const sum = Number(hours) * 60 + Number(minutes);
  return Number(minutes) < 60 && sum <= 24 * 60 ? sum : undefined;
}

/** When so many minutes of the studio's hours have passed since a moment: the clocks of the time zone decide, also on the days on which they are set. */
export function dueAt(opened: Date, minutes: number, hours: StudioHours, timeZone: string): Date {
  let left = minutes * MINUTE_MS;
  const today = wallTime(opened.getTime(), timeZone);
  const midnight = today - (today % DAY_MS);
  for (let nth = 0; nth < MAX_DAYS; nth++) {
    const day = midnight + nth * DAY_MS;
    for (const [from, to] of hours[new Date(day).getUTCDay()] ?? []) {
      const opens = Math.max(instantOf(day + from * MINUTE_MS, timeZone), opened.getTime());
      const lasts = instantOf(day + to * MINUTE_MS, timeZone) - opens;
      if (lasts > 0 && lasts >= left) return new Date(opens + left);
      if (lasts > 0) left -= lasts;
    }
  }
  return new Date(opened.getTime() + minutes * MINUTE_MS);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** What the clocks show at a moment, as if they showed UTC. */
function wallTime(at: number, timeZone: string): number {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  formats.set(timeZone, format);
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

// The offset at the moment that is meant may be another one than that at the first guess: then the clocks are set in between.
function instantOf(wall: number, timeZone: string): number {
  const guess = wall - (wallTime(wall, timeZone) - wall);
  return wall - (wallTime(guess, timeZone) - guess);
}
