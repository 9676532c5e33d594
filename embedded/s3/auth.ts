import { S3Error } from './errors.js';
import type { S3Request } from './request.js';
import { ALGORITHM, isSameSignature, parseDate, parseScope, type Scope, sign } from './sigv4.js';

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
  const isPresigned = request.query.has('X-Amz-Signature') || request.query.has('X-Amz-Algorithm');
  const isHeaderSigned = request.headers.has('authorization');
  if (isPresigned && isHeaderSigned) throw new S3Error('InvalidArgument', 'Only one auth mechanism allowed.');
  if (!isPresigned && !isHeaderSigned) throw new S3Error('AccessDenied');
  const claim = isPresigned ? claimOfUrl(request, now) : claimOfHeader(request, now);
  const { scope, date } = claim;
  if (scope.accessKeyId !== credentials.accessKeyId) throw new S3Error('InvalidAccessKeyId');
  if (!date.startsWith(scope.date) || scope.region !== credentials.region) {
    const code = isPresigned ? 'AuthorizationQueryParametersError' : 'AuthorizationHeaderMalformed';
    throw new S3Error(code, `The date or the region is wrong; expecting '${credentials.region}'.`);
  }
  checkSignature(request, claim, credentials.secretAccessKey);
  checkEveryHeaderIsSigned(request, claim, isPresigned);
  if (isPresigned) takeParameters(request);
  // Temporary credentials do not exist here, and ignoring the token would suggest that they do.
  if (request.headers.has('x-amz-security-token')) throw new S3Error('InvalidToken');
  return claim.payload;
}

function claimOfHeader({ headers }: S3Request, now: number): Claim {
  const [algorithm, ...rest] = (headers.get('authorization') ?? '').split(' ');
  if (algorithm !== ALGORITHM) throw new S3Error('InvalidRequest', `Please use ${ALGORITHM}.`);
  const values = new Map(rest.join('').split(',').map(readPair));
  const scope = parseScope(values.get('Credential') ?? '');
  const [signedHeaders, signature] = [values.get('SignedHeaders'), values.get('Signature')];
  if (!scope || !signedHeaders || !signature) throw new S3Error('AuthorizationHeaderMalformed');
  const date = headers.get('x-amz-date') ?? '';
  const skew = Math.abs(now - parseDate(date));
  if (Number.isNaN(skew)) throw new S3Error('AccessDenied', 'A valid x-amz-date header is required.');
  if (skew > MAX_SKEW_MS) throw new S3Error('RequestTimeTooSkewed');
  const payload = headers.get('x-amz-content-sha256');
  if (!payload) throw new S3Error('InvalidRequest', 'Missing required header: x-amz-content-sha256.');
  return { scope, date, signedHeaders: signedHeaders.split(';'), signature, payload };
}

function readPair(text: string): [name: string, value: string] {
  const at = text.indexOf('=');
  return [text.slice(0, at), text.slice(at + 1)];
}

function claimOfUrl({ query, headers }: S3Request, now: number): Claim {
  const read = (name: (typeof URL_PARAMETERS)[number]) => query.get(`X-Amz-${name}`) ?? '';
  const date = read('Date');
  const [scope, time, expires] = [parseScope(read('Credential')), parseDate(date), Number(read('Expires'))];
  const isWellFormed = read('Algorithm') === ALGORITHM && read('SignedHeaders') && read('Signature');
  const isLimited = Number.isInteger(expires) && expires >= 1 && expires <= MAX_EXPIRES_S;
  if (!scope || Number.isNaN(time) || !isWellFormed || !isLimited) {
    throw new S3Error('AuthorizationQueryParametersError');
  }
  if (now > time + expires * 1000) throw new S3Error('AccessDenied', 'Request has expired');
  if (now < time - MAX_SKEW_MS) throw new S3Error('AccessDenied', 'Request is not valid yet');
  const payload =
    query.get('X-Amz-Content-Sha256') ?? headers.get('x-amz-content-sha256') ?? 'UNSIGNED-PAYLOAD';
  return {
    scope,
    date,
    signedHeaders: read('SignedHeaders').split(';'),
    signature: read('Signature'),
    payload,
  };
}

function checkSignature(request: S3Request, claim: Claim, secret: string): void {
  const { method, path } = request;
  const headers = claim.signedHeaders.map((name) => [name, request.headers.get(name) ?? ''] as const);
  const query = request.parameters.filter(([name]) => name !== 'X-Amz-Signature');
  const expected = sign(
    { method, path, query, headers, payload: claim.payload },
    claim.scope,
    claim.date,
    secret,
  );
  if (!isSameSignature(expected, claim.signature)) throw new S3Error('SignatureDoesNotMatch');
}

/** Otherwise whoever holds a presigned URL could add metadata, a copy source or another setting of their own. */
function checkEveryHeaderIsSigned(
  { headers }: S3Request,
  { signedHeaders }: Claim,
  isPresigned: boolean,
): void {
  const mustBeSigned = (name: string) =>
    name === 'host' || (name.startsWith('x-amz-') && !(isPresigned && name === 'x-amz-content-sha256'));
  const unsigned = [...headers.keys()].filter((name) => mustBeSigned(name) && !signedHeaders.includes(name));
  if (unsigned.length === 0) return;
  throw new S3Error('AccessDenied', `There were headers which were not signed: ${unsigned.join(', ')}`);
}

/** Clients turn the headers of a presigned request into parameters; here they become headers again. */
function takeParameters(request: S3Request): void {
  const own = new Set(['X-Amz-Content-Sha256', ...URL_PARAMETERS.map((name) => `X-Amz-${name}`)]);
  for (const [name, value] of request.parameters) {
    if (!name.toLowerCase().startsWith('x-amz-')) continue;
    request.query.delete(name);
    if (!own.has(name)) request.headers.set(name.toLowerCase(), value);
  }
}
