import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export const ALGORITHM = 'AWS4-HMAC-SHA256';
const TERMINATOR = 'aws4_request';

/** The `Credential` of a signature: `<access key>/<yyyymmdd>/<region>/s3/aws4_request`. */
export interface Scope {
  accessKeyId: string;
  date: string;
  region: string;
}

export interface Signable {
  method: string;
  /** The decoded path. */
  path: string;
  /** Decoded parameters without the signature itself. */
  query: readonly (readonly [name: string, value: string])[];
  /** Names and values of the signed headers, in the order in which they were signed. */
  headers: readonly (readonly [name: string, value: string])[];
  payload: string;
}

export interface Signature {
  signature: string;
  canonicalRequest: string;
  stringToSign: string;
}

export function parseScope(credential: string): Scope | null {
  const match = /^(?<key>.+)\/(?<date>\d{8})\/(?<region>[a-z0-9-]+)\/s3\/aws4_request$/.exec(credential);
  const { key, date, region } = match?.groups ?? {};
  return key && date && region ? { accessKeyId: key, date, region } : null;
}

/** Turns `20260131T235959Z` into milliseconds; null if it is not such a date. */
export function parseDate(text: string): number | null {
  const iso = text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  const time = iso === text ? Number.NaN : Date.parse(iso);
  return Number.isNaN(time) ? null : time;
}

export function sign(request: Signable, scope: Scope, date: string, secret: string): Signature {
  const canonicalRequest = canonicalise(request);
  const stringToSign = [
    ALGORITHM,
    date,
    `${scope.date}/${scope.region}/s3/${TERMINATOR}`,
    createHash('sha256').update(canonicalRequest).digest('hex'),
  ].join('\n');
  return { signature: signText(stringToSign, scope, secret), canonicalRequest, stringToSign };
}

/** Signs a string as it is, which is all that a POST policy needs. */
export function signText(text: string, scope: Scope, secret: string): string {
  let key: Buffer = Buffer.from(`AWS4${secret}`);
  for (const step of [scope.date, scope.region, 's3', TERMINATOR]) key = hmac(key, step);
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

function canonicalise(request: Signable): string {
  const query = request.query
    .map(([name, value]): [string, string] => [awsEncode(name), awsEncode(value)])
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`);
  return [
    request.method,
    // S3, unlike AWS's other services, neither normalises the path nor encodes it twice.
    request.path.split('/').map(awsEncode).join('/'),
    query.join('&'),
    ...request.headers.map(([name, value]) => `${name}:${value.trim().replace(/ +/g, ' ')}`),
    '',
    request.headers.map(([name]) => name).join(';'),
    request.payload,
  ].join('\n');
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
