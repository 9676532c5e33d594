import type { IncomingMessage } from 'node:http';
import { S3Error } from './errors.js';

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

export function readRequest(message: IncomingMessage): S3Request {
  // Not through URL, which would resolve `..` and `.` in keys.
  const [rawPath = '', ...rawQuery] = (message.url ?? '').split('?');
  if (!rawPath.startsWith('/')) throw new S3Error('InvalidURI');
  const path = decode(rawPath);
  const slash = path.indexOf('/', 1);
  const parameters = readParameters(rawQuery.join('?'));
  const query = new Map(parameters);
  if (query.size !== parameters.length) throw new S3Error('InvalidArgument', 'A parameter occurs twice.');
  return {
    method: message.method ?? '',
    path,
    bucket: slash < 0 ? path.slice(1) : path.slice(1, slash),
    key: slash < 0 ? '' : path.slice(slash + 1),
    parameters,
    query,
    headers: readHeaders(message),
  };
}

export function checkNames(request: S3Request): void {
  if (request.bucket !== '' && !BUCKET_NAME.test(request.bucket)) throw new S3Error('InvalidBucketName');
  checkKey(request.key);
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

function readHeaders(message: IncomingMessage): Map<string, string> {
  const headers = Object.entries(message.headersDistinct);
  return new Map(headers.map(([name, values = []]) => [name, values.join(',')]));
}
