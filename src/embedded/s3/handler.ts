import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { authenticate, type Credentials } from './auth.js';
import type { Call } from './call.js';
import { applyCors } from './cors.js';
import { S3Error } from './errors.js';
import { postObject } from './operations/post-object.js';
import { checkNames, readRequest, type S3Request } from './request.js';
import { findOperation } from './router.js';
import type { Store } from './store.js';
import { errorDocument } from './xml.js';

export interface HandlerOptions {
  store: Store;
  credentials: Credentials;
  now: () => number;
}

export type Handler = (
  message: IncomingMessage,
  response: ServerResponse,
  isWaiting: boolean,
) => Promise<void>;

/** Answers requests; never fails. `isWaiting` says that the client sends its body only when told to. */
export function createHandler(options: HandlerOptions): Handler {
  return async (message, response, isWaiting) => {
    const requestId = randomBytes(8).toString('hex').toUpperCase();
    response.setHeader('x-amz-request-id', requestId);
    let isBodyAccepted = !isWaiting;
    const acceptBody = () => {
      if (!isBodyAccepted) response.writeContinue();
      isBodyAccepted = true;
    };
    try {
      await answer(options, message, response, acceptBody);
    } catch (error) {
      // Without its body the connection is no good for another request.
      if (!isBodyAccepted && !response.headersSent) response.setHeader('connection', 'close');
      fail(error, message, response, requestId);
    } finally {
      // Whatever was not read is read now and thrown away: a client that still sends would not see the answer otherwise.
      message.resume();
    }
  };
}

async function answer(
  { store, credentials, now }: HandlerOptions,
  message: IncomingMessage,
  response: ServerResponse,
  acceptBody: () => void,
): Promise<void> {
  const request = readRequest(message);
  const isCorsAllowed = applyCors(store, request.bucket, message, response);
  if (request.method === 'OPTIONS') {
    if (!isCorsAllowed) throw new S3Error('AccessForbidden');
    response.end();
    return;
  }
  const unsigned = { request, message, response, store, region: credentials.region, now: now(), acceptBody };
  if (isForm(request)) {
    await postObject({ ...unsigned, payload: 'UNSIGNED-PAYLOAD' }, credentials);
    return;
  }
  const payload = authenticate(request, credentials, unsigned.now);
  const call: Call = { ...unsigned, payload };
  checkNames(request);
  await findOperation(request).run(call);
}

function isForm({ method, key, bucket, query, headers }: S3Request): boolean {
  const isForBucket = bucket !== '' && key === '' && query.size === 0;
  return (
    method === 'POST' && isForBucket && /^multipart\/form-data\b/i.test(headers.get('content-type') ?? '')
  );
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
  const { code: Code, message: Message, details, status } = known;
  const [Resource = ''] = (message.url ?? '').split('?');
  const body = Buffer.from(errorDocument({ Code, Message, Resource, RequestId: requestId, ...details }));
  response.writeHead(status, { 'content-type': 'application/xml', 'content-length': body.length });
  response.end(message.method === 'HEAD' ? undefined : body);
}
