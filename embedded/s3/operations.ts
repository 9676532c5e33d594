import { ANY_METADATA, ATTRIBUTE_HEADERS } from './attributes.js';
import * as buckets from './buckets.js';
import { ALGORITHMS } from './checksum.js';
import { CONFIGURATIONS, getConfiguration, putConfiguration } from './configurations.js';
import { S3Error } from './errors.js';
import * as multipart from './multipart.js';
import * as objects from './objects.js';
import type { Call, S3Request } from './request.js';

interface Operation {
  run(call: Call): void | Promise<void>;
  /** The parameters and headers that it heeds besides those of every request: any other is refused. */
  heeds?: readonly string[];
}

const LISTING = ['prefix', 'delimiter', 'max-keys', 'continuation-token', 'start-after', 'encoding-type'];
const READING = ['if-match', 'if-none-match', 'x-amz-checksum-mode', ...objects.OVERRIDE_PARAMETERS];

/** By method, what is addressed, and the parameter or header that makes the request this operation. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  'GET service': { run: buckets.listBuckets },
  'PUT bucket': { run: buckets.createBucket },
  'HEAD bucket': { run: buckets.headBucket },
  'DELETE bucket': { run: buckets.deleteBucket },
  ...Object.fromEntries(Object.keys(CONFIGURATIONS).flatMap(configurationOperations)),
  'GET bucket list-type': { run: buckets.listObjects, heeds: LISTING },
  'POST bucket delete': { run: buckets.deleteObjects },

  'PUT object': { run: objects.putObject, heeds: ['if-none-match', ...ATTRIBUTE_HEADERS] },
  'PUT object x-amz-copy-source': { run: objects.copyObject, heeds: objects.COPY_HEADERS },
  'GET object': { run: objects.getObject, heeds: READING },
  'HEAD object': { run: objects.getObject, heeds: READING },
  'DELETE object': { run: objects.deleteObject },

  'GET bucket uploads': { run: multipart.listUploads, heeds: ['prefix'] },
  'POST object uploads': { run: multipart.createUpload, heeds: ATTRIBUTE_HEADERS },
  'PUT object uploadId': { run: multipart.uploadPart, heeds: ['partNumber'] },
  'POST object uploadId': { run: multipart.completeUpload, heeds: ['if-none-match'] },
  'DELETE object uploadId': { run: multipart.abortUpload },
  'GET object uploadId': { run: multipart.listParts },
};

function configurationOperations(name: string): [string, Operation][] {
  return [
    [`PUT bucket ${name}`, { run: (call) => putConfiguration(call, name) }],
    [`GET bucket ${name}`, { run: (call) => getConfiguration(call, name) }],
  ];
}

const SELECTORS = new Set(Object.keys(OPERATIONS).map((name) => name.split(' ')[2] ?? ''));
/** What every request may have; `x-id` names the operation for the logs of a client and means nothing. */
const COMMON = [
  'x-id',
  'x-amz-date',
  'x-amz-content-sha256',
  'x-amz-user-agent',
  'x-amz-decoded-content-length',
  'x-amz-trailer',
  'x-amz-sdk-checksum-algorithm',
  ...ALGORITHMS.map((algorithm) => `x-amz-checksum-${algorithm}`),
];
/** Headers that must not be ignored: S3's own, and conditions that would be broken. */
const IMPERATIVE = /^(x-amz-|if-(match|none-match|unmodified-since)$)/;

export function findOperation({ method, bucket, key, query, headers }: S3Request): Operation['run'] {
  const target = `${method} ${key !== '' ? 'object' : bucket !== '' ? 'bucket' : 'service'}`;
  const asked = [...query.keys(), ...[...headers.keys()].filter((name) => IMPERATIVE.test(name))];
  const selector = asked.find((name) => SELECTORS.has(name));
  const name = selector === undefined ? target : `${target} ${selector}`;
  const operation = OPERATIONS[name];
  if (!operation) {
    const isMethodKnown = Object.keys(OPERATIONS).some((one) => one.startsWith(target));
    throw new S3Error(isMethodKnown ? 'NotImplemented' : 'MethodNotAllowed');
  }
  const known = [...COMMON, selector, ...(operation.heeds ?? [])];
  const unknown = asked.find((one) => !known.includes(one.startsWith('x-amz-meta-') ? ANY_METADATA : one));
  if (unknown) throw new S3Error('NotImplemented', `${name} with ${unknown} is not implemented.`);
  return operation.run;
}
