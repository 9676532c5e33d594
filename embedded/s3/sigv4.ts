import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export const ALGORITHM = 'AWS4-HMAC-SHA256';

/** The `Credential` of a signature: `<access key>/<yyyymmdd>/<region>/s3/aws4_request`. */
export interface Scope {
  accessKeyId: string;
  date: string;
  region: string;
}

type Pair = readonly [name: string, value: string];

interface Signable {
  method: string;
  /** The decoded path. */
  path: string;
  /** Decoded parameters without the signature itself. */
  query: readonly Pair[];
  /** Names and values of the signed headers, in the order in which they were signed. */
  headers: readonly Pair[];
  payload: string;
}

export function parseScope(credential: string): Scope | null {
  const match = /^(.+)\/(\d{8})\/([a-z0-9-]+)\/s3\/aws4_request$/.exec(credential);
  const [, accessKeyId, date, region] = match ?? [];
  return accessKeyId && date && region ? { accessKeyId, date, region } : null;
}

/** Turns `20260131T235959Z` into milliseconds; NaN if it is not such a date. */
export function parseDate(text: string): number {
  if (!/^\d{8}T\d{6}Z$/.test(text)) return Number.NaN;
  return Date.parse(text.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

export function sign(request: Signable, scope: Scope, date: string, secret: string): string {
  const digest = createHash('sha256').update(canonicalise(request)).digest('hex');
  const text = [ALGORITHM, date, `${scope.date}/${scope.region}/s3/aws4_request`, digest].join('\n');
  return signText(text, scope, secret);
}

/** Signs a string as it is, which is all that a POST policy needs. */
export function signText(text: string, scope: Scope, secret: string): string {
  let key: Buffer = Buffer.from(`AWS4${secret}`);
  for (const step of [scope.date, scope.region, 's3', 'aws4_request']) key = hmac(key, step);
  return hmac(key, text).toString('hex');
}

export function isSameSignature(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** AWS's own percent-encoding: everything but letters, digits and `-._~`, in UTF-8 and upper case. */
export function awsEncode(text: string): string {
  const hex = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/[!'()*]/g, hex);
}

function canonicalise({ method, path, query, headers, payload }: Signable): string {
  const parameters = query
    .map(([name, value]) => [awsEncode(name), awsEncode(value)] as const)
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`);
  return [
    method,
    // S3, unlike AWS's other services, neither normalises the path nor encodes it twice.
    path.split('/').map(awsEncode).join('/'),
    parameters.join('&'),
    ...headers.map(([name, value]) => `${name}:${value.trim().replace(/ +/g, ' ')}`),
    '',
    headers.map(([name]) => name).join(';'),
    payload,
  ].join('\n');
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
