import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { ChecksumAlgorithm, PutObjectCommand } from '@aws-sdk/client-s3';
import { fails, get, put, type S3Case, type S3Context } from './target.js';

/** "123456789" is what check values of CRCs are published for. */
const CHECKED = '123456789';
const CHECKSUMS = [
  ['ChecksumCRC32', ChecksumAlgorithm.CRC32, Buffer.from('cbf43926', 'hex').toString('base64')],
  ['ChecksumCRC32C', ChecksumAlgorithm.CRC32C, Buffer.from('e3069283', 'hex').toString('base64')],
  ['ChecksumSHA1', ChecksumAlgorithm.SHA1, createHash('sha1').update(CHECKED).digest('base64')],
  ['ChecksumSHA256', ChecksumAlgorithm.SHA256, createHash('sha256').update(CHECKED).digest('base64')],
] as const;

function md5(text: string): string {
  return createHash('md5').update(text).digest('base64');
}

async function isMissing(context: S3Context, Key: string): Promise<void> {
  await fails('NoSuchKey', get(context, { Key }));
}

/** Sends a put whose request is changed before it is signed, or after. */
function putChanged(
  context: S3Context,
  when: 'before' | 'after',
  change: (request: ChangeableRequest) => void,
) {
  const command = new PutObjectCommand({ Bucket: context.bucket, Key: 'changed', Body: CHECKED });
  const changed = (request: unknown) => {
    if (!isChangeable(request)) throw new Error('The client has changed its requests.');
    change(request);
  };
  if (when === 'before') {
    command.middlewareStack.add(
      (next) => (args) => {
        changed(args.request);
        return next(args);
      },
      { step: 'build', priority: 'low' },
    );
  } else {
    command.middlewareStack.add(
      (next) => (args) => {
        changed(args.request);
        return next(args);
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
  }
  return context.client.send(command);
}

interface ChangeableRequest {
  headers: Record<string, string>;
  body: unknown;
}

function isChangeable(request: unknown): request is ChangeableRequest {
  return typeof request === 'object' && request !== null && 'headers' in request && 'body' in request;
}

export const integrityCases: readonly S3Case[] = [
  {
    name: 'takes Content-MD5',
    async run(context) {
      await put(context, { Key: 'md5/good', Body: CHECKED, ContentMD5: md5(CHECKED) });
    },
  },
  {
    name: 'refuses a wrong Content-MD5',
    async run(context) {
      await fails('BadDigest', put(context, { Key: 'md5/bad', Body: CHECKED, ContentMD5: md5('other') }));
      await fails('InvalidDigest', put(context, { Key: 'md5/bad', Body: CHECKED, ContentMD5: 'short' }));
      await isMissing(context, 'md5/bad');
    },
  },
  ...CHECKSUMS.map(
    ([field, algorithm, value]): S3Case => ({
      name: `keeps ${field}`,
      async run(context) {
        const Key = `checksum/${field}`;
        const written = await put(context, { Key, Body: CHECKED, [field]: value });
        assert.equal(written[field], value);
        const found = await get(context, { Key, ChecksumMode: 'ENABLED' });
        assert.equal(found[field], value);
        assert.equal((await get(context, { Key }))[field], undefined);
        await put(context, { Key, Body: CHECKED, ChecksumAlgorithm: algorithm });
      },
    }),
  ),
  ...CHECKSUMS.map(
    ([field, , value]): S3Case => ({
      name: `refuses a wrong ${field}`,
      async run(context) {
        const Key = `checksum/${field}`;
        const wrong = Buffer.from(value, 'base64').reverse().toString('base64');
        await fails('BadDigest', put(context, { Key: `${Key}-bad`, Body: CHECKED, [field]: wrong }));
        await fails('InvalidRequest', put(context, { Key: `${Key}-bad`, Body: CHECKED, [field]: 'AAAA' }));
        await isMissing(context, `${Key}-bad`);
      },
    }),
  ),
  {
    name: 'refuses two checksums at once',
    async run(context) {
      const both = { ChecksumCRC32: CHECKSUMS[0][2], ChecksumSHA1: CHECKSUMS[2][2] };
      await fails('InvalidRequest', put(context, { Key: 'checksum/two', Body: CHECKED, ...both }));
    },
  },
  {
    name: 'checks the signed hash of the content',
    run: (context) =>
      fails(
        'XAmzContentSHA256Mismatch',
        putChanged(context, 'after', (request) => {
          request.body = CHECKED.replace('1', '0');
        }),
      ),
  },
  {
    name: 'says that it does not have signed chunks',
    run: (context) =>
      fails(
        'NotImplemented',
        putChanged(context, 'before', ({ headers }) => {
          headers['x-amz-content-sha256'] = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD';
        }),
      ),
  },
];
