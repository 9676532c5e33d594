import { readFields, readNumber, readText } from '../../platform/mongodb/read.js';

const DAYS = new Map([
  ['hour', 1 / 24],
  ['day', 1],
  ['week', 7],
  ['month', 30],
]);
/** What is longer is no lead time but a placeholder. */
const LONGEST_DAYS = 1000;

/** The longest lead time in days: from `{ min, max, unit }`, from `"3-4 weeks"`, or from a bare number of days. */
export function readLeadTimeDays(value: unknown): number | undefined {
  const fields = readFields(value);
  const longest = readNumber(fields.max) ?? readNumber(fields.min);
  if (longest !== undefined) return inDays(longest, readText(fields.unit) ?? 'days');
  const text = readText(value)?.toLowerCase() ?? '';
  const match =
    /(?:[\d.]+\s*(?:-|–|to)\s*)?(\d+(?:\.\d+)?)\s*(?:business\s+|working\s+)?(hour|day|week|month)?/.exec(
      text,
    );
  return match?.[1] === undefined ? undefined : inDays(Number(match[1]), match[2] ?? 'day');
}

function inDays(count: number, unit: string): number | undefined {
  const days = count * (DAYS.get(unit.toLowerCase().replace(/s$/, '')) ?? 1);
  return days >= 0 && days <= LONGEST_DAYS ? days : undefined;
}
