import assert from 'node:assert/strict';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { accepted, fails, get, put, refused, type S3Case, type S3Context } from './target.js';

const SECRET = 'only for those who may';

async function signedGet(
  context: S3Context,
  options: { signingDate?: Date; expiresIn?: number } = {},
): Promise<string> {
  await put(context, { Key: 'signed/get', Body: SECRET, ContentType: 'text/plain' });
  const command = new GetObjectCommand({ Bucket: context.bucket, Key: 'signed/get' });
  return getSignedUrl(context.client, command, { expiresIn: 60, ...options });
}

function signedPut({ client, bucket: Bucket }: S3Context, length: number): Promise<string> {
  const input = {
    Bucket,
    Key: 'signed/put',
    ContentType: 'text/plain',
    ContentLength: length,
    Metadata: { a: 'b' },
  };
  return getSignedUrl(client, new PutObjectCommand(input), {
    expiresIn: 60,
    signableHeaders: new Set(['content-type', 'content-length']),
  });
}

function withParameter(url: string, name: string, value: string): string {
  const changed = new URL(url);
  changed.searchParams.set(name, value);
  return changed.href;
}

/** A client reads no error body of a HEAD, so GET is used throughout. */
const headers: S3Case[] = [
  {
    name: 'refuses what is not signed',
    async run(context) {
      await put(context, { Key: 'signed/not', Body: SECRET });
      const url = `${context.target.endpoint}/${context.bucket}/signed/not`;
      await refused(403, 'AccessDenied', fetch(url));
      await refused(403, 'AccessDenied', fetch(`${context.target.endpoint}/${context.bucket}?list-type=2`));
      await refused(403, 'AccessDenied', fetch(url, { method: 'PUT', body: 'x' }));
      await refused(403, 'AccessDenied', fetch(url, { method: 'DELETE' }));
      await refused(403, 'AccessDenied', fetch(context.target.endpoint));
      const head = await fetch(url, { method: 'HEAD' });
      assert.equal(head.status, 403);
    },
  },
  {
    name: 'refuses a wrong secret, an unknown key and a token',
    async run(context) {
      const { accessKeyId, secretAccessKey } = context.target;
      const as = (credentials: object) =>
        get(
          {
            ...context,
            client: context.clientWith({ credentials: { accessKeyId, secretAccessKey, ...credentials } }),
          },
          { Key: 'x' },
        );
      await fails('SignatureDoesNotMatch', as({ secretAccessKey: 'wrong' }));
      await fails('InvalidAccessKeyId', as({ accessKeyId: 'unknown' }));
      await fails('InvalidToken', as({ sessionToken: 'token' }));
    },
  },
  {
    name: 'refuses a wrong clock and a wrong region',
    async run(context) {
      for (const minutes of [-20, 20]) {
        const client = context.clientWith({ systemClockOffset: minutes * 60_000 });
        await fails('RequestTimeTooSkewed', get({ ...context, client }, { Key: 'x' }));
      }
      const client = context.clientWith({ region: 'eu-west-1' });
      await fails('AuthorizationHeaderMalformed', get({ ...context, client }, { Key: 'x' }));
    },
  },
  {
    name: 'refuses a request that was changed after it was signed',
    async run(context) {
      const command = new HeadObjectCommand({ Bucket: context.bucket, Key: 'x' });
      command.middlewareStack.add(
        (next) => async (args) => {
          const request = args.request as { method: string };
          request.method = 'GET';
          return next(args);
        },
        { step: 'finalizeRequest', priority: 'low' },
      );
      await fails('SignatureDoesNotMatch', context.client.send(command));
    },
  },
];

