import {
  type LifecycleRule,
  PutBucketCorsCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { StorageSettings } from './client.js';

/** For how long what lies under a prefix is kept; as long as its record, and a little for what is under way. */
const KEPT_DAYS = { 'uploads/': 1, 'incoming/': 7, 'inspiration/': 180, 'returns/': 365 };

// MinIO takes no rule without an expiration, and ends open uploads by itself.
const LIFECYCLE = Object.entries(KEPT_DAYS).map(
  ([Prefix, Days]): LifecycleRule => ({
    ID: `${Prefix.slice(0, -1)}-${Days}-days`,
    Status: 'Enabled',
    Filter: { Prefix },
    Expiration: { Days },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
  }),
);

const NOT_PUBLIC = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

export interface SetupStep {
  name: string;
  run(): Promise<unknown>;
}

/** What the bucket needs beside being there: each can be set again without harm. */
export function bucketSetup(client: Pick<S3Client, 'send'>, config: StorageSettings): SetupStep[] {
  const { bucket: Bucket, encryption, corsOrigins } = config;
  const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const } };
  const cors = {
    AllowedOrigins: corsOrigins,
    AllowedMethods: ['POST'],
    AllowedHeaders: ['*'],
    MaxAgeSeconds: 3600,
  };
  const steps: (SetupStep | false)[] = [
    {
      name: 'lifecycle',
      run: () =>
        client.send(
          new PutBucketLifecycleConfigurationCommand({
            Bucket,
            LifecycleConfiguration: { Rules: LIFECYCLE },
          }),
        ),
    },
    encryption !== 'none' && {
      name: 'encryption',
      run: () =>
        client.send(
          new PutBucketEncryptionCommand({
            Bucket,
            ServerSideEncryptionConfiguration: { Rules: [rule] },
          }),
        ),
    },
    {
      name: 'public access block',
      run: () =>
        client.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: NOT_PUBLIC })),
    },
    corsOrigins.length > 0 && {
      name: `CORS for ${corsOrigins.join(', ')}`,
      run: () => client.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: [cors] } })),
    },
  ];
  return steps.filter((step) => step !== false);
}

/** Whether a store has no such setting: MinIO has no public access block and no CORS of a bucket, and lets nothing be public by itself. */
export const isNotOffered = (error: unknown): boolean =>
  ['NotImplemented', 'MethodNotAllowed'].includes((error as { name?: string }).name ?? '');
