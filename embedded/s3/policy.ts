import { MAX_OBJECT_BYTES } from './body.js';
import { S3Error } from './errors.js';

/** Fields that need no condition: they are the policy, its signature and the content itself. */
const UNCONDITIONAL = ['policy', 'x-amz-signature', 'file'];

export interface SizeRange {
  minSize: number;
  maxSize: number;
}

/**
 * Checks the fields of a form against its signed policy: every condition must hold, and every field must have one.
 * Returns how large the content may be.
 */
export function checkPolicy(encoded: string, fields: ReadonlyMap<string, string>, now: number): SizeRange {
  const { expiration, conditions } = readPolicy(encoded);
  if (expiration <= now) throw refused('Policy expired.');
  let range: SizeRange = { minSize: 0, maxSize: MAX_OBJECT_BYTES };
  const conditional = new Set(UNCONDITIONAL);
  for (const [operator, first, second] of conditions.flatMap(readCondition)) {
    if (operator === 'content-length-range') range = narrow(range, first, second);
    else conditional.add(checkField(fields, operator, first, second));
  }
  const extra = [...fields.keys()].filter((name) => !conditional.has(name) && !name.startsWith('x-ignore-'));
  if (extra.length > 0) throw refused(`Extra input fields: ${extra.join(', ')}`);
  return range;
}

function narrow({ minSize, maxSize }: SizeRange, min: unknown, max: unknown): SizeRange {
  const areSizes = [min, max].every((size) => /^\d{1,15}$/.test(String(size)));
  if (!areSizes || Number(min) > Number(max)) throw malformed('Invalid content-length-range.');
  return { minSize: Math.max(minSize, Number(min)), maxSize: Math.min(maxSize, Number(max)) };
}

/** Returns the field that the condition is about, if it holds. */
function checkField(
  fields: ReadonlyMap<string, string>,
  operator: unknown,
  first: unknown,
  value: unknown,
): string {
  if (operator !== 'eq' && operator !== 'starts-with') throw malformed(`Unknown condition ${operator}.`);
  if (typeof first !== 'string' || !first.startsWith('$') || typeof value !== 'string') {
    throw malformed('A condition must consist of an operator, a $field and a text.');
  }
  const field = first.slice(1).toLowerCase();
  const given = fields.get(field) ?? '';
  const holds = operator === 'eq' ? given === value : given.startsWith(value);
  if (!holds) throw refused(`Policy Condition failed: ["${operator}", "${first}", "${value}"]`);
  return field;
}

function readPolicy(encoded: string): { expiration: number; conditions: unknown[] } {
  const document = parseJson(Buffer.from(encoded, 'base64').toString());
  const { expiration, conditions } = isRecord(document) ? document : {};
  if (typeof expiration !== 'string' || !Array.isArray(conditions)) throw malformed('Invalid policy.');
  // Only UTC, as S3 has it: a date without a zone would mean the clock of this machine.
  const time = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(expiration) ? Date.parse(expiration) : Number.NaN;
  if (Number.isNaN(time)) throw malformed('Invalid expiration.');
  return { expiration: time, conditions };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed('Invalid JSON.');
  }
}

/** Both forms of a condition as the longer one: `{ "key": "a" }` is `["eq", "$key", "a"]`. */
function readCondition(condition: unknown): unknown[][] {
  if (Array.isArray(condition)) return [condition];
  if (!isRecord(condition)) throw malformed('Invalid condition.');
  return Object.entries(condition).map(([field, value]) => ['eq', `$${field}`, value]);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function refused(reason: string): S3Error {
  return new S3Error('AccessDenied', `Invalid according to Policy: ${reason}`);
}

function malformed(reason: string): S3Error {
  return new S3Error('InvalidPolicyDocument', `Invalid Policy: ${reason}`);
}
