import { S3Error } from './errors.js';
import { isRecord } from './records.js';

/** Fields that need no condition: they are the policy, its signature and the content itself. */
const UNCONDITIONAL = ['policy', 'x-amz-signature', 'file'];

export interface SizeRange {
  min: number;
  max: number;
}

type Condition =
  | { operator: 'eq' | 'starts-with'; field: string; value: string }
  | ({ operator: 'size' } & SizeRange);

interface Policy {
  expiration: number;
  conditions: Condition[];
}

/**
 * Checks the fields of a form against its signed policy: every condition must hold, and every field must have one.
 * Returns how large the content may be.
 */
export function checkPolicy(
  encoded: string,
  fields: ReadonlyMap<string, string>,
  now: number,
): Partial<SizeRange> {
  const policy = readPolicy(encoded);
  if (policy.expiration <= now) throw refused('Policy expired.');
  const range: Partial<SizeRange> = {};
  const conditional = new Set(UNCONDITIONAL);
  for (const condition of policy.conditions) {
    if (condition.operator === 'size') {
      range.min = Math.max(range.min ?? 0, condition.min);
      range.max = Math.min(range.max ?? Number.POSITIVE_INFINITY, condition.max);
      continue;
    }
    const value = fields.get(condition.field) ?? '';
    const holds = condition.operator === 'eq' ? value === condition.value : value.startsWith(condition.value);
    if (!holds) throw refused(`Policy Condition failed: ${JSON.stringify(condition)}`);
    conditional.add(condition.field);
  }
  const extra = [...fields.keys()].filter((name) => !conditional.has(name) && !name.startsWith('x-ignore-'));
  if (extra.length > 0) throw refused(`Extra input fields: ${extra.join(', ')}`);
  return range;
}

function readPolicy(encoded: string): Policy {
  const document = parseDocument(encoded);
  const { expiration, conditions } = isRecord(document) ? document : {};
  if (typeof expiration !== 'string' || !Array.isArray(conditions)) throw malformed('Invalid policy.');
  // Only UTC, as S3 has it: a date without a zone would mean the clock of this machine.
  const time = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(expiration) ? Date.parse(expiration) : Number.NaN;
  if (Number.isNaN(time)) throw malformed('Invalid expiration.');
  return { expiration: time, conditions: conditions.flatMap(readCondition) };
}

function parseDocument(encoded: string): unknown {
  try {
    return JSON.parse(Buffer.from(encoded, 'base64').toString());
  } catch {
    throw malformed('Invalid JSON.');
  }
}

function readCondition(condition: unknown): Condition[] {
  if (Array.isArray(condition)) return [readTriple(condition)];
  const pairs = isRecord(condition) ? Object.entries(condition) : [];
  if (pairs.length === 0) throw malformed('Invalid condition.');
  return pairs.map(([field, value]) => equals(field, value));
}

function readTriple([name, first, second]: readonly unknown[]): Condition {
  const operator = String(name).toLowerCase();
  if (operator === 'content-length-range') {
    const [min, max] = [toSize(first), toSize(second)];
    if (min > max) throw malformed('Invalid content-length-range.');
    return { operator: 'size', min, max };
  }
  if (typeof first !== 'string' || !first.startsWith('$'))
    throw malformed('A condition must name its $field.');
  if (operator === 'eq') return equals(first.slice(1), second);
  if (operator !== 'starts-with') throw malformed(`Unknown condition ${operator}.`);
  return { ...equals(first.slice(1), second), operator };
}

function toSize(value: unknown): number {
  if (!/^\d{1,15}$/.test(String(value))) throw malformed('Invalid content-length-range.');
  return Number(value);
}

function equals(field: string, value: unknown): Extract<Condition, { field: string }> {
  if (typeof value !== 'string') throw malformed('The value of a condition must be a string.');
  return { operator: 'eq', field: field.toLowerCase(), value };
}

function refused(reason: string): S3Error {
  return new S3Error('AccessDenied', `Invalid according to Policy: ${reason}`);
}

function malformed(reason: string): S3Error {
  return new S3Error('InvalidPolicyDocument', `Invalid Policy: ${reason}`);
}
