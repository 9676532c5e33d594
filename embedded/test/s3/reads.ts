import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { DeleteObjectCommand, S3ServiceException } from '@aws-sdk/client-s3';
import { etagOf, fails, get, head, put, type S3Case } from './target.js';

const CONTENT = randomBytes(100_000);

/** The client has no name for a 304. */
async function isNotModified(promise: Promise<unknown>): Promise<void> {
  const isUnmodified = (error: unknown) =>
    error instanceof S3ServiceException && error.$metadata.httpStatusCode === 304;
  await assert.rejects(promise, isUnmodified);
}

const RANGES: [range: string, from: number, to: number][] = [
  ['bytes=0-0', 0, 1],
  ['bytes=10-19', 10, 20],
  ['bytes=99990-', 99_990, 100_000],
  ['bytes=-5', 99_995, 100_000],
  ['bytes=-200000', 0, 100_000],
  ['bytes=99990-200000', 99_990, 100_000],
];

export const readCases: readonly S3Case[] = [
  {
    name: 'gets ranges',
    async run(context) {
      await put(context, { Key: 'get/range', Body: CONTENT });
      for (const [Range, from, to] of RANGES) {
        const found = await get(context, { Key: 'get/range', Range });
        assert.ok(found.bytes.equals(CONTENT.subarray(from, to)), Range);
        assert.equal(found.ContentRange, `bytes ${from}-${to - 1}/${CONTENT.length}`);
        assert.equal(found.$metadata.httpStatusCode, 206);
      }
      for (const Range of ['bytes=100000-', 'bytes=-0']) {
        await fails('InvalidRange', get(context, { Key: 'get/range', Range }));
      }
    },
  },
  {
    name: 'ignores ranges that it does not understand',
    async run(context) {
      await put(context, { Key: 'get/odd', Body: 'content' });
      for (const Range of ['lines=1-2', 'bytes=2-1', 'bytes=-', 'bytes=a-b']) {
        assert.equal((await get(context, { Key: 'get/odd', Range })).bytes.toString(), 'content');
      }
    },
  },
  {
    name: 'gets on conditions',
    async run(context) {
      const { ETag = '' } = await put(context, { Key: 'get/if', Body: 'x' });
      const other = etagOf(CONTENT);
      await isNotModified(get(context, { Key: 'get/if', IfNoneMatch: ETag }));
      await fails('PreconditionFailed', get(context, { Key: 'get/if', IfMatch: other }));
      await get(context, { Key: 'get/if', IfMatch: ETag });
      await get(context, { Key: 'get/if', IfNoneMatch: other });
    },
  },
  {
    name: 'says that an object is missing',
    async run(context) {
      await fails('NoSuchKey', get(context, { Key: 'get/none' }));
      await fails('NotFound', head(context, 'get/none'));
      await fails('NoSuchBucket', get({ ...context, bucket: 'no-such-bucket-here' }, { Key: 'x' }));
      await fails(
        'NoSuchBucket',
        put({ ...context, bucket: 'no-such-bucket-here' }, { Key: 'x', Body: 'x' }),
      );
    },
  },
  {
    name: 'deletes, also what is not there',
    async run(context) {
      const { client, bucket: Bucket } = context;
      await put(context, { Key: 'delete/me', Body: 'x' });
      await client.send(new DeleteObjectCommand({ Bucket, Key: 'delete/me' }));
      await client.send(new DeleteObjectCommand({ Bucket, Key: 'delete/me' }));
      await fails('NoSuchKey', get(context, { Key: 'delete/me' }));
    },
  },
];
