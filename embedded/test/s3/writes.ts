import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { etagOf, fails, get, head, put, type S3Case, type S3Context } from './target.js';

const CONTENT = randomBytes(100_000);

async function takesKeys(context: S3Context, keys: readonly string[]): Promise<void> {
  for (const Key of keys) {
    await put(context, { Key, Body: Key });
    assert.equal((await get(context, { Key })).bytes.toString(), Key);
    await context.client.send(new DeleteObjectCommand({ Bucket: context.bucket, Key }));
    await fails('NoSuchKey', get(context, { Key }));
  }
}

export const writeCases: readonly S3Case[] = [
  {
    name: 'puts a buffer and gets it back',
    async run(context) {
      const { ETag } = await put(context, { Key: 'put/buffer', Body: CONTENT, ContentType: 'image/png' });
      assert.equal(ETag, etagOf(CONTENT));
      const found = await get(context, { Key: 'put/buffer' });
      assert.ok(found.bytes.equals(CONTENT));
      assert.equal(found.ContentType, 'image/png');
      assert.equal(found.ContentLength, CONTENT.length);
      assert.equal(found.ETag, ETag);
      assert.equal(found.AcceptRanges, 'bytes');
    },
  },
  {
    name: 'puts an empty object',
    async run(context) {
      await put(context, { Key: 'put/empty', Body: '' });
      const found = await get(context, { Key: 'put/empty' });
      assert.equal(found.bytes.length, 0);
      assert.equal((await head(context, 'put/empty')).ContentLength, 0);
    },
  },
  {
    name: 'puts a stream of known length',
    async run(context) {
      const Body = Readable.from([CONTENT.subarray(0, 40_000), CONTENT.subarray(40_000)]);
      await put(context, { Key: 'put/stream', Body, ContentLength: CONTENT.length });
      assert.ok((await get(context, { Key: 'put/stream' })).bytes.equals(CONTENT));
    },
  },
  {
    name: 'puts a stream as aws-chunked with a checksum after it',
    async run(context) {
      const client = context.clientWith({ requestChecksumCalculation: 'WHEN_SUPPORTED' });
      const Body = Readable.from([
        CONTENT.subarray(0, 8192),
        CONTENT.subarray(8192, 99_999),
        CONTENT.subarray(99_999),
      ]);
      await put({ ...context, client }, { Key: 'put/chunked', Body, ContentLength: CONTENT.length });
      const found = await get(context, { Key: 'put/chunked' });
      assert.ok(found.bytes.equals(CONTENT));
      assert.equal(found.ContentEncoding, undefined);
    },
  },
  {
    name: 'refuses aws-chunked content in crumbs',
    async run(context) {
      const client = context.clientWith({ requestChecksumCalculation: 'WHEN_SUPPORTED' });
      // A server may answer as soon as it has seen the first chunk, and close: what follows is so little that it is
      // on its way by then, and the refusal is read instead of a broken connection.
      const Body = Readable.from([CONTENT.subarray(0, 8191), CONTENT.subarray(8191, 8200)]);
      const input = { Key: 'put/crumbs', Body, ContentLength: 8200 };
      await fails('InvalidChunkSizeError', put({ ...context, client }, input));
    },
  },
  {
    name: 'replaces an object',
    async run(context) {
      await put(context, { Key: 'put/twice', Body: CONTENT, Metadata: { old: 'yes' } });
      await put(context, { Key: 'put/twice', Body: 'new' });
      const found = await get(context, { Key: 'put/twice' });
      assert.equal(found.bytes.toString(), 'new');
      assert.deepEqual(found.Metadata, {});
    },
  },
  {
    name: 'keeps the headers and the metadata of an object',
    async run(context) {
      const headers = {
        ContentType: 'text/plain; charset=utf-8',
        CacheControl: 'private, max-age=60',
        ContentDisposition: 'attachment; filename="a b.txt"',
        ContentEncoding: 'identity',
        ContentLanguage: 'en',
      };
      const Metadata = { session: 'sess-1', 'with-dash': 'a  b' };
      await put(context, { Key: 'put/headers', Body: 'x', ...headers, Metadata });
      const found = await head(context, 'put/headers');
      const { ContentType, CacheControl, ContentDisposition, ContentEncoding, ContentLanguage } = found;
      assert.deepEqual(
        { ContentType, CacheControl, ContentDisposition, ContentEncoding, ContentLanguage },
        headers,
      );
      assert.deepEqual(found.Metadata, Metadata);
      assert.ok(found.LastModified && Math.abs(found.LastModified.getTime() - Date.now()) < 60_000);
    },
  },
  {
    name: 'echoes server-side encryption',
    async run(context) {
      const written = await put(context, { Key: 'put/sse', Body: 'x', ServerSideEncryption: 'AES256' });
      assert.equal(written.ServerSideEncryption, 'AES256');
      assert.equal((await head(context, 'put/sse')).ServerSideEncryption, 'AES256');
    },
  },
  {
    name: 'takes any character in a key',
    run: (context) => takesKeys(context, ['ümlaut ñ', 'a+b c&d=e?f#g%20', '💎/😀', "q'(x)!*~"]),
  },
  {
    name: 'takes keys that look like paths, and keys longer than a file name',
    run: (context) =>
      takesKeys(context, ['../../etc/passwd', '/slash', 'a//b', 'dir/', './.', 'k'.repeat(1024)]),
  },
  {
    name: 'refuses a key that is too long',
    run: (context) => fails('KeyTooLongError', put(context, { Key: 'k'.repeat(1025), Body: 'x' })),
  },
  {
    name: 'writes only if there is no object yet',
    async run(context) {
      await put(context, { Key: 'put/once', Body: 'first', IfNoneMatch: '*' });
      await fails('PreconditionFailed', put(context, { Key: 'put/once', Body: 'second', IfNoneMatch: '*' }));
      assert.equal((await get(context, { Key: 'put/once' })).bytes.toString(), 'first');
    },
  },
];
