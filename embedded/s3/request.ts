import type { IncomingMessage, ServerResponse } from 'node:http';
import { S3Error } from './errors.js';
import type { Store } from './store.js';

const BUCKET_NAME = /^(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const MAX_KEY_BYTES = 1024;

/** A request as S3 reads it, path-style: `/<bucket>/<key>?<parameters>`. */
export interface S3Request {
  method: string;
  /** The decoded path, as it is signed. */
  path: string;
  bucket: string;
  key: string;
  /** Every parameter as it was sent, for the signature. */
  parameters: readonly (readonly [name: string, value: string])[];
  /** The parameters that say what is asked for; those that sign the URL or stand for a header are taken out. */
  query: Map<string, string>;
  /** Lower-case names; a presigned URL may carry headers as parameters, and they are here too. */
  headers: Map<string, string>;
}

/** One authenticated request with all that an operation needs to answer it. */
export interface Call {
  request: S3Request;
  /** What the signature says about the body. */
  payload: string;
  message: IncomingMessage;
  response: ServerResponse;
  store: Store;
  region: string;
  now(): number;
}

export function readRequest(message: IncomingMessage): S3Request {
  // Not through URL, which would resolve `..` and `.` in keys.
  const [rawPath = '', ...rawQuery] = (message.url ?? '').split('?');
  if (!rawPath.startsWith('/')) throw new S3Error('InvalidURI');
  const path = decode(rawPath);
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  const parameters = readParameters(rawQuery.join('?'));
  const query = new Map(parameters);
  if (query.size !== parameters.length) throw new S3Error('InvalidArgument', 'A parameter occurs twice.');
  const headers = Object.entries(message.headersDistinct).map(([name, values = []]): [string, string] => [
    name,
    values.join(','),
  ]);
  return { method: message.method ?? '', path, bucket, key, parameters, query, headers: new Map(headers) };
}

export function checkBucketName(name: string): void {
  if (!BUCKET_NAME.test(name)) throw new S3Error('InvalidBucketName');
}

export function checkKey(key: string): void {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw new S3Error('KeyTooLongError');
}

export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error('InvalidURI');
  }
}

function readParameters(text: string): [string, string][] {
  return text
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const [name = '', ...value] = part.replaceAll('+', ' ').split('=');
      return [decode(name), decode(value.join('='))];
    });
}

/** The address of an object, as S3 tells it to whoever has written it. */
export function locationOf({ bucket, headers }: S3Request, key: string): string {
  return `http://${headers.get('host')}/${[bucket, ...key.split('/')].map(encodeURIComponent).join('/')}`;
}

export function sendXml({ response }: Pick<Call, 'response'>, xml: string, status = 200): void {
  const body = Buffer.from(xml);
  response.writeHead(status, { 'content-type': 'application/xml', 'content-length': body.length });
  response.end(body);
}

type Headers = Readonly<Record<string, string>>;

export function sendEmpty({ response }: Pick<Call, 'response'>, status: number, headers: Headers = {}): void {
  // A 204 has no content, and a length in a 304 would mean that of the object that is not sent.
  const length = status === 204 || status === 304 ? {} : { 'content-length': '0' };
  response.writeHead(status, { ...length, ...headers });
  response.end();
}
