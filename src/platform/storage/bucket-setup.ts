import {
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetPublicAccessBlockCommand,
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

/** What a store answers that does not have a setting: MinIO takes a block of public access for a malformed bucket. */
const NOT_OFFERED = ['NotImplemented', 'MethodNotAllowed', 'MalformedXML'];
/** What a store answers that has a setting in which nothing has been set. */
const NOT_SET = /^(NoSuch\w*Configuration|ServerSideEncryptionConfigurationNotFoundError)$/;

type Client = Pick<S3Client, 'send'>;

interface Part {
  name: string;
  /** Whether it is as it should be. */
  ask(): Promise<boolean>;
  set(): Promise<unknown>;
}

interface SetupResult {
  name: string;
  outcome: 'as it should be' | 'set' | 'not offered by this store' | 'not wanted' | 'failed';
  detail: string;
}

/** Asks for each setting of the bucket, and sets what is not as it should be: one by one, whatever becomes of the others. */
export async function setUpBucket(client: Client, config: StorageSettings): Promise<SetupResult[]> {
  const results: SetupResult[] = [];
  for (const part of partsOf(client, config)) results.push(await setUp(part));
  if (config.encryption === 'none')
    results.push({ name: 'encryption', outcome: 'not wanted', detail: 'S3_ENCRYPTION=none' });
  if (config.corsOrigins.length === 0) {
    const detail = 'S3_CORS_ORIGINS names no page that may send images to it';
    results.push({ name: 'CORS', outcome: 'not wanted', detail });
  }
  return results;
}

async function setUp({ name, ask, set }: Part): Promise<SetupResult> {
  try {
    if (await asked(ask)) return { name, outcome: 'as it should be', detail: '' };
    await set();
    if (await asked(ask)) return { name, outcome: 'set', detail: '' };
    return { name, outcome: 'failed', detail: 'the store took it, and has not kept it' };
  } catch (error) {
    const says = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const isOffered = !(error instanceof Error && NOT_OFFERED.includes(error.name));
    return { name, outcome: isOffered ? 'failed' : 'not offered by this store', detail: `it says ${says}` };
  }
}

// Some stores answer a question about what they do not have, so that only setting it tells.
async function asked(ask: () => Promise<boolean>): Promise<boolean> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Error && (NOT_SET.test(error.name) || NOT_OFFERED.includes(error.name)))
      return false;
    throw error;
  }
}

function partsOf(client: Client, { bucket: Bucket, encryption, corsOrigins }: StorageSettings): Part[] {
  const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const } };
  const cors = {
    AllowedOrigins: corsOrigins,
    AllowedMethods: ['POST'],
    AllowedHeaders: ['*'],
    MaxAgeSeconds: 3600,
  };
  const parts: (Part | false)[] = [
    {
      name: 'lifecycle',
      ask: async () => {
        const { Rules = [] } = await client.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
        return LIFECYCLE.every((wanted) => Rules.some((there) => isSameRule(there, wanted)));
      },
      set: () =>
        client.send(
          new PutBucketLifecycleConfigurationCommand({
            Bucket,
            LifecycleConfiguration: { Rules: LIFECYCLE },
          }),
        ),
    },
    encryption !== 'none' && {
      name: 'encryption',
      ask: async () => {
        const { ServerSideEncryptionConfiguration: there } = await client.send(
          new GetBucketEncryptionCommand({ Bucket }),
        );
        // by keys of a KMS is stricter, and somebody's choice
        return (there?.Rules ?? []).some(
          ({ ApplyServerSideEncryptionByDefault: by }) => by?.SSEAlgorithm !== undefined,
        );
      },
      set: () =>
        client.send(
          new PutBucketEncryptionCommand({
            Bucket,
            ServerSideEncryptionConfiguration: { Rules: [rule] },
          }),
        ),
    },
    {
      name: 'public access block',
      ask: async () => {
        const { PublicAccessBlockConfiguration: there = {} } = await client.send(
          new GetPublicAccessBlockCommand({ Bucket }),
        );
        return Object.entries(NOT_PUBLIC).every(
          ([name, wanted]) => there[name as keyof typeof there] === wanted,
        );
      },
      set: () =>
        client.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: NOT_PUBLIC })),
    },
    corsOrigins.length > 0 && {
      name: `CORS for ${corsOrigins.join(', ')}`,
      ask: async () => {
        const { CORSRules = [] } = await client.send(new GetBucketCorsCommand({ Bucket }));
        return CORSRules.some(
          ({ AllowedOrigins = [], AllowedMethods = [] }) =>
            AllowedMethods.includes('POST') && corsOrigins.every((origin) => AllowedOrigins.includes(origin)),
        );
      },
      set: () => client.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: [cors] } })),
    },
  ];
  return parts.filter((part) => part !== false);
}

const isSameRule = (there: LifecycleRule, wanted: LifecycleRule): boolean =>
  there.Status === 'Enabled' &&
  (there.Filter?.Prefix ?? there.Prefix) === wanted.Filter?.Prefix &&
  there.Expiration?.Days === wanted.Expiration?.Days;
