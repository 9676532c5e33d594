import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { ATTRIBUTE_HEADERS, checkHeader, confirmedAttributes, readAttributes } from '../attributes.js';
import { type Content, openBody } from '../body.js';
import { type Call, sendEmpty } from '../call.js';
import type { Checksum } from '../checksums.js';
import { checkWrite, isNotModified } from '../conditions.js';
import { type Range, readRange } from '../ranges.js';
import type { ObjectRecord } from '../records.js';
import type { Operation } from '../router.js';

const READ_BYTES = 256 * 1024;
const OVERRIDES = [
  'content-type',
  'content-language',
  'expires',
  'cache-control',
  'content-disposition',
  'content-encoding',
];
const READ = {
  level: 'object',
  parameters: OVERRIDES.map((name) => `response-${name}`),
  headers: ['x-amz-checksum-mode'],
} as const;

export const objectOperations: readonly Operation[] = [
  {
    name: 'PutObject',
    level: 'object',
    method: 'PUT',
    headers: ATTRIBUTE_HEADERS,
    hasMetadata: true,
    run: put,
  },
  { name: 'GetObject', ...READ, method: 'GET', run: get },
  { name: 'HeadObject', ...READ, method: 'HEAD', run: get },
  { name: 'DeleteObject', level: 'object', method: 'DELETE', run: remove },
];

async function put(call: Call): Promise<void> {
  const { store, request } = call;
  const bucket = store.bucket(request.bucket);
  const headers = readAttributes(request.headers, bucket.configurations.has('encryption'));
  checkWrite(bucket.objects.get(request.key), request.headers);
  const body = openBody(call);
  const data = await store.files.writeData(body.chunks);
  const { content } = await storeObject(call, { key: request.key, data, headers, content: body.content() });
  sendEmpty(call, 200, {
    etag: `"${content.etag}"`,
    ...checksumHeader(content.checksum),
    ...confirmedAttributes(headers),
  });
}

export interface NewObject {
  key: string;
  data: string;
  headers: Record<string, string>;
  content: Content;
}

/** Makes content that has been written an object, under the conditions that still hold now that it is there. */
export function storeObject(call: Pick<Call, 'store' | 'request' | 'now'>, added: NewObject): NewObject {
  const { store, request } = call;
  const { key, data, headers, content } = added;
  try {
    const bucket = store.bucket(request.bucket);
    checkWrite(bucket.objects.get(key), request.headers);
    store.putObject(bucket, { key, data, headers, ...content, modified: Date.now() });
  } catch (error) {
    store.files.removeData(data);
    throw error;
  }
  return added;
}

async function get(call: Call): Promise<void> {
  const { request, response, store } = call;
  const record = store.object(store.bucket(request.bucket), request.key);
  const headers = objectHeaders(call, record);
  if (isNotModified(record, request.headers)) {
    sendEmpty(call, 304, headers);
    return;
  }
  const range = rangeOf(call, record);
  const { start, end } = range ?? { start: 0, end: record.size - 1 };
  if (range) headers['content-range'] = `bytes ${start}-${end}/${record.size}`;
  else if (request.headers.get('x-amz-checksum-mode') === 'ENABLED')
    Object.assign(headers, checksumHeader(record.checksum));
  headers['content-length'] = String(end - start + 1);
  // Opened before anything is awaited: afterwards the object may be replaced and its content removed.
  const fd = request.method === 'HEAD' || record.size === 0 ? null : store.files.openData(record.data);
  response.writeHead(range ? 206 : 200, headers);
  if (fd === null) response.end();
  else await pipeline(createReadStream('', { fd, start, end, highWaterMark: READ_BYTES }), response);
}

function rangeOf({ request }: Call, record: ObjectRecord): Range | null {
  const ifRange = request.headers.get('if-range');
  if (ifRange !== undefined && ifRange !== `"${record.etag}"`) return null;
  return readRange(request.headers.get('range'), record.size);
}

function objectHeaders({ request }: Call, record: ObjectRecord): Record<string, string> {
  const headers: Record<string, string> = {
    ...record.headers,
    etag: `"${record.etag}"`,
    'last-modified': new Date(record.modified).toUTCString(),
    'accept-ranges': 'bytes',
  };
  for (const name of OVERRIDES) {
    const value = request.query.get(`response-${name}`);
    if (value === undefined) continue;
    checkHeader(name, value);
    headers[name] = value;
  }
  return headers;
}

export function checksumHeader(checksum: Checksum | null): Record<string, string> {
  return checksum ? { [`x-amz-checksum-${checksum.algorithm}`]: checksum.value } : {};
}

function remove(call: Call): void {
  const { store, request } = call;
  store.deleteObject(store.bucket(request.bucket), request.key);
  sendEmpty(call, 204);
}
