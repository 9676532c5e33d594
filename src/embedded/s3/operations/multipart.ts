import { ATTRIBUTE_HEADERS, confirmedAttributes, readAttributes } from '../attributes.js';
import { openBody, readText } from '../body.js';
import { type Call, sendEmpty, sendXml } from '../call.js';
import { toAlgorithm } from '../checksums.js';
import { checkWrite } from '../conditions.js';
import { S3Error } from '../errors.js';
import { joinParts, readPartList } from '../join-parts.js';
import type { Operation } from '../router.js';
import { createUpload, deleteUpload, findUpload, putPart } from '../uploads.js';
import { element, xmlDocument } from '../xml.js';
import { checksumHeader, storeObject } from './objects.js';

const MAX_PARTS = 10_000;
const SELECTED = { level: 'object', selector: 'uploadId' } as const;

export const multipartOperations: readonly Operation[] = [
  {
    name: 'CreateMultipartUpload',
    level: 'object',
    method: 'POST',
    selector: 'uploads',
    headers: [...ATTRIBUTE_HEADERS, 'x-amz-checksum-algorithm', 'x-amz-checksum-type'],
    hasMetadata: true,
    run: create,
  },
  { name: 'UploadPart', ...SELECTED, method: 'PUT', parameters: ['partNumber'], run: uploadPart },
  {
    name: 'CompleteMultipartUpload',
    ...SELECTED,
    method: 'POST',
    headers: ['x-amz-checksum-type'],
    run: complete,
  },
  { name: 'AbortMultipartUpload', ...SELECTED, method: 'DELETE', run: abort },
];

function create(call: Call): void {
  const { store, request, now } = call;
  const bucket = store.bucket(request.bucket);
  const headers = readAttributes(request.headers, bucket.configurations.has('encryption'));
  const name = request.headers.get('x-amz-checksum-algorithm');
  const algorithm = name === undefined ? null : toAlgorithm(name);
  if (name !== undefined && !algorithm)
    throw new S3Error('NotImplemented', `The checksum ${name} is not implemented.`);
  checkComposite(call);
  const id = createUpload(store, bucket, { key: request.key, initiated: now, headers, algorithm });
  for (const [header, value] of Object.entries(confirmedAttributes(headers)))
    call.response.setHeader(header, value);
  if (algorithm) call.response.setHeader('x-amz-checksum-algorithm', algorithm.toUpperCase());
  sendXml(
    call,
    xmlDocument(
      'InitiateMultipartUploadResult',
      element('Bucket', request.bucket),
      element('Key', request.key),
      element('UploadId', id),
    ),
  );
}

async function uploadPart(call: Call): Promise<void> {
  const { store, request } = call;
  const bucket = store.bucket(request.bucket);
  const upload = findUpload(bucket, request.key, request.query.get('uploadId'));
  const number = Number(request.query.get('partNumber'));
  if (!Number.isInteger(number) || number < 1 || number > MAX_PARTS) {
    throw new S3Error(
      'InvalidArgument',
      `Part number must be an integer between 1 and ${MAX_PARTS}, inclusive`,
    );
  }
  const body = openBody(call, upload.algorithm);
  const data = await store.files.writeData(body.chunks);
  const content = body.content();
  try {
    putPart(store, bucket, upload, { number, data, ...content, modified: Date.now() });
  } catch (error) {
    store.files.removeData(data);
    throw error;
  }
  const headers = { etag: `"${content.etag}"`, ...checksumHeader(content.checksum) };
  sendEmpty(call, 200, { ...headers, ...confirmedAttributes(upload.headers) });
}

async function complete(call: Call): Promise<void> {
  const { store, request, response } = call;
  const bucket = store.bucket(request.bucket);
  const wanted = readPartList(await readText(call));
  const upload = findUpload(bucket, request.key, request.query.get('uploadId'));
  checkComposite(call);
  checkWrite(bucket.objects.get(request.key), request.headers);
  upload.isCompleting = true;
  try {
    const { data, content } = await joinParts(store.files, upload, wanted);
    storeObject(call, { key: request.key, data, headers: upload.headers, content });
    deleteUpload(store.files, bucket, upload);
    const { checksum } = content;
    for (const [name, value] of Object.entries(confirmedAttributes(upload.headers)))
      response.setHeader(name, value);
    sendXml(
      call,
      xmlDocument(
        'CompleteMultipartUploadResult',
        element(
          'Location',
          `http://${request.headers.get('host')}/${request.bucket}/${encodeURIComponent(request.key)}`,
        ),
        element('Bucket', request.bucket),
        element('Key', request.key),
        element('ETag', `"${content.etag}"`),
        checksum && element(`Checksum${checksum.algorithm.toUpperCase()}`, checksum.value),
      ),
    );
  } finally {
    upload.isCompleting = false;
  }
}

function abort(call: Call): void {
  const { store, request } = call;
  const bucket = store.bucket(request.bucket);
  deleteUpload(store.files, bucket, findUpload(bucket, request.key, request.query.get('uploadId')));
  sendEmpty(call, 204);
}

function checkComposite({ request }: Call): void {
  const type = request.headers.get('x-amz-checksum-type') ?? 'COMPOSITE';
  if (type !== 'COMPOSITE')
    throw new S3Error('NotImplemented', `The checksum type ${type} is not implemented.`);
}
