import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { fails, get, type Input, put, type S3Case, type S3Context } from './target.js';

const MIN_PART = 5 * 1024 * 1024;
const LARGE = randomBytes(MIN_PART);
const SMALL = randomBytes(1000);

interface Started {
  Bucket: string;
  Key: string;
  UploadId: string;
}

async function begin(context: S3Context, input: Input<CreateMultipartUploadCommandInput>): Promise<Started> {
  const { client, bucket: Bucket } = context;
  const { UploadId = '' } = await client.send(new CreateMultipartUploadCommand({ Bucket, ...input }));
  return { Bucket, Key: input.Key ?? '', UploadId };
}

async function addPart(
  { client }: S3Context,
  upload: Started,
  PartNumber: number,
  Body: Buffer,
): Promise<CompletedPart> {
  const { ETag = '' } = await client.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
  return { PartNumber, ETag };
}

function complete({ client }: S3Context, upload: Started, Parts: CompletedPart[]) {
  return client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
}

function abort({ client }: S3Context, upload: Started) {
  return client.send(new AbortMultipartUploadCommand(upload));
}

async function openKeys({ client, bucket: Bucket }: S3Context, Prefix: string): Promise<string[]> {
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix }));
  return Uploads.map(({ Key = '' }) => Key);
}

