import { type Call, sendXml } from '../call.js';
import { compareKeys } from '../listing.js';
import { readNumber } from '../parameters.js';
import type { PartRecord, Upload } from '../records.js';
import type { Operation } from '../router.js';
import { findUpload } from '../uploads.js';
import { element, type Fragment, xmlDocument } from '../xml.js';
import { textEncoder } from './list.js';

const MAX_PAGE = 1000;

export const listUploadsOperations: readonly Operation[] = [
  {
    name: 'ListMultipartUploads',
    level: 'bucket',
    method: 'GET',
    selector: 'uploads',
    parameters: ['prefix', 'max-uploads', 'key-marker', 'upload-id-marker', 'encoding-type'],
    run: listUploads,
  },
  {
    name: 'ListParts',
    level: 'object',
    method: 'GET',
    selector: 'uploadId',
    parameters: ['max-parts', 'part-number-marker'],
    run: listParts,
  },
];

function listUploads(call: Call): void {
  const { query, bucket } = call.request;
  const limit = readNumber(query, 'max-uploads', MAX_PAGE);
  const text = textEncoder(query);
  const found = uploadsAfter(call);
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const next = found.length > page.length ? last : undefined;
  sendXml(
    call,
    xmlDocument(
      'ListMultipartUploadsResult',
      element('Bucket', bucket),
      element('KeyMarker', text(query.get('key-marker') ?? '')),
      element('UploadIdMarker', query.get('upload-id-marker') ?? ''),
      next ? element('NextKeyMarker', text(next.key)) : null,
      next ? element('NextUploadIdMarker', next.id) : null,
      element('Prefix', text(query.get('prefix') ?? '')),
      element('MaxUploads', limit),
      query.has('encoding-type') ? element('EncodingType', 'url') : null,
      element('IsTruncated', next !== undefined),
      ...page.map((upload) => describeUpload(upload, text)),
    ),
  );
}

/** The uploads of one key come in the order in which they were begun. */
function uploadsAfter({ store, request }: Call): Upload[] {
  const { query } = request;
  const prefix = query.get('prefix') ?? '';
  const key = query.get('key-marker');
  const id = query.get('upload-id-marker');
  const sorted = [...store.bucket(request.bucket).uploads.values()]
    .filter((upload) => upload.key.startsWith(prefix))
    .sort((a, b) => compareKeys(a.key, b.key) || a.initiated - b.initiated || compareKeys(a.id, b.id));
  if (key === undefined) return sorted;
  const marked = sorted.findIndex((upload) => upload.key === key && upload.id === id);
  return marked >= 0 ? sorted.slice(marked + 1) : sorted.filter((upload) => compareKeys(upload.key, key) > 0);
}

function describeUpload(upload: Upload, text: (value: string) => string): Fragment {
  return element(
    'Upload',
    element('Key', text(upload.key)),
    element('UploadId', upload.id),
    element('StorageClass', 'STANDARD'),
    element('Initiated', new Date(upload.initiated).toISOString()),
  );
}

function listParts(call: Call): void {
  const { store, request } = call;
  const { query } = request;
  const upload = findUpload(store.bucket(request.bucket), request.key, query.get('uploadId'));
  const limit = readNumber(query, 'max-parts', MAX_PAGE);
  const marker = query.has('part-number-marker') ? readNumber(query, 'part-number-marker', 10_000) : 0;
  const found = [...upload.parts.values()]
    .filter((part) => part.number > marker)
    .sort((a, b) => a.number - b.number);
  const page = found.slice(0, limit);
  const isTruncated = found.length > page.length;
  sendXml(
    call,
    xmlDocument(
      'ListPartsResult',
      element('Bucket', request.bucket),
      element('Key', request.key),
      element('UploadId', upload.id),
      element('StorageClass', 'STANDARD'),
      element('PartNumberMarker', marker),
      isTruncated ? element('NextPartNumberMarker', page.at(-1)?.number ?? marker) : null,
      element('MaxParts', limit),
      element('IsTruncated', isTruncated),
      upload.algorithm && element('ChecksumAlgorithm', upload.algorithm.toUpperCase()),
      ...page.map(describePart),
    ),
  );
}

function describePart(part: PartRecord): Fragment {
  const { checksum } = part;
  return element(
    'Part',
    element('PartNumber', part.number),
    element('LastModified', new Date(part.modified).toISOString()),
    element('ETag', `"${part.etag}"`),
    element('Size', part.size),
    checksum && element(`Checksum${checksum.algorithm.toUpperCase()}`, checksum.value),
  );
}
