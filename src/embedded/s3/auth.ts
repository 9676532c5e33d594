import { S3Error } from './errors.js';
import type { S3Request } from './request.js';
import { ALGORITHM, isSameSignature, parseDate, parseScope, type Scope, sign } from './sigv4.js';

const UNSIGNED = 'UNSIGNED-PAYLOAD';
const MAX_SKEW_MS = 15 * 60 * 1000;
const MAX_EXPIRES_S = 7 * 24 * 3600;
const URL_PARAMETERS = ['Algorithm', 'Credential', 'Date', 'Expires', 'SignedHeaders', 'Signature'] as const;

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  region: string;
}

interface Claim {
  scope: Scope;
  date: string;
  signedHeaders: string[];
  signature: string;
  payload: string;
}

/**
 * Checks the signature of a request, in its header or in its URL, and returns what it says about the body: its SHA-256
 * in hex, `UNSIGNED-PAYLOAD` or the name of a streaming mode. Nothing is public: a request without a signature is refused.
 */
export function authenticate(request: S3Request, credentials: Credentials, now: number): string {
  const isPresigned = [...request.query.keys()].some((name) => /^x-amz-(signature|algorithm)$/i.test(name));
  const isHeaderSigned = request.headers.has('authorization');
  if (isPresigned && isHeaderSigned) throw new S3Error('InvalidArgument', 'Only one auth mechanism allowed.');
  if (!isPresigned && !isHeaderSigned) throw new S3Error('AccessDenied');
  const claim = isPresigned ? claimOfUrl(request, now) : claimOfHeader(request, now);
  checkScope(claim.scope, claim.date, credentials, isPresigned);
  checkSignature(request, claim, credentials.secretAccessKey);
  checkEveryHeaderIsSigned(request, claim, isPresigned);
  if (isPresigned) takeParameters(request);
  // Temporary credentials do not exist here, and ignoring the token would suggest that they do.
  if (request.headers.has('x-amz-security-token')) throw new S3Error('InvalidToken');
  return claim.payload;
}

function claimOfHeader(request: S3Request, now: number): Claim {
  const [algorithm, ...rest] = (request.headers.get('authorization') ?? '').split(' ');
  if (algorithm !== ALGORITHM) throw new S3Error('InvalidRequest', `Please use ${ALGORITHM}.`);
  const pairs = rest.join('').split(',');
  const values = new Map(
    pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
  const scope = parseScope(values.get('Credential') ?? '');
  const [signedHeaders, signature] = [values.get('SignedHeaders'), values.get('Signature')];
  if (!scope || !signedHeaders || !signature) throw new S3Error('AuthorizationHeaderMalformed');

  const date = request.headers.get('x-amz-date') ?? '';
  const time = parseDate(date);
  if (time === null)
    throw new S3Error('AccessDenied', 'AWS authentication requires a valid x-amz-date header.');
  if (Math.abs(now - time) > MAX_SKEW_MS) throw new S3Error('RequestTimeTooSkewed');
  const payload = request.headers.get('x-amz-content-sha256');
  if (!payload) throw new S3Error('InvalidRequest', 'Missing required header: x-amz-content-sha256.');
  return { scope, date, signedHeaders: signedHeaders.split(';'), signature, payload };
}

function claimOfUrl(request: S3Request, now: number): Claim {
  const read = (name: (typeof URL_PARAMETERS)[number]) => {
    const value = request.query.get(`X-Amz-${name}`);
    if (!value) throw malformedUrl(`The parameter X-Amz-${name} is missing.`);
    return value;
  };
  if (read('Algorithm') !== ALGORITHM) throw malformedUrl(`X-Amz-Algorithm must be ${ALGORITHM}.`);
  const scope = parseScope(read('Credential'));
  const date = read('Date');
  const time = parseDate(date);
  const expires = /^\d{1,6}$/.test(read('Expires')) ? Number(read('Expires')) : Number.NaN;
  if (!scope || time === null) throw malformedUrl('X-Amz-Credential or X-Amz-Date is malformed.');
  if (!(expires >= 1 && expires <= MAX_EXPIRES_S)) throw malformedUrl('X-Amz-Expires must be 1 to 604800.');
  if (now > time + expires * 1000) throw new S3Error('AccessDenied', 'Request has expired');
  if (now < time - MAX_SKEW_MS) throw new S3Error('AccessDenied', 'Request is not valid yet');
  const payload = request.query.get('X-Amz-Content-Sha256') ?? request.headers.get('x-amz-content-sha256');
  const signedHeaders = read('SignedHeaders').split(';');
  return { scope, date, signedHeaders, signature: read('Signature'), payload: payload ?? UNSIGNED };
}

function checkScope(scope: Scope, date: string, credentials: Credentials, isPresigned: boolean): void {
  const malformed = isPresigned ? 'AuthorizationQueryParametersError' : 'AuthorizationHeaderMalformed';
  if (scope.accessKeyId !== credentials.accessKeyId) throw new S3Error('InvalidAccessKeyId');
  if (!date.startsWith(scope.date)) throw new S3Error(malformed, 'The date and the credential disagree.');
  if (scope.region !== credentials.region) {
    throw new S3Error(malformed, `The region '${scope.region}' is wrong; expecting '${credentials.region}'`);
  }
}

function checkSignature(request: S3Request, claim: Claim, secret: string): void {
  const { method, path, headers } = request;
  const signed = claim.signedHeaders.map((name): [string, string] => [name, headers.get(name) ?? '']);
  const query = request.parameters.filter(([name]) => name !== 'X-Amz-Signature');
  const signable = { method, path, query, headers: signed, payload: claim.payload };
  const expected = sign(signable, claim.scope, claim.date, secret);
  if (isSameSignature(expected.signature, claim.signature)) return;
  throw new S3Error('SignatureDoesNotMatch', undefined, {
    StringToSign: expected.stringToSign,
    CanonicalRequest: expected.canonicalRequest,
  });
}

/** Otherwise whoever holds a presigned URL could add metadata, a copy source or another setting of their own. */
function checkEveryHeaderIsSigned(request: S3Request, claim: Claim, isPresigned: boolean): void {
  const isFree = (name: string) =>
    !name.startsWith('x-amz-') || (isPresigned && name === 'x-amz-content-sha256');
  const unsigned = [...request.headers.keys()].filter(
    (name) => !isFree(name) && !claim.signedHeaders.includes(name),
  );
  if (unsigned.length === 0 && claim.signedHeaders.includes('host')) return;
  throw new S3Error('AccessDenied', 'There were headers present in the request which were not signed', {
    HeadersNotSigned: unsigned.join(', '),
  });
}

/** Clients turn the headers of a presigned request into parameters; here they become headers again. */
function takeParameters(request: S3Request): void {
  const own = new Set([...URL_PARAMETERS.map((name) => `X-Amz-${name}`), 'X-Amz-Content-Sha256']);
  for (const [name, value] of request.parameters) {
    if (!name.toLowerCase().startsWith('x-amz-')) continue;
    request.query.delete(name);
    if (!own.has(name)) request.headers.set(name.toLowerCase(), value);
  }
}

function malformedUrl(message: string): S3Error {
  return new S3Error('AuthorizationQueryParametersError', message);
}
