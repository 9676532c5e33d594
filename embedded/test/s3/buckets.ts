import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ExpirationStatus,
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutBucketCorsCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import { accepted, fails, put, refused, type S3Case, type S3Context } from './target.js';

const ORIGIN = 'https://shop.example';
const RULES = [
  {
    ID: 'uploads',
    AllowedOrigins: [ORIGIN, 'https://*.shop.example'],
    AllowedMethods: ['GET', 'PUT', 'POST'],
    AllowedHeaders: ['content-*', 'x-amz-meta-*'],
    ExposeHeaders: ['ETag'],
    MaxAgeSeconds: 60,
  },
];

/** Runs with a bucket of its own, which must be empty again afterwards. */
async function withBucket(context: S3Context, work: (own: S3Context) => Promise<void>): Promise<void> {
  const Bucket = `own-${randomBytes(6).toString('hex')}`;
  await context.client.send(new CreateBucketCommand({ Bucket }));
  await work({ ...context, bucket: Bucket });
  await context.client.send(new DeleteBucketCommand({ Bucket }));
}

const lifeOfBuckets: S3Case[] = [
  {
    name: 'creates, finds, lists and deletes a bucket',
    async run(context) {
      const { client } = context;
      let name = '';
      await withBucket(context, async ({ bucket: Bucket }) => {
        name = Bucket;
        await client.send(new HeadBucketCommand({ Bucket }));
        const { Buckets } = await client.send(new ListBucketsCommand({}));
        assert.ok(Buckets?.some((found) => found.Name === Bucket && found.CreationDate instanceof Date));
      });
      await fails('NotFound', client.send(new HeadBucketCommand({ Bucket: name })));
      await fails('NoSuchBucket', client.send(new DeleteBucketCommand({ Bucket: name })));
    },
  },
  {
    name: "creates one's own bucket again in us-east-1",
    async run({ client, bucket: Bucket }) {
      await client.send(new CreateBucketCommand({ Bucket }));
    },
  },
  {
    name: 'deletes a bucket only when it is empty',
    run: (context) =>
      withBucket(context, async (own) => {
        const { client, bucket: Bucket } = own;
        await put(own, { Key: 'x', Body: 'x' });
        await fails('BucketNotEmpty', client.send(new DeleteBucketCommand({ Bucket })));
        await client.send(new DeleteObjectCommand({ Bucket, Key: 'x' }));
      }),
  },
  {
    name: 'refuses names that no bucket may have',
    async run({ client }) {
      for (const Bucket of ['ab', 'Upper', 'under_score', '-dash', 'a..b', '192.168.1.1', 'x'.repeat(64)]) {
        await fails('InvalidBucketName', client.send(new CreateBucketCommand({ Bucket })));
      }
    },
  },
];

const configurations: S3Case[] = [
  {
    name: 'keeps the lifecycle of a bucket',
    run: (context) =>
      withBucket(context, async ({ client, bucket: Bucket }) => {
        const read = () => client.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
        await fails('NoSuchLifecycleConfiguration', read());
        const Rules = [
          {
            ID: 'old',
            Status: ExpirationStatus.Enabled,
            Filter: { Prefix: 'tmp/' },
            Expiration: { Days: 30 },
          },
          {
            ID: 'uploads',
            Status: ExpirationStatus.Enabled,
            Filter: { Prefix: '' },
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 },
          },
        ];
        const LifecycleConfiguration = { Rules };
        await client.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }));
        assert.deepEqual((await read()).Rules, Rules);
      }),
  },
  {
    name: 'keeps the encryption of a bucket',
    run: (context) =>
      withBucket(context, async ({ client, bucket: Bucket }) => {
        const Rules = [
          {
            ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const },
            BucketKeyEnabled: false,
          },
        ];
        const ServerSideEncryptionConfiguration = { Rules };
        await client.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
        const found = await client.send(new GetBucketEncryptionCommand({ Bucket }));
        assert.deepEqual(found.ServerSideEncryptionConfiguration, ServerSideEncryptionConfiguration);
      }),
  },
  {
    name: 'keeps the public access block of a bucket',
    run: (context) =>
      withBucket(context, async ({ client, bucket: Bucket }) => {
        const read = () => client.send(new GetPublicAccessBlockCommand({ Bucket }));
        await fails('NoSuchPublicAccessBlockConfiguration', read());
        const PublicAccessBlockConfiguration = {
          BlockPublicAcls: true,
          IgnorePublicAcls: true,
          BlockPublicPolicy: true,
          RestrictPublicBuckets: true,
        };
        await client.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
        assert.deepEqual((await read()).PublicAccessBlockConfiguration, PublicAccessBlockConfiguration);
      }),
  },
];

function preflight(
  { target, bucket }: S3Context,
  origin: string,
  method: string,
  headers: string,
): Promise<Response> {
  return fetch(`${target.endpoint}/${bucket}/x`, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': headers },
  });
}

const cors: S3Case[] = [
  {
    name: 'keeps and applies the CORS rules of a bucket',
    run: (context) =>
      withBucket(context, async (own) => {
        const { client, bucket: Bucket } = own;
        await fails('NoSuchCORSConfiguration', client.send(new GetBucketCorsCommand({ Bucket })));
        await refused(403, 'AccessForbidden', preflight(own, ORIGIN, 'PUT', 'content-type'));
        await client.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: RULES } }));
        assert.deepEqual((await client.send(new GetBucketCorsCommand({ Bucket }))).CORSRules, RULES);

        for (const origin of [ORIGIN, 'https://eu.shop.example']) {
          const { headers } = await accepted(preflight(own, origin, 'PUT', 'content-type, x-amz-meta-a'));
          assert.equal(headers.get('access-control-allow-origin'), origin);
          assert.match(headers.get('access-control-allow-methods') ?? '', /PUT/);
          assert.match(headers.get('access-control-allow-headers') ?? '', /content-type/);
          assert.equal(headers.get('access-control-max-age'), '60');
        }
        await refused(403, 'AccessForbidden', preflight(own, 'https://evil.example', 'PUT', 'content-type'));
        await refused(403, 'AccessForbidden', preflight(own, ORIGIN, 'DELETE', 'content-type'));
        await refused(403, 'AccessForbidden', preflight(own, ORIGIN, 'PUT', 'x-other'));

        const answer = await fetch(`${own.target.endpoint}/${Bucket}/x`, { headers: { origin: ORIGIN } });
        assert.equal(answer.status, 403);
        assert.equal(answer.headers.get('access-control-allow-origin'), ORIGIN);
        assert.equal(answer.headers.get('access-control-expose-headers'), 'ETag');
      }),
  },
];

export const bucketCases: readonly S3Case[] = [...lifeOfBuckets, ...configurations, ...cors];