export const multipartCases: readonly S3Case[] = [
  {
    name: 'joins parts, whatever the order in which they came',
    async run(context) {
      const settings = { ContentType: 'video/mp4', Metadata: { a: 'b' } };
      const upload = await begin(context, { Key: 'parts/joined', ...settings });
      const third = await addPart(context, upload, 7, SMALL);
      const first = await addPart(context, upload, 2, LARGE);
      await fails('NoSuchKey', get(context, { Key: 'parts/joined' }));
      const { ETag } = await complete(context, upload, [first, third]);

      const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest();
      assert.equal(ETag, `"${md5(Buffer.concat([md5(LARGE), md5(SMALL)])).toString('hex')}-2"`);
      const found = await get(context, { Key: 'parts/joined' });
      assert.ok(found.bytes.equals(Buffer.concat([LARGE, SMALL])));
      assert.deepEqual([found.ContentType, found.Metadata, found.ETag], ['video/mp4', { a: 'b' }, ETag]);
      assert.deepEqual(await openKeys(context, 'parts/joined'), []);
    },
  },
  {
    name: 'forgets an upload that is completed',
    async run(context) {
      const upload = await begin(context, { Key: 'parts/forgotten' });
      const part = await addPart(context, upload, 1, SMALL);
      await complete(context, upload, [part]);
      await fails('NoSuchUpload', addPart(context, upload, 2, SMALL));
      await fails('NoSuchUpload', abort(context, upload));
    },
  },
  {
    name: 'replaces a part that is sent again',
    async run(context) {
      const upload = await begin(context, { Key: 'parts/again' });
      const old = await addPart(context, upload, 1, LARGE);
      const part = await addPart(context, upload, 1, SMALL);
      await fails('InvalidPart', complete(context, upload, [old]));
      await complete(context, upload, [part]);
      assert.ok((await get(context, { Key: 'parts/again' })).bytes.equals(SMALL));
    },
  },
  {
    name: 'refuses a wrong list of parts and loses nothing by it',
    async run(context) {
      const upload = await begin(context, { Key: 'parts/wrong' });
      const first = await addPart(context, upload, 1, LARGE);
      const second = await addPart(context, upload, 2, SMALL);
      const third = await addPart(context, upload, 3, LARGE);
      await fails('InvalidPartOrder', complete(context, upload, [third, first]));
      await fails('InvalidPart', complete(context, upload, [first, { PartNumber: 9, ETag: '"none"' }]));
      await fails('InvalidPart', complete(context, upload, [{ ...first, ETag: second.ETag ?? '' }]));
      await fails('EntityTooSmall', complete(context, upload, [first, second, third]));
      await fails('MalformedXML', complete(context, upload, []));
      await complete(context, upload, [first, third]);
      assert.equal((await get(context, { Key: 'parts/wrong' })).bytes.length, 2 * MIN_PART);
    },
  },
  {
    name: 'refuses wrong part numbers',
    async run(context) {
      const upload = await begin(context, { Key: 'parts/numbers' });
      for (const number of [0, 10_001])
        await fails('InvalidArgument', addPart(context, upload, number, SMALL));
      await abort(context, upload);
    },
  },
  {
    name: 'aborts an upload',
    async run(context) {
      const upload = await begin(context, { Key: 'parts/aborted' });
      const part = await addPart(context, upload, 1, SMALL);
      await abort(context, upload);
      assert.deepEqual(await openKeys(context, 'parts/aborted'), []);
      await fails('NoSuchUpload', addPart(context, upload, 1, SMALL));
      await fails('NoSuchUpload', complete(context, upload, [part]));
      await fails('NoSuchUpload', abort(context, upload));
      await fails('NoSuchKey', get(context, { Key: 'parts/aborted' }));
    },
  },
  {
    name: 'gives an upload to its own key only',
    async run(context) {
      const upload = await begin(context, { Key: 'parts/mine' });
      const elsewhere = { ...upload, Key: 'parts/yours' };
      await fails('NoSuchUpload', addPart(context, elsewhere, 1, SMALL));
      await fails('NoSuchUpload', abort(context, elsewhere));
      await abort(context, upload);
    },
  },
  {
    name: 'checks the checksums of parts',
    async run(context) {
      const { client } = context;
      const upload = await begin(context, { Key: 'parts/checked' });
      const part = { ...upload, PartNumber: 1, Body: '123456789' };
      const send = (ChecksumCRC32: string) => client.send(new UploadPartCommand({ ...part, ChecksumCRC32 }));
      await fails('BadDigest', send('AAAAAA=='));
      const right = Buffer.from('cbf43926', 'hex').toString('base64');
      assert.equal((await send(right)).ChecksumCRC32, right);
      await abort(context, upload);
    },
  },
  {
    name: 'says that it does not have checksums in a list of parts',
    async run(context) {
      const upload = await begin(context, { Key: 'parts/listed' });
      const part = await addPart(context, upload, 1, SMALL);
      await fails('NotImplemented', complete(context, upload, [{ ...part, ChecksumCRC32: 'AAAAAA==' }]));
      await abort(context, upload);
    },
  },
  {
    name: 'lists uploads',
    async run(context) {
      const uploads = [await begin(context, { Key: 'open/b' }), await begin(context, { Key: 'open/a' })];
      assert.deepEqual(await openKeys(context, 'open/'), ['open/a', 'open/b']);
      for (const one of uploads) await abort(context, one);
    },
  },
  {
    name: 'lists parts',
    async run(context) {
      const upload = await begin(context, { Key: 'listed/parts' });
      for (const number of [3, 1, 2]) await addPart(context, upload, number, SMALL);
      const { Parts, IsTruncated } = await context.client.send(new ListPartsCommand(upload));
      assert.deepEqual(
        Parts?.map(({ PartNumber, Size }) => [PartNumber, Size]),
        [1, 2, 3].map((n) => [n, SMALL.length]),
      );
      assert.equal(IsTruncated, false);
      await abort(context, upload);
    },
  },
  {
    name: 'completes an upload only if there is no object yet',
    async run(context) {
      await put(context, { Key: 'parts/once', Body: 'first' });
      const upload = await begin(context, { Key: 'parts/once' });
      const part = await addPart(context, upload, 1, SMALL);
      const input = { ...upload, MultipartUpload: { Parts: [part] }, IfNoneMatch: '*' };
      await fails('PreconditionFailed', context.client.send(new CompleteMultipartUploadCommand(input)));
      await abort(context, upload);
    },
  },
];
