// $dateTrunc, in UTC.
import { typeAlias } from '../describe.js';
import { failedToParse, ServerError } from '../errors.js';
import { type Doc, isDoc, type Maybe, type Value } from '../values.js';

type Evaluate = (doc: Doc) => Maybe;

const SECOND = 1000;
const DAY = 86_400_000;
const LENGTHS: Record<string, number> = {
  millisecond: 1,
  second: SECOND,
  minute: 60 * SECOND,
  hour: 3600 * SECOND,
  day: DAY,
};
const MONTHS: Record<string, number> = { month: 1, quarter: 3, year: 12 };
const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const UTC = ['UTC', 'GMT', 'Etc/UTC', '+00:00', '+0000', '+00'];
const OPTIONS = ['date', 'unit', 'startOfWeek', 'timezone'];

export function dateTrunc(arg: Value, compile: (spec: Value) => Evaluate): Evaluate {
  if (!isDoc(arg)) throw new ServerError(5439007, '$dateTrunc only supports an object as its argument');
  for (const name of Object.keys(arg)) {
    if (!OPTIONS.includes(name))
      throw new ServerError(5439008, `Unrecognized argument to $dateTrunc: ${name}`);
  }
  const { date: from, unit: by, startOfWeek, timezone } = arg;
  if (from === undefined) throw new ServerError(5439009, "Missing 'date' parameter to $dateTrunc");
  if (by === undefined) throw new ServerError(5439010, "Missing 'unit' parameter to $dateTrunc");
  if (timezone !== undefined && !UTC.includes(String(timezone))) {
    throw new ServerError(
      40485,
      `unrecognized time zone identifier: "${String(timezone)}"; only UTC is supported`,
    );
  }
  const truncate = truncation(by, startOfWeek ?? 'sunday');
  const date = compile(from);
  return (doc) => {
    const v = date(doc);
    if (v === undefined || v === null) return null;
    if (v instanceof Date) return new Date(truncate(v));
    throw new ServerError(5439012, `$dateTrunc requires 'date' to be a date, but got ${typeAlias(v)}`);
  };
}

function truncation(unit: Value, startOfWeek: Value): (date: Date) => number {
  const name = String(unit);
  const length = Object.hasOwn(LENGTHS, name) ? LENGTHS[name] : undefined;
  if (length) return (date) => Math.floor(date.getTime() / length) * length;
  const months = Object.hasOwn(MONTHS, name) ? MONTHS[name] : undefined;
  if (months) return (date) => startOfMonths(date, months);
  if (name !== 'week') throw failedToParse(`unknown time unit value: ${name}`);
  const first = WEEKDAYS.findIndex((day) =>
    [day, day.slice(0, 3)].includes(String(startOfWeek).toLowerCase()),
  );
  if (first < 0) throw new ServerError(5439016, `unknown day of week value: ${String(startOfWeek)}`);
  return (date) => startOfDaysBack(date, (date.getUTCDay() - first + 7) % 7);
}

function startOfMonths(date: Date, months: number): number {
  const start = new Date(0);
  start.setUTCFullYear(date.getUTCFullYear(), date.getUTCMonth() - (date.getUTCMonth() % months), 1);
  return start.getTime();
}

const startOfDaysBack = (date: Date, days: number) => (Math.floor(date.getTime() / DAY) - days) * DAY;
