import {
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCorsCommand,
  DeleteObjectCommand,
  GetBucketAclCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { fails, type S3Case } from './target.js';

const Key = 'limits/x';
const UploadId = 'x';

/** What S3 has and the embedded server has not, and says so instead of ignoring it. */
const ABSENT: readonly [what: string, send: (s3: S3Client, Bucket: string) => Promise<unknown>][] = [
  ['ACLs', (s3, Bucket) => s3.send(new GetBucketAclCommand({ Bucket }))],
  ['the location of a bucket', (s3, Bucket) => s3.send(new GetBucketLocationCommand({ Bucket }))],
  ['deletion of a configuration', (s3, Bucket) => s3.send(new DeleteBucketCorsCommand({ Bucket }))],
  ['the first version of listing', (s3, Bucket) => s3.send(new ListObjectsCommand({ Bucket }))],
  ['owners in a list', (s3, Bucket) => s3.send(new ListObjectsV2Command({ Bucket, FetchOwner: true }))],
  ['versions', (s3, Bucket) => s3.send(new GetObjectCommand({ Bucket, Key, VersionId: 'v1' }))],
  ['parts of an object', (s3, Bucket) => s3.send(new GetObjectCommand({ Bucket, Key, PartNumber: 1 }))],
  [
    'a date as a condition',
    (s3, Bucket) => s3.send(new GetObjectCommand({ Bucket, Key, IfUnmodifiedSince: new Date() })),
  ],
  [
    'other headers of an answer',
    (s3, Bucket) => s3.send(new GetObjectCommand({ Bucket, Key, ResponseExpires: new Date() })),
  ],
  [
    'conditions of a deletion',
    (s3, Bucket) => s3.send(new DeleteObjectCommand({ Bucket, Key, IfMatch: '"x"' })),
  ],
  [
    'an ETag as a condition of a write',
    (s3, Bucket) => s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x', IfMatch: '"x"' })),
  ],
  ['tags', (s3, Bucket) => s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x', Tagging: 'a=b' }))],
  [
    'tags of their own',
    (s3, Bucket) => s3.send(new PutObjectTaggingCommand({ Bucket, Key, Tagging: { TagSet: [] } })),
  ],
  [
    'storage classes',
    (s3, Bucket) => s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x', StorageClass: 'GLACIER' })),
  ],
  [
    'KMS',
    (s3, Bucket) =>
      s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x', ServerSideEncryption: 'aws:kms' })),
  ],
  [
    'locks',
    (s3, Bucket) =>
      s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x', ObjectLockLegalHoldStatus: 'ON' })),
  ],
  [
    'CRC64',
    (s3, Bucket) =>
      s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x', ChecksumCRC64NVME: 'AAAAAAAAAAA=' })),
  ],
  [
    'conditions of a copy',
    (s3, Bucket) =>
      s3.send(
        new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/y`, CopySourceIfNoneMatch: '"x"' }),
      ),
  ],
  [
    'a checksum of all parts',
    (s3, Bucket) => s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ChecksumAlgorithm: 'SHA256' })),
  ],
  [
    'copies of parts',
    (s3, Bucket) =>
      s3.send(new UploadPartCopyCommand({ Bucket, Key, UploadId, PartNumber: 1, CopySource: `${Bucket}/y` })),
  ],
  ['pages of uploads', (s3, Bucket) => s3.send(new ListMultipartUploadsCommand({ Bucket, MaxUploads: 1 }))],
  ['pages of parts', (s3, Bucket) => s3.send(new ListPartsCommand({ Bucket, Key, UploadId, MaxParts: 1 }))],
];

export const limitCases: readonly S3Case[] = ABSENT.map(([what, send]) => ({
  name: `says that it does not have ${what}`,
  run: ({ client, bucket }) => fails('NotImplemented', send(client, bucket)),
}));
