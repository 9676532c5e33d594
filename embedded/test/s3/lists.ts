import assert from 'node:assert/strict';
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
} from '@aws-sdk/client-s3';
import { fails, get, type Input, put, type S3Case, type S3Context } from './target.js';

function list({ client, bucket }: S3Context, input: Input<ListObjectsV2CommandInput>) {
  return client.send(new ListObjectsV2Command({ Bucket: bucket, ...input }));
}

type Page = Awaited<ReturnType<typeof list>>;

function names(page: Page): string[] {
  const keys = (page.Contents ?? []).map(({ Key = '' }) => Key);
  return [...keys, ...(page.CommonPrefixes ?? []).map(({ Prefix = '' }) => Prefix)];
}

async function listAll(context: S3Context, input: Input<ListObjectsV2CommandInput>): Promise<string[]> {
  const found: string[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await list(context, { ...input, ...(ContinuationToken ? { ContinuationToken } : {}) });
    assert.equal(page.KeyCount, names(page).length);
    assert.ok(names(page).length <= (input.MaxKeys ?? 1000));
    found.push(...names(page));
    ContinuationToken = page.NextContinuationToken;
    assert.equal(page.IsTruncated, ContinuationToken !== undefined);
  } while (ContinuationToken);
  return found;
}

const KEYS = ['a', 'b/1', 'b/2', 'b/c/3', 'b0', 'c/4', 'd'];

async function fill(context: S3Context, folder: string, keys: readonly string[]): Promise<void> {
  await Promise.all(keys.map((key) => put(context, { Key: folder + key, Body: key })));
}

export const listCases: readonly S3Case[] = [
  {
    name: 'lists keys, sizes and ETags',
    async run(context) {
      const { ETag } = await put(context, { Key: 'plain/one', Body: 'x' });
      const page = await list(context, { Prefix: 'plain/' });
      const [found] = page.Contents ?? [];
      assert.deepEqual([found?.Key, found?.Size, found?.ETag], ['plain/one', 1, ETag]);
      assert.ok(found?.LastModified instanceof Date);
      assert.deepEqual([page.KeyCount, page.IsTruncated], [1, false]);
      assert.deepEqual(names(await list(context, { Prefix: 'nothing/' })), []);
    },
  },
  {
    name: 'lists page by page, with and without a delimiter',
    async run(context) {
      await fill(context, 'pages/', KEYS);
      const all = KEYS.map((key) => `pages/${key}`);
      const grouped = ['a', 'b/', 'b0', 'c/', 'd'].map((key) => `pages/${key}`);
      for (const MaxKeys of [1, 2, 3, 100]) {
        assert.deepEqual(await listAll(context, { Prefix: 'pages/', MaxKeys }), all);
        const found = await listAll(context, { Prefix: 'pages/', Delimiter: '/', MaxKeys });
        assert.deepEqual(found.sort(), grouped);
      }
      const below = await listAll(context, { Prefix: 'pages/b/', Delimiter: '/' });
      assert.deepEqual(below, ['pages/b/1', 'pages/b/2', 'pages/b/c/']);
      assert.deepEqual(names(await list(context, { MaxKeys: 0 })), []);
    },
  },
  {
    name: 'lists from a key on',
    async run(context) {
      await fill(context, 'from/', KEYS);
      const after = async (key: string) =>
        names(await list(context, { Prefix: 'from/', StartAfter: `from/${key}` }));
      assert.deepEqual(await after('b0'), ['from/c/4', 'from/d']);
      assert.deepEqual(await after('b'), [
        'from/b/1',
        'from/b/2',
        'from/b/c/3',
        'from/b0',
        'from/c/4',
        'from/d',
      ]);
      assert.deepEqual(await after('z'), []);
    },
  },
  {
    name: 'orders keys by their bytes',
    async run(context) {
      const keys = ['A', 'a', 'é', '\uffee', '😀'];
      await fill(context, 'order/', keys.toReversed());
      const found = await listAll(context, { Prefix: 'order/' });
      assert.deepEqual(
        found,
        keys.map((key) => `order/${key}`),
      );
    },
  },
  {
    name: 'encodes listed keys on demand',
    async run(context) {
      const Key = 'encoded/a b&<>\u0001';
      await put(context, { Key, Body: 'x' });
      const page = await list(context, { Prefix: 'encoded/', EncodingType: 'url' });
      // Gone before others list it who cannot read such a key.
      await context.client.send(new DeleteObjectCommand({ Bucket: context.bucket, Key }));
      assert.deepEqual(names(page), ['encoded/a%20b%26%3C%3E%01']);
    },
  },
  {
    name: 'refuses a wrong token',
    run: (context) => fails('InvalidArgument', list(context, { ContinuationToken: 'not a token' })),
  },
  {
    name: 'deletes many objects at once',
    async run(context) {
      const { client, bucket: Bucket } = context;
      const keys = ['one', 'two & <three>', 'ü'].map((key) => `many/${key}`);
      await fill(context, '', keys);
      const Objects = [...keys, 'many/none'].map((Key) => ({ Key }));
      const { Deleted, Errors } = await client.send(
        new DeleteObjectsCommand({ Bucket, Delete: { Objects } }),
      );
      assert.deepEqual(Deleted?.map(({ Key }) => Key).sort(), [...keys, 'many/none'].sort());
      assert.deepEqual(Errors ?? [], []);
      for (const Key of keys) await fails('NoSuchKey', get(context, { Key }));
    },
  },
  {
    name: 'deletes quietly on demand',
    async run({ client, bucket: Bucket }) {
      const Objects = [{ Key: 'many/none' }];
      const quiet = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
      assert.deepEqual(quiet.Deleted ?? [], []);
    },
  },
];