const urls: S3Case[] = [
  {
    name: 'lets a presigned URL be read',
    async run(context) {
      const response = await accepted(fetch(await signedGet(context)));
      assert.equal(await response.text(), SECRET);
      assert.equal(response.headers.get('content-type'), 'text/plain');
    },
  },
  {
    name: 'answers a presigned URL with other headers on demand',
    async run({ client, bucket: Bucket, ...context }) {
      await put({ client, bucket: Bucket, ...context }, { Key: 'signed/as', Body: SECRET });
      const as = {
        ResponseContentDisposition: 'attachment; filename="ring.png"',
        ResponseContentType: 'image/png',
      };
      const command = new GetObjectCommand({ Bucket, Key: 'signed/as', ...as });
      const response = await accepted(fetch(await getSignedUrl(client, command, { expiresIn: 60 })));
      assert.equal(response.headers.get('content-disposition'), as.ResponseContentDisposition);
      assert.equal(response.headers.get('content-type'), as.ResponseContentType);
      await response.text();
    },
  },
  {
    name: 'refuses a presigned URL that was tampered with',
    async run(context) {
      const url = await signedGet(context);
      await put(context, { Key: 'signed/other', Body: SECRET });
      const changed = [
        url.replace('signed/get', 'signed/other'),
        withParameter(url, 'X-Amz-Expires', '600'),
        withParameter(url, 'response-content-type', 'text/html'),
        withParameter(url, 'X-Amz-Signature', '0'.repeat(64)),
      ];
      for (const one of changed) await refused(403, 'SignatureDoesNotMatch', fetch(one));
      await refused(403, 'SignatureDoesNotMatch', fetch(url, { method: 'PUT', body: 'x' }));
      await refused(403, 'SignatureDoesNotMatch', fetch(url, { method: 'DELETE' }));
    },
  },
  {
    name: 'refuses a presigned URL that is too old, too new or too long',
    async run(context) {
      const ago = (seconds: number) => new Date(Date.now() - seconds * 1000);
      await accepted(fetch(await signedGet(context, { signingDate: ago(50) })));
      await refused(403, 'AccessDenied', fetch(await signedGet(context, { signingDate: ago(62) })));
      await refused(403, 'AccessDenied', fetch(await signedGet(context, { signingDate: ago(-3600) })));
      const url = await signedGet(context);
      for (const expires of ['604801', '0', '-1', 'x']) {
        const changed = withParameter(url, 'X-Amz-Expires', expires);
        await refused(400, 'AuthorizationQueryParametersError', fetch(changed));
      }
      const incomplete = new URL(url);
      incomplete.searchParams.delete('X-Amz-Date');
      await refused(400, 'AuthorizationQueryParametersError', fetch(incomplete));
    },
  },
  {
    name: 'refuses two signatures at once',
    async run(context) {
      const authorization = 'AWS4-HMAC-SHA256 Credential=x';
      await refused(400, 'InvalidArgument', fetch(await signedGet(context), { headers: { authorization } }));
    },
  },
  {
    name: 'lets a presigned URL be written',
    async run(context) {
      const url = await signedPut(context, SECRET.length);
      await accepted(fetch(url, { method: 'PUT', body: SECRET, headers: { 'content-type': 'text/plain' } }));
      const found = await get(context, { Key: 'signed/put' });
      assert.equal(found.bytes.toString(), SECRET);
      assert.equal(found.ContentType, 'text/plain');
      assert.deepEqual(found.Metadata, { a: 'b' });
    },
  },
  {
    name: 'holds the writer of a presigned URL to length, type and headers',
    async run(context) {
      const url = await signedPut(context, SECRET.length);
      const type = { 'content-type': 'text/plain' };
      const send = (body: string, headers: Record<string, string>) =>
        fetch(url, { method: 'PUT', body, headers });
      await refused(403, 'SignatureDoesNotMatch', send(`${SECRET}!`, type));
      await refused(403, 'SignatureDoesNotMatch', send(SECRET, { 'content-type': 'text/html' }));
      await refused(403, 'AccessDenied', send(SECRET, { ...type, 'x-amz-meta-evil': 'yes' }));
    },
  },
];

export const accessCases: readonly S3Case[] = [...headers, ...urls];
