import { readText } from '../body.js';
import { type Call, sendEmpty, sendXml } from '../call.js';
import { S3Error } from '../errors.js';
import type { Operation } from '../router.js';
import { allowChildren, element, parseXml, textOf, xmlDocument } from '../xml.js';

/** The one region in which creating one's own bucket again is not an error. */
const FORGIVING_REGION = 'us-east-1';

export const bucketOperations: readonly Operation[] = [
  { name: 'ListBuckets', level: 'service', method: 'GET', run: list },
  { name: 'CreateBucket', level: 'bucket', method: 'PUT', run: create },
  { name: 'HeadBucket', level: 'bucket', method: 'HEAD', run: head },
  { name: 'DeleteBucket', level: 'bucket', method: 'DELETE', run: remove },
  { name: 'GetBucketLocation', level: 'bucket', method: 'GET', selector: 'location', run: location },
];

function list(call: Call): void {
  const buckets = [...call.store.buckets.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const described = buckets.map(({ name, created }) =>
    element('Bucket', element('Name', name), element('CreationDate', new Date(created).toISOString())),
  );
  sendXml(call, xmlDocument('ListAllMyBucketsResult', element('Buckets', ...described)));
}

async function create(call: Call): Promise<void> {
  const { store, request, region } = call;
  checkConfiguration(await readText(call), region);
  if (!store.buckets.has(request.bucket)) store.createBucket(request.bucket, call.now);
  else if (region !== FORGIVING_REGION) throw new S3Error('BucketAlreadyOwnedByYou');
  sendEmpty(call, 200, { location: `/${request.bucket}` });
}

function checkConfiguration(xml: string, region: string): void {
  if (xml === '') return;
  const root = parseXml(xml);
  if (root.name !== 'CreateBucketConfiguration') throw new S3Error('MalformedXML');
  allowChildren(root, 'LocationConstraint');
  if ((textOf(root, 'LocationConstraint') ?? region) !== region) {
    throw new S3Error('IllegalLocationConstraintException');
  }
}

function head(call: Call): void {
  call.store.bucket(call.request.bucket);
  sendEmpty(call, 200, { 'x-amz-bucket-region': call.region });
}

function remove(call: Call): void {
  call.store.deleteBucket(call.store.bucket(call.request.bucket));
  sendEmpty(call, 204);
}

function location(call: Call): void {
  call.store.bucket(call.request.bucket);
  // The first region is told by an empty answer.
  sendXml(call, xmlDocument('LocationConstraint', call.region === FORGIVING_REGION ? null : call.region));
}
