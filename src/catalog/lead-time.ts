import { readFields, readNumber, readText } from '../database/read.js';

const DAYS: Record<string, number> = { day: 1, week: 7, month: 30 };

/** The longest lead time in days: from `{ min, max, unit }`, from `"3-4 weeks"`, or from a bare number of days. */
export function readLeadTimeDays(value: unknown): number | undefined {
  const fields = readFields(value);
  const longest = readNumber(fields.max) ?? readNumber(fields.min);
  if (longest !== undefined) return inDays(longest, readText(fields.unit) ?? 'days');
  const text = readText(value)?.toLowerCase() ?? '';
  const match = /(?:\d+\s*(?:-|–|to)\s*)?(\d+)\s*(?:business\s+|working\s+)?(day|week|month)?/.exec(text);
  return match?.[1] === undefined ? undefined : inDays(Number(match[1]), match[2] ?? 'day');
}

const inDays = (count: number, unit: string): number =>
  count * (DAYS[unit.toLowerCase().replace(/s$/, '')] ?? 1);
