import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { confirmation, readAttributes } from './attributes.js';
import { openBody, readText } from './body.js';
import type { Content } from './checksum.js';
import { S3Error } from './errors.js';
import { addObject } from './objects.js';
import { type Call, locationOf, sendEmpty, sendXml } from './request.js';
import { type Bucket, compareKeys, type PartRecord, type Store, type Upload } from './store.js';
import { childrenOf, parseXml, textOf, toXml } from './xml.js';

const MAX_PARTS = 10_000;
const MIN_PART_BYTES = 5 * 1024 * 1024;
const READ_BYTES = 1024 * 1024;
const ABANDONED_MS = 24 * 3600 * 1000;

export function createUpload(call: Call): void {
  const { bucket, key, headers } = call.request;
  const id = randomBytes(16).toString('hex');
  const upload = { id, key, initiated: call.now(), headers: readAttributes(headers), parts: {} };
  call.store.bucket(bucket).uploads.put(upload);
  sendXml(call, toXml('InitiateMultipartUploadResult', { Bucket: bucket, Key: key, UploadId: id }));
}

export async function uploadPart(call: Call): Promise<void> {
  const { store, request } = call;
  const { headers } = findUpload(call).upload;
  const number = Number(request.query.get('partNumber'));
  if (!(Number.isInteger(number) && number >= 1 && number <= MAX_PARTS)) {
    throw new S3Error('InvalidArgument', `Part number must be an integer between 1 and ${MAX_PARTS}.`);
  }
  const body = openBody(call);
  await store.files.writeContent(body.chunks, (data) => {
    // Looked up again: while the part was on its way others may have come, and the upload may have gone.
    const { bucket, upload } = findUpload(call);
    const part = { number, data, modified: call.now(), ...body.content() };
    bucket.uploads.put({ ...upload, parts: { ...upload.parts, [number]: part } });
  });
  sendEmpty(call, 200, confirmation(body.content(), headers));
}

export async function completeUpload(call: Call): Promise<void> {
  const { store, request } = call;
  const listed = readPartList(await readText(call));
  const { bucket, upload } = findUpload(call);
  const parts = listed.map((part, index) => findPart(upload, part, listed[index - 1]));
  if (parts.slice(0, -1).some((part) => part.size < MIN_PART_BYTES)) throw new S3Error('EntityTooSmall');
  const { key, headers } = upload;
  const content = describe(parts);
  // While its parts are read nobody else may find it, let alone remove it.
  bucket.uploads.map.delete(upload.id);
  try {
    await store.files.writeContent(readParts(store, parts), (data) => {
      addObject(call, { key, data, headers, ...content });
    });
  } finally {
    bucket.uploads.map.set(upload.id, upload);
  }
  bucket.uploads.remove(upload.id);
  const result = {
    Location: locationOf(request, key),
    Bucket: request.bucket,
    Key: key,
    ETag: `"${content.etag}"`,
  };
  sendXml(call, toXml('CompleteMultipartUploadResult', result));
}

export function abortUpload(call: Call): void {
  const { bucket, upload } = findUpload(call);
  bucket.uploads.remove(upload.id);
  sendEmpty(call, 204);
}

/** Removes the uploads that nobody has finished within a day. */
export function abortAbandonedUploads(store: Store, now: number): void {
  for (const { uploads } of store.buckets.values()) {
    for (const { id, initiated } of uploads.map.values()) {
      if (now - initiated >= ABANDONED_MS) uploads.remove(id);
    }
  }
}

export function listUploads(call: Call): void {
  const { store, request } = call;
  const prefix = request.query.get('prefix') ?? '';
  const uploads = [...store.bucket(request.bucket).uploads.map.values()]
    .filter((upload) => upload.key.startsWith(prefix))
    .sort((a, b) => compareKeys(a.key, b.key) || a.initiated - b.initiated)
    .map(({ key, id, initiated }) => ({
      Key: key,
      UploadId: id,
      Initiated: new Date(initiated).toISOString(),
    }));
  const result = { Bucket: request.bucket, Prefix: prefix, IsTruncated: false, Upload: uploads };
  sendXml(call, toXml('ListMultipartUploadsResult', result));
}

export function listParts(call: Call): void {
  const { id, key, parts } = findUpload(call).upload;
  const Part = Object.values(parts).map(({ number, modified, etag, size }) => ({
    PartNumber: number,
    LastModified: new Date(modified).toISOString(),
    ETag: `"${etag}"`,
    Size: size,
  }));
  const result = { Bucket: call.request.bucket, Key: key, UploadId: id, IsTruncated: false, Part };
  sendXml(call, toXml('ListPartsResult', result));
}

/** An upload belongs to its key: the id alone does not give access to it. */
function findUpload({ store, request }: Call): { bucket: Bucket; upload: Upload } {
  const bucket = store.bucket(request.bucket);
  const upload = bucket.uploads.map.get(request.query.get('uploadId') ?? '');
  if (upload?.key !== request.key) throw new S3Error('NoSuchUpload');
  return { bucket, upload };
}

interface ListedPart {
  number: number;
  etag: string;
}

function readPartList(text: string): ListedPart[] {
  const parts = childrenOf(parseXml(text, 'CompleteMultipartUpload'), 'Part');
  if (parts.length === 0) throw new S3Error('MalformedXML');
  return parts.map((part) => {
    childrenOf(part, 'PartNumber', 'ETag');
    return { number: Number(textOf(part, 'PartNumber')), etag: textOf(part, 'ETag').replaceAll('"', '') };
  });
}

function findPart(upload: Upload, listed: ListedPart, previous: ListedPart | undefined): PartRecord {
  if (previous && previous.number >= listed.number) throw new S3Error('InvalidPartOrder');
  const part = upload.parts[listed.number];
  if (part?.etag !== listed.etag) throw new S3Error('InvalidPart');
  return part;
}

/** S3's ETag of an upload in parts: the MD5 of the parts' MD5s, and their number. */
function describe(parts: readonly PartRecord[]): Content {
  const md5 = createHash('md5');
  for (const part of parts) md5.update(part.etag, 'hex');
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  return { size, etag: `${md5.digest('hex')}-${parts.length}`, checksum: null };
}

async function* readParts({ files }: Store, parts: readonly PartRecord[]): AsyncGenerator<Buffer> {
  for (const part of parts)
    yield* createReadStream(files.contentPath(part.data), { highWaterMark: READ_BYTES });
}
