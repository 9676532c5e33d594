import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { authenticate, type Credentials } from './auth.js';
import { applyCors } from './configurations.js';
import { S3Error } from './errors.js';
import { findOperation } from './operations.js';
import { postObject } from './post-object.js';
import { checkBucketName, checkKey, readRequest, type S3Request } from './request.js';
import type { Store } from './store.js';
import { toXml } from './xml.js';

export interface Service {
  store: Store;
  credentials: Credentials;
  now: () => number;
}

/** Answers a request; never fails. */
export async function handle(
  service: Service,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const requestId = randomBytes(8).toString('hex').toUpperCase();
  response.setHeader('x-amz-request-id', requestId);
  try {
    await answer(service, message, response);
  } catch (error) {
    fail(error, message, response, requestId);
  } finally {
    // Whatever was not read is read now and thrown away: a client that still sends would not see the answer otherwise.
    message.resume();
  }
}

async function answer(service: Service, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const { store, credentials, now } = service;
  const request = readRequest(message);
  const isCorsAllowed = applyCors(store, request.bucket, message, response);
  if (request.method === 'OPTIONS') {
    if (!isCorsAllowed) throw new S3Error('AccessForbidden');
    response.end();
    return;
  }
  const unsigned = { request, message, response, store, region: credentials.region, now };
  if (isForm(request)) {
    await postObject({ ...unsigned, payload: 'UNSIGNED-PAYLOAD' }, credentials);
    return;
  }
  const payload = authenticate(request, credentials, now());
  if (request.bucket !== '') checkBucketName(request.bucket);
  checkKey(request.key);
  await findOperation(request)({ ...unsigned, payload });
}

/** Its signed policy, and not a signature of the request, says what a form may do. */
function isForm({ method, key, bucket, query, headers }: S3Request): boolean {
  const isForBucket = bucket !== '' && key === '' && query.size === 0;
  const type = headers.get('content-type') ?? '';
  return method === 'POST' && isForBucket && /^multipart\/form-data\b/i.test(type);
}

function fail(error: unknown, message: IncomingMessage, response: ServerResponse, requestId: string): void {
  const isGone = message.destroyed && !message.complete;
  if (isGone || response.headersSent) {
    // Too late for an answer: cut off, the client at least does not take it for a whole one.
    response.destroy();
    return;
  }
  if (!(error instanceof S3Error)) console.error('The embedded S3 failed:', error);
  const known = error instanceof S3Error ? error : new S3Error('InternalError');
  const { code: Code, message: Message, status } = known;
  const [Resource = ''] = (message.url ?? '').split('?');
  const body = Buffer.from(toXml('Error', { Code, Message, Resource, RequestId: requestId }));
  response.writeHead(status, { 'content-type': 'application/xml', 'content-length': body.length });
  response.end(message.method === 'HEAD' ? undefined : body);
}
