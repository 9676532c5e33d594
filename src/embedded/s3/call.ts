import type { IncomingMessage, ServerResponse } from 'node:http';
import type { S3Request } from './request.js';
import type { Store } from './store.js';

/** One authenticated request with all that an operation needs to answer it. */
export interface Call {
  request: S3Request;
  /** What the signature says about the body. */
  payload: string;
  message: IncomingMessage;
  response: ServerResponse;
  store: Store;
  region: string;
  now: number;
  /** Tells a client that waits for a word (`Expect: 100-continue`) to send its body. */
  acceptBody(): void;
}

export function sendXml(call: Pick<Call, 'response'>, xml: string, status = 200): void {
  const body = Buffer.from(xml);
  call.response.writeHead(status, { 'content-type': 'application/xml', 'content-length': body.length });
  call.response.end(body);
}

export function sendEmpty(
  call: Pick<Call, 'response'>,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): void {
  // A 204 has no content-length.
  const length = status === 204 ? {} : { 'content-length': '0' };
  call.response.writeHead(status, { ...length, ...headers });
  call.response.end();
}
