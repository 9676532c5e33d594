import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { CopyObjectCommand, DeleteObjectCommand } from '@aws-sdk/client-s3';
import { etagOf, fails, get, put, type S3Case } from './target.js';

const CONTENT = randomBytes(100_000);

export const copyCases: readonly S3Case[] = [
  {
    name: 'copies an object with its metadata',
    async run(context) {
      const { client, bucket: Bucket } = context;
      await put(context, { Key: 'copy/ü +1', Body: CONTENT, ContentType: 'image/png', Metadata: { a: 'b' } });
      const CopySource = `${Bucket}/${encodeURIComponent('copy/ü +1')}`;
      const { CopyObjectResult } = await client.send(
        new CopyObjectCommand({ Bucket, Key: 'copy/2', CopySource }),
      );
      assert.equal(CopyObjectResult?.ETag, etagOf(CONTENT));
      await client.send(new DeleteObjectCommand({ Bucket, Key: 'copy/ü +1' }));
      const found = await get(context, { Key: 'copy/2' });
      assert.ok(found.bytes.equals(CONTENT));
      assert.equal(found.ContentType, 'image/png');
      assert.deepEqual(found.Metadata, { a: 'b' });
    },
  },
  {
    name: 'replaces the metadata in a copy',
    async run(context) {
      const { client, bucket: Bucket } = context;
      await put(context, { Key: 'copy/self', Body: CONTENT, Metadata: { a: 'b' } });
      const input = { Bucket, Key: 'copy/self', CopySource: `${Bucket}/copy/self` };
      await fails('InvalidRequest', client.send(new CopyObjectCommand(input)));
      const changes = {
        MetadataDirective: 'REPLACE',
        Metadata: { c: 'd' },
        ContentType: 'image/gif',
      } as const;
      await client.send(new CopyObjectCommand({ ...input, ...changes }));
      const found = await get(context, { Key: 'copy/self' });
      assert.ok(found.bytes.equals(CONTENT));
      assert.deepEqual([found.Metadata, found.ContentType], [{ c: 'd' }, 'image/gif']);
    },
  },
  {
    name: 'copies only the version that is meant',
    async run(context) {
      const { client, bucket: Bucket } = context;
      await put(context, { Key: 'copy/version', Body: CONTENT });
      const input = { Bucket, Key: 'copy/meant', CopySource: `${Bucket}/copy/version` };
      const copy = (CopySourceIfMatch: string) =>
        client.send(new CopyObjectCommand({ ...input, CopySourceIfMatch }));
      await copy(etagOf(CONTENT));
      await put(context, { Key: 'copy/version', Body: Buffer.from('changed') });
      await fails('PreconditionFailed', copy(etagOf(CONTENT)));
      assert.ok((await get(context, { Key: 'copy/meant' })).bytes.equals(CONTENT));
    },
  },
  {
    name: 'refuses to copy what is not there',
    async run({ client, bucket: Bucket }) {
      const copy = (CopySource: string) =>
        client.send(new CopyObjectCommand({ Bucket, Key: 'copy/x', CopySource }));
      await fails('NoSuchKey', copy(`${Bucket}/copy/none`));
      await fails('NoSuchBucket', copy('no-such-bucket-here/copy/none'));
    },
  },
];
