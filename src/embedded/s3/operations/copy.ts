import { ATTRIBUTE_HEADERS, confirmedAttributes, readAttributes } from '../attributes.js';
import { type Call, sendXml } from '../call.js';
import { S3Error } from '../errors.js';
import type { Bucket, ObjectRecord } from '../records.js';
import { checkKey, decode } from '../request.js';
import type { Operation } from '../router.js';
import { element, xmlDocument } from '../xml.js';

const COPY_SOURCE = 'x-amz-copy-source';
const DIRECTIVE = 'x-amz-metadata-directive';

export const copyOperations: readonly Operation[] = [
  {
    name: 'CopyObject',
    level: 'object',
    method: 'PUT',
    selectingHeader: COPY_SOURCE,
    headers: [...ATTRIBUTE_HEADERS, COPY_SOURCE, DIRECTIVE],
    hasMetadata: true,
    run: copy,
  },
];

function copy(call: Call): void {
  const { store, request, response } = call;
  const bucket = store.bucket(request.bucket);
  const source = readSource(call);
  const headers = headersOfCopy(call, bucket, source.record);
  if (source.bucket === bucket && source.record.key === request.key && !isReplacing(call)) {
    throw new S3Error('InvalidRequest', 'This copy request is illegal because it would change nothing.');
  }
  const data = store.files.linkData(source.record.data);
  const modified = call.now;
  store.putObject(bucket, { ...source.record, key: request.key, data, headers, modified });
  for (const [name, value] of Object.entries(confirmedAttributes(headers))) response.setHeader(name, value);
  sendXml(call, copyResult(source.record, modified));
}

function copyResult(source: ObjectRecord, modified: number): string {
  return xmlDocument(
    'CopyObjectResult',
    element('LastModified', new Date(modified).toISOString()),
    element('ETag', `"${source.etag}"`),
    source.checksum && element(`Checksum${source.checksum.algorithm.toUpperCase()}`, source.checksum.value),
  );
}

function readSource({ store, request }: Call): { bucket: Bucket; record: ObjectRecord } {
  const [path = '', version] = (request.headers.get(COPY_SOURCE) ?? '').split('?');
  if (version !== undefined) throw new S3Error('NotImplemented', 'Versions are not implemented.');
  const [, name, key] = /^\/?([^/]+)\/(.+)$/s.exec(decode(path)) ?? [];
  if (!name || !key) throw new S3Error('InvalidArgument', 'The copy source must be <bucket>/<key>.');
  checkKey(key);
  const bucket = store.bucket(name);
  return { bucket, record: store.object(bucket, key) };
}

function isReplacing({ request }: Call): boolean {
  const directive = request.headers.get(DIRECTIVE) ?? 'COPY';
  if (directive !== 'COPY' && directive !== 'REPLACE') {
    throw new S3Error('InvalidArgument', 'The metadata directive must be COPY or REPLACE.');
  }
  return directive === 'REPLACE';
}

function headersOfCopy(call: Call, bucket: Bucket, source: ObjectRecord): Record<string, string> {
  const given = readAttributes(call.request.headers, bucket.configurations.has('encryption'));
  // Encryption belongs to the copy, everything else is copied with the source.
  return isReplacing(call) ? given : { ...source.headers, ...confirmedAttributes(given) };
}
