import { readText } from './body.js';
import { S3Error } from './errors.js';
import { type Call, checkKey, sendEmpty, sendXml } from './request.js';
import { awsEncode } from './sigv4.js';
import { compareKeys, type ObjectRecord } from './store.js';
import { childrenOf, parseXml, textOf, textsOf, toXml } from './xml.js';

const MAX_KEYS = 1000;
/** The one region in which creating one's own bucket again is not an error. */
const FORGIVING_REGION = 'us-east-1';

export function listBuckets(call: Call): void {
  const Bucket = [...call.store.buckets.values()]
    .sort((a, b) => compareKeys(a.name, b.name))
    .map(({ name, created }) => ({ Name: name, CreationDate: new Date(created).toISOString() }));
  sendXml(call, toXml('ListAllMyBucketsResult', { Buckets: { Bucket } }));
}

export async function createBucket(call: Call): Promise<void> {
  const { store, request, region } = call;
  const text = await readText(call);
  const root = text === '' ? null : parseXml(text, 'CreateBucketConfiguration');
  if (root) childrenOf(root, 'LocationConstraint');
  if (root && textOf(root, 'LocationConstraint') !== region) {
    throw new S3Error('IllegalLocationConstraintException');
  }
  if (!store.buckets.has(request.bucket)) store.createBucket(request.bucket, call.now());
  else if (region !== FORGIVING_REGION) throw new S3Error('BucketAlreadyOwnedByYou');
  sendEmpty(call, 200, { location: `/${request.bucket}` });
}

export function headBucket(call: Call): void {
  call.store.bucket(call.request.bucket);
  sendEmpty(call, 200, { 'x-amz-bucket-region': call.region });
}

export function deleteBucket(call: Call): void {
  call.store.deleteBucket(call.store.bucket(call.request.bucket));
  sendEmpty(call, 204);
}

/** ListObjectsV2. */
export function listObjects(call: Call): void {
  const { query, bucket } = call.request;
  if (query.get('list-type') !== '2') throw new S3Error('InvalidArgument', 'The list-type must be 2.');
  const limit = readLimit(query.get('max-keys'));
  const encode = textEncoder(query.get('encoding-type'));
  const entries = findEntries(call);
  const page = entries.slice(0, limit);
  const last = page.at(-1);
  const next = last && entries.length > page.length ? last.name : undefined;
  const result = {
    Name: bucket,
    Prefix: encode(query.get('prefix') ?? ''),
    MaxKeys: limit,
    EncodingType: query.get('encoding-type'),
    KeyCount: page.length,
    IsTruncated: next !== undefined,
    NextContinuationToken: next && Buffer.from(next).toString('base64url'),
    Contents: page.flatMap(({ object }) => (object ? [describe(object, encode)] : [])),
    CommonPrefixes: page.flatMap(({ name, object }) => (object ? [] : [{ Prefix: encode(name) }])),
  };
  sendXml(call, toXml('ListBucketResult', result));
}

interface Entry {
  name: string;
  /** Null if the name is the common prefix of the keys that the delimiter groups. */
  object: ObjectRecord | null;
}

/** All that is listed from the start of the page on. */
function findEntries({ store, request }: Call): Entry[] {
  const { query } = request;
  const [prefix = '', delimiter = '', startAfter = ''] = ['prefix', 'delimiter', 'start-after'].map((name) =>
    query.get(name),
  );
  const token = readToken(query.get('continuation-token'));
  const entries = new Map<string, Entry>();
  for (const object of store.bucket(request.bucket).objects.map.values()) {
    const { key } = object;
    if (!key.startsWith(prefix) || !isAfter(key, startAfter)) continue;
    const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const entry =
      at < 0 ? { name: key, object } : { name: key.slice(0, at + delimiter.length), object: null };
    if (isAfter(entry.name, token)) entries.set(entry.name, entry);
  }
  return [...entries.values()].sort((a, b) => compareKeys(a.name, b.name));
}

function isAfter(name: string, start: string): boolean {
  return start === '' || compareKeys(name, start) > 0;
}

function describe({ key, modified, etag, size }: ObjectRecord, encode: (value: string) => string) {
  const LastModified = new Date(modified).toISOString();
  return { Key: encode(key), LastModified, ETag: `"${etag}"`, Size: size, StorageClass: 'STANDARD' };
}

function readLimit(text = ''): number {
  if (!/^\d{0,9}$/.test(text)) throw new S3Error('InvalidArgument', 'The max-keys must be a number.');
  return text === '' ? MAX_KEYS : Math.min(Number(text), MAX_KEYS);
}

function readToken(token = ''): string {
  const name = Buffer.from(token, 'base64url');
  if (name.toString('base64url') === token) return name.toString();
  throw new S3Error('InvalidArgument', 'The continuation token provided is incorrect');
}

/** Keys may hold characters that XML cannot, and clients ask for them percent-encoded then. */
function textEncoder(encoding: string | undefined): (value: string) => string {
  if (encoding === undefined) return (value) => value;
  if (encoding !== 'url') throw new S3Error('InvalidArgument', 'The encoding-type must be url.');
  return (value) => value.split('/').map(awsEncode).join('/');
}

export async function deleteObjects(call: Call): Promise<void> {
  const root = parseXml(await readText(call), 'Delete');
  const bucket = call.store.bucket(call.request.bucket);
  const keys = childrenOf(root, 'Object', 'Quiet')
    .filter(({ name }) => name === 'Object')
    .flatMap((object) => childrenOf(object, 'Key').map((key) => key.text));
  if (keys.length === 0 || keys.length > MAX_KEYS) throw new S3Error('MalformedXML');
  keys.forEach(checkKey);
  for (const key of keys) bucket.objects.remove(key);
  const isQuiet = textsOf(root, 'Quiet').includes('true');
  sendXml(call, toXml('DeleteResult', { Deleted: isQuiet ? [] : keys.map((Key) => ({ Key })) }));
}
