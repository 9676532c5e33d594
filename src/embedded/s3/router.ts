import type { Call } from './call.js';
import { ALGORITHMS } from './checksums.js';
import { S3Error } from './errors.js';
import { bucketOperations } from './operations/buckets.js';
import { configurationOperations } from './operations/configurations.js';
import { copyOperations } from './operations/copy.js';
import { deleteObjectsOperations } from './operations/delete-objects.js';
import { listOperations } from './operations/list.js';
import { listUploadsOperations } from './operations/list-uploads.js';
import { multipartOperations } from './operations/multipart.js';
import { objectOperations } from './operations/objects.js';
import type { S3Request } from './request.js';

/** What an operation is recognised by, and everything that it understands: anything else is refused. */
export interface Operation {
  name: string;
  level: 'service' | 'bucket' | 'object';
  method: string;
  /** The parameter that makes a request this operation, such as `uploads`. */
  selector?: string;
  /** The header that does. */
  selectingHeader?: string;
  parameters?: readonly string[];
  /** The `x-amz-` headers besides those that every request may have. */
  headers?: readonly string[];
  hasMetadata?: boolean;
  /** Whether S3 insists on an MD5 or a checksum of the body. */
  needsDigest?: boolean;
  run(call: Call): void | Promise<void>;
}

const OPERATIONS: readonly Operation[] = [
  ...bucketOperations,
  ...configurationOperations,
  ...listOperations,
  ...deleteObjectsOperations,
  ...listUploadsOperations,
  ...objectOperations,
  ...copyOperations,
  ...multipartOperations,
];

const CHECKSUM_HEADERS = ALGORITHMS.map((algorithm) => `x-amz-checksum-${algorithm}`);
const COMMON_HEADERS = [
  'x-amz-date',
  'x-amz-content-sha256',
  'x-amz-user-agent',
  'x-amz-decoded-content-length',
  'x-amz-trailer',
  'x-amz-sdk-checksum-algorithm',
  ...CHECKSUM_HEADERS,
];
/** Names the operation for the logs of a client; it means nothing. */
const OPERATION_ID = 'x-id';

export function findOperation(request: S3Request): Operation {
  const level = request.key !== '' ? 'object' : request.bucket !== '' ? 'bucket' : 'service';
  const candidates = OPERATIONS.filter((one) => one.level === level && one.method === request.method);
  if (candidates.length === 0) throw new S3Error('MethodNotAllowed');
  const operation =
    candidates.find(({ selector }) => selector !== undefined && request.query.has(selector)) ??
    candidates.find(
      ({ selectingHeader }) => selectingHeader !== undefined && request.headers.has(selectingHeader),
    ) ??
    candidates.find(
      ({ selector, selectingHeader }) => selector === undefined && selectingHeader === undefined,
    );
  if (!operation) throw new S3Error('NotImplemented');
  checkParameters(operation, request);
  checkHeaders(operation, request);
  return operation;
}

function checkParameters(operation: Operation, request: S3Request): void {
  const known = [OPERATION_ID, operation.selector, ...(operation.parameters ?? [])];
  const unknown = [...request.query.keys()].find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new S3Error('NotImplemented', `${operation.name} with the parameter ${unknown} is not implemented.`);
}

function checkHeaders(operation: Operation, { headers }: S3Request): void {
  const known = [...COMMON_HEADERS, ...(operation.headers ?? [])];
  const isKnown = (name: string) =>
    !name.startsWith('x-amz-') ||
    known.includes(name) ||
    (operation.hasMetadata && name.startsWith('x-amz-meta-'));
  const unknown = [...headers.keys()].find((name) => !isKnown(name));
  if (unknown !== undefined) {
    throw new S3Error('NotImplemented', `${operation.name} with the header ${unknown} is not implemented.`);
  }
  const digests = ['content-md5', 'x-amz-trailer', ...CHECKSUM_HEADERS];
  if (operation.needsDigest && !digests.some((name) => headers.has(name))) {
    throw new S3Error(
      'InvalidRequest',
      'Missing required header for this request: Content-MD5 OR x-amz-checksum-*',
    );
  }
}
