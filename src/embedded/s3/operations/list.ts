import { type Call, sendXml } from '../call.js';
import { S3Error } from '../errors.js';
import { type ListQuery, listObjects } from '../listing.js';
import { readNumber } from '../parameters.js';
import { isRecord, type ObjectRecord } from '../records.js';
import type { Operation } from '../router.js';
import { awsEncode } from '../sigv4.js';
import { element, type Fragment, xmlDocument } from '../xml.js';

const MAX_KEYS = 1000;

export const listOperations: readonly Operation[] = [
  {
    name: 'ListObjectsV2',
    level: 'bucket',
    method: 'GET',
    selector: 'list-type',
    parameters: ['prefix', 'delimiter', 'max-keys', 'continuation-token', 'start-after', 'encoding-type'],
    run: list,
  },
];

function list(call: Call): void {
  const { request, store } = call;
  const { query } = request;
  if (query.get('list-type') !== '2') throw new S3Error('InvalidArgument', 'The list-type must be 2.');
  const asked = readQuery(query);
  const page = listObjects(store.bucket(request.bucket), asked);
  const text = textEncoder(query);
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after');
  sendXml(
    call,
    xmlDocument(
      'ListBucketResult',
      element('Name', request.bucket),
      element('Prefix', text(asked.prefix)),
      asked.delimiter === '' ? null : element('Delimiter', text(asked.delimiter)),
      element('MaxKeys', asked.limit),
      query.has('encoding-type') ? element('EncodingType', 'url') : null,
      element('KeyCount', page.objects.length + page.prefixes.length),
      element('IsTruncated', page.next !== null),
      token === undefined ? null : element('ContinuationToken', token),
      page.next && element('NextContinuationToken', writeToken(page.next)),
      startAfter === undefined ? null : element('StartAfter', text(startAfter)),
      ...page.objects.map((record) => describe(record, text)),
      ...page.prefixes.map((prefix) => element('CommonPrefixes', element('Prefix', text(prefix)))),
    ),
  );
}

function describe(record: ObjectRecord, text: (value: string) => string): Fragment {
  return element(
    'Contents',
    element('Key', text(record.key)),
    element('LastModified', new Date(record.modified).toISOString()),
    element('ETag', `"${record.etag}"`),
    record.checksum && element('ChecksumAlgorithm', record.checksum.algorithm.toUpperCase()),
    element('Size', record.size),
    element('StorageClass', 'STANDARD'),
  );
}

function readQuery(query: ReadonlyMap<string, string>): ListQuery {
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after');
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    after: token === undefined ? (startAfter ? { key: startAfter } : null) : readToken(token),
    limit: readNumber(query, 'max-keys', MAX_KEYS),
  };
}

/** Keys may hold characters that XML cannot, and clients ask for them percent-encoded then. */
export function textEncoder(query: ReadonlyMap<string, string>): (value: string) => string {
  const encoding = query.get('encoding-type');
  if (encoding === undefined) return (value) => value;
  if (encoding !== 'url')
    throw new S3Error('InvalidArgument', 'Invalid Encoding Method specified in Request');
  return (value) => value.split('/').map(awsEncode).join('/');
}

function writeToken(after: NonNullable<ListQuery['after']>): string {
  return Buffer.from(JSON.stringify(after)).toString('base64url');
}

function readToken(token: string): ListQuery['after'] {
  try {
    const after: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (isRecord(after) && typeof after.key === 'string') return { key: after.key };
    if (isRecord(after) && typeof after.prefix === 'string') return { prefix: after.prefix };
  } catch {
    // Not one of our tokens, like any other that is malformed.
  }
  throw new S3Error('InvalidArgument', 'The continuation token provided is incorrect');
}
