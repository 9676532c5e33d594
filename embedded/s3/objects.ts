import { createReadStream, openSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import {
  ATTRIBUTE_HEADERS,
  checkHeader,
  checksumHeader,
  confirmation,
  encryptionHeader,
  readAttributes,
} from './attributes.js';
import { openBody } from './body.js';
import type { Content } from './checksum.js';
import { S3Error } from './errors.js';
import { type Call, decode, sendEmpty, sendXml } from './request.js';
import type { ObjectRecord } from './store.js';
import { toXml } from './xml.js';

const READ_BYTES = 256 * 1024;
const OVERRIDES = ['content-type', 'content-disposition', 'cache-control'];
export const OVERRIDE_PARAMETERS = OVERRIDES.map((name) => `response-${name}`);
const COPY_SOURCE = 'x-amz-copy-source';
const METADATA_DIRECTIVE = 'x-amz-metadata-directive';
const COPY_CONDITION = 'x-amz-copy-source-if-match';
export const COPY_HEADERS = [METADATA_DIRECTIVE, COPY_CONDITION, ...ATTRIBUTE_HEADERS];

export async function putObject(call: Call): Promise<void> {
  const { store, request } = call;
  store.bucket(request.bucket);
  const headers = readAttributes(request.headers);
  const body = openBody(call);
  await store.files.writeContent(body.chunks, (data) => {
    addObject(call, { key: request.key, data, headers, ...body.content() });
  });
  sendEmpty(call, 200, confirmation(body.content(), headers));
}

type NewObject = Content & Pick<ObjectRecord, 'key' | 'data' | 'headers'>;

/** Makes content that has been written an object, unless the writer wants to be the first and is not. */
export function addObject({ store, request, now }: Call, added: NewObject): void {
  // Looked up here: while the content was on its way the bucket may have gone.
  const bucket = store.bucket(request.bucket);
  const onlyIfNone = request.headers.get('if-none-match');
  if (onlyIfNone !== undefined && onlyIfNone !== '*') throw new S3Error('NotImplemented');
  if (onlyIfNone && bucket.objects.map.has(added.key)) throw new S3Error('PreconditionFailed');
  bucket.objects.put({ ...added, modified: now() });
}

export function copyObject(call: Call): void {
  const { store, request, now } = call;
  const [path = '', version] = (request.headers.get(COPY_SOURCE) ?? '').split('?');
  if (version !== undefined) throw new S3Error('NotImplemented', 'Versions are not implemented.');
  const [, bucket, key] = /^\/?([^/]+)\/(.+)$/s.exec(decode(path)) ?? [];
  if (!bucket || !key) throw new S3Error('InvalidArgument', 'The copy source must be <bucket>/<key>.');
  const target = store.bucket(request.bucket);
  const source = findObject(call, bucket, key);
  const expected = request.headers.get(COPY_CONDITION);
  if (expected !== undefined && !names(expected, source.etag)) throw new S3Error('PreconditionFailed');
  const given = readAttributes(request.headers);
  const isReplacing = request.headers.get(METADATA_DIRECTIVE) === 'REPLACE';
  if (bucket === request.bucket && key === request.key && !isReplacing) {
    throw new S3Error('InvalidRequest', 'This copy request is illegal because it would change nothing.');
  }
  // Encryption belongs to the copy, everything else is copied with the source.
  const headers = isReplacing ? given : { ...source.headers, ...encryptionHeader(given) };
  const data = store.files.linkContent(source.data);
  const modified = now();
  target.objects.put({ ...source, key: request.key, data, headers, modified });
  const LastModified = new Date(modified).toISOString();
  sendXml(call, toXml('CopyObjectResult', { LastModified, ETag: `"${source.etag}"` }));
}

function findObject({ store }: Call, bucket: string, key: string): ObjectRecord {
  const found = store.bucket(bucket).objects.map.get(key);
  if (!found) throw new S3Error('NoSuchKey');
  return found;
}

/** GetObject and HeadObject. */
export async function getObject(call: Call): Promise<void> {
  const { request, response, store } = call;
  const object = findObject(call, request.bucket, request.key);
  const headers = objectHeaders(call, object);
  const ifMatch = request.headers.get('if-match');
  const ifNoneMatch = request.headers.get('if-none-match');
  if (ifMatch !== undefined && !names(ifMatch, object.etag)) throw new S3Error('PreconditionFailed');
  if (ifNoneMatch !== undefined && names(ifNoneMatch, object.etag)) {
    sendEmpty(call, 304, headers);
    return;
  }
  const range = readRange(call, object);
  const { start, end } = range ?? { start: 0, end: object.size - 1 };
  if (range) headers['content-range'] = `bytes ${start}-${end}/${object.size}`;
  else if (request.headers.has('x-amz-checksum-mode'))
    Object.assign(headers, checksumHeader(object.checksum));
  headers['content-length'] = String(end - start + 1);
  // Opened before anything is awaited: afterwards the object may be replaced and its content removed.
  const isEmpty = request.method === 'HEAD' || object.size === 0;
  const fd = isEmpty ? null : openSync(store.files.contentPath(object.data), 'r');
  response.writeHead(range ? 206 : 200, headers);
  if (fd === null) response.end();
  else await pipeline(createReadStream('', { fd, start, end, highWaterMark: READ_BYTES }), response);
}

function objectHeaders({ request }: Call, object: ObjectRecord): Record<string, string> {
  const headers: Record<string, string> = {
    ...object.headers,
    etag: `"${object.etag}"`,
    'last-modified': new Date(object.modified).toUTCString(),
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

function names(list: string, etag: string): boolean {
  const tags = list.split(',').map((tag) => tag.trim().replaceAll('"', ''));
  return tags.includes('*') || tags.includes(etag);
}

/** The range asked for, its end included; null for the whole, which is also what a malformed one means in HTTP. */
function readRange({ request }: Call, { size, etag }: ObjectRecord): { start: number; end: number } | null {
  const header = request.headers.get('range') ?? '';
  if (header.includes(',')) throw new S3Error('NotImplemented', 'Several ranges are not implemented.');
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header) ?? [];
  const isOutdated = (request.headers.get('if-range') ?? `"${etag}"`) !== `"${etag}"`;
  if (isOutdated || first + last === '') return null;
  if (first !== '' && last !== '' && Number(last) < Number(first)) return null;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start >= size) throw new S3Error('InvalidRange');
  return { start, end };
}

export function deleteObject(call: Call): void {
  const { store, request } = call;
  store.bucket(request.bucket).objects.remove(request.key);
  sendEmpty(call, 204);
}
