import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import t, { type Test } from 'tap';
import { startEmbedded } from '../index.js';
import { startS3 } from '../s3/index.js';
import { signForm } from './s3/forms.js';
import { createContext, fails, get, put, refused, type S3Context } from './s3/target.js';

const CREDENTIALS = { accessKeyId: 'test-key', secretAccessKey: 'test-secret', region: 'us-east-1' };
const PROCESS = fileURLToPath(new URL('./s3/server-process.ts', import.meta.url));
const Bucket = 'kept';
const HOUR_MS = 3600 * 1000;
const LARGE = randomBytes(8 * 1024 * 1024);

interface Running {
  context: S3Context;
  endpoint: string;
  stop(): Promise<void>;
}

async function start(t: Test, path: string, now?: () => number): Promise<Running> {
  const server = await startS3({ path, ...CREDENTIALS, buckets: [Bucket] }, now);
  const context = { ...createContext({ endpoint: server.endpoint, ...CREDENTIALS }), bucket: Bucket };
  const stop = async () => {
    context.close();
    await server.stop();
  };
  t.teardown(stop);
  return { context, endpoint: server.endpoint, stop };
}

function contents(path: string): string[] {
  return readdirSync(join(path, 'data'));
}

async function beginUpload({ client }: S3Context, Key: string): Promise<void> {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  await client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: 'part' }));
}

async function openUploads({ client }: S3Context): Promise<string[]> {
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
  return Uploads.map(({ Key = '' }) => Key);
}

t.test('keeps everything over a restart', async (t) => {
  const path = t.testdir();
  const before = await start(t, path);
  await put(before.context, { Key: 'a/ü', Body: LARGE, Metadata: { a: 'b' }, ContentType: 'image/png' });
  await put(before.context, { Key: 'gone', Body: 'x' });
  await before.context.client.send(new DeleteObjectCommand({ Bucket, Key: 'gone' }));
  await beginUpload(before.context, 'open');
  await before.stop();

  const { context } = await start(t, path);
  const found = await get(context, { Key: 'a/ü' });
  t.ok(found.bytes.equals(LARGE));
  t.strictSame([found.Metadata, found.ContentType], [{ a: 'b' }, 'image/png']);
  await fails('NoSuchKey', get(context, { Key: 'gone' }));
  t.strictSame(await openUploads(context), ['open']);
  t.equal(contents(path).length, 2);
});

t.test('sweeps what no object needs, and objects that are damaged', async (t) => {
  const path = t.testdir();
  const before = await start(t, path);
  await put(before.context, { Key: 'whole', Body: 'whole' });
  await put(before.context, { Key: 'damaged', Body: 'damaged' });
  await before.stop();
  const files = contents(path).map((name) => join(path, 'data', name));
  for (const file of files) if (readFileSync(file, 'utf8') === 'damaged') writeFileSync(file, 'dam');
  writeFileSync(join(path, 'data', 'orphan'), 'x');
  writeFileSync(join(path, 'drafts', 'orphan'), '{');

  const warning = once(process, 'warning');
  const { context } = await start(t, path);
  t.match(String(await warning), /objects.* was damaged/);
  t.equal((await get(context, { Key: 'whole' })).bytes.toString(), 'whole');
  await fails('NoSuchKey', get(context, { Key: 'damaged' }));
  t.equal(contents(path).length, 1);
  t.strictSame(readdirSync(join(path, 'drafts')), []);
});

t.test('removes uploads that nobody has finished for a day', async (t) => {
  const path = t.testdir();
  const before = await start(t, path);
  await beginUpload(before.context, 'abandoned');
  await put(before.context, { Key: 'kept', Body: 'x' });
  await before.stop();

  const uploadsAfter = async (hours: number) => {
    const { context, stop } = await start(t, path, () => Date.now() + hours * HOUR_MS);
    const client = context.clientWith({ systemClockOffset: hours * HOUR_MS });
    const uploads = await openUploads({ ...context, client });
    await stop();
    return uploads;
  };
  t.strictSame(await uploadsAfter(23), ['abandoned']);
  t.strictSame(await uploadsAfter(25), []);
  t.equal(contents(path).length, 1);
});

t.test('loses nothing that was acknowledged when it is killed', async (t) => {
  const path = t.testdir();
  const acknowledged = new Map<string, string>();
  const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  for (let round = 0; round < 2; round++) {
    const child = spawn(process.execPath, ['--import', 'tsx', PROCESS, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(child.stdout, 'data');
    const context = createContext({ endpoint: String(line).trim(), ...CREDENTIALS });
    const write = async (worker: number) => {
      for (let i = 0; ; i++) {
        const Key = `${worker}/${i % 20}`;
        const Body = randomBytes(1 + ((i * 7919) % 200_000));
        acknowledged.delete(Key);
        await put({ ...context, bucket: Bucket }, { Key, Body });
        acknowledged.set(Key, digest(Body));
      }
    };
    const workers = Promise.allSettled([1, 2, 3, 4].map(write));
    await sleep(400);
    child.kill('SIGKILL');
    await Promise.all([workers, once(child, 'close')]);
    context.close();
  }
  const { context } = await start(t, path);
  t.ok(acknowledged.size > 0);
  for (const [Key, expected] of acknowledged) {
    if (digest((await get(context, { Key })).bytes) !== expected)
      t.fail(`${Key} is not what was acknowledged`);
  }
  // What was not acknowledged is there whole or not at all; with each object there is one content, and no other.
  const { Contents = [] } = await context.client.send(new ListObjectsV2Command({ Bucket }));
  for (const { Key = '', Size } of Contents) t.equal((await get(context, { Key })).bytes.length, Size);
  t.equal(contents(path).length, Contents.length);
});

/** The fields of a form and the beginning of its file. */
function openForm(context: S3Context, boundary: string): string {
  const part = (name: string, more = '') =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n`;
  const fields = Object.entries(signForm(context, { key: 'cut' }));
  return `${fields.map(([name, value]) => `${part(name)}${value}\r\n`).join('')}${part('file', '; filename="x"')}begun`;
}

t.test('leaves nothing of a client that disconnects', async (t) => {
  const path = t.testdir();
  const { context } = await start(t, path);
  const command = new PutObjectCommand({ Bucket, Key: 'cut', ContentLength: 9999 });
  const signed = new URL(await getSignedUrl(context.client, command, { expiresIn: 60 }));
  const head = `HTTP/1.1\r\nHost: ${signed.host}\r\nContent-Length: 9999\r\n`;
  const begun = [
    `PUT ${signed.pathname}${signed.search} ${head}\r\nbegun`,
    `POST /${Bucket} ${head}Content-Type: multipart/form-data; boundary=x\r\n\r\n${openForm(context, 'x')}`,
  ];
  for (const request of begun) {
    const socket = connect(Number(signed.port), '127.0.0.1');
    socket.write(request);
    while (contents(path).length === 0) await sleep(2);
    socket.destroy();
    while (contents(path).length > 0) await sleep(2);
  }
  await fails('NoSuchKey', get(context, { Key: 'cut' }));
});

t.test('refuses a form that ends in the middle of its file', async (t) => {
  const path = t.testdir();
  const { context, endpoint } = await start(t, path);
  const headers = { 'content-type': 'multipart/form-data; boundary=x' };
  const sent = fetch(`${endpoint}/${Bucket}`, { method: 'POST', headers, body: openForm(context, 'x') });
  await refused(400, 'MalformedPOSTRequest', sent);
  await fails('NoSuchKey', get(context, { Key: 'cut' }));
  t.strictSame(contents(path), []);
});

t.test('finishes reading an object that is replaced meanwhile', async (t) => {
  const path = t.testdir();
  const { context } = await start(t, path);
  await put(context, { Key: 'x', Body: LARGE });
  const { Body } = await context.client.send(new GetObjectCommand({ Bucket, Key: 'x' }));
  await put(context, { Key: 'x', Body: 'new' });
  const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
  t.ok(bytes.equals(LARGE));
  t.equal(contents(path).length, 1);
});

t.test('lets the last of concurrent writers win, whole', async (t) => {
  const path = t.testdir();
  const before = await start(t, path);
  const bodies = Array.from({ length: 20 }, (_, i) => Buffer.alloc(50_000 + i, i));
  await Promise.all(bodies.map((Body) => put(before.context, { Key: 'x', Body })));
  const { bytes, ETag } = await get(before.context, { Key: 'x' });
  t.ok(bodies.some((body) => body.equals(bytes)));
  t.equal(contents(path).length, 1);
  await before.stop();
  const { context } = await start(t, path);
  t.equal((await get(context, { Key: 'x' })).ETag, ETag);
});

t.test('lets one of concurrent writers create an object', async (t) => {
  const path = t.testdir();
  const { context } = await start(t, path);
  const writes = Array.from({ length: 10 }, (_, i) =>
    put(context, { Key: 'x', Body: `${i}`, IfNoneMatch: '*' }),
  );
  const outcomes = await Promise.allSettled(writes);
  t.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
  t.equal(contents(path).length, 1);
});

t.test('refuses a stream that does not hold what it promised', async (t) => {
  const path = t.testdir();
  const { context } = await start(t, path);
  const client = context.clientWith({ requestChecksumCalculation: 'WHEN_SUPPORTED' });
  const body = Readable.from([LARGE]);
  const command = new PutObjectCommand({ Bucket, Key: 'x', Body: body, ContentLength: LARGE.length - 1 });
  await t.rejects(client.send(command));
  await fails('NoSuchKey', get(context, { Key: 'x' }));
  while (contents(path).length > 0) await sleep(2);
});

t.test('refuses to start where it must not', async (t) => {
  const path = t.testdir();
  const { endpoint, stop } = await start(t, path);
  const again = (options: object) => startS3({ path, ...CREDENTIALS, ...options });
  await t.rejects(again({}), { message: /in use by a running process/ });
  const other = t.testdir({ other: {} });
  const port = Number(new URL(endpoint).port);
  await t.rejects(again({ path: join(other, 'other'), port }), { code: 'EADDRINUSE' });
  await stop();
  // A start that failed has released its folder.
  await (await again({ path: join(other, 'other') })).stop();
  const environment = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  await t.rejects(again({}), { message: /NODE_ENV=production/ });
  if (environment === undefined) delete process.env.NODE_ENV;
  else process.env.NODE_ENV = environment;
});

t.test('tells the service where it is', async (t) => {
  const { settings, stop } = await startEmbedded({ dataDir: t.testdir(), mongodb: false, bucket: Bucket });
  t.teardown(stop);
  const { S3_ENDPOINT: endpoint = '', S3_REGION: region = '', ...rest } = settings;
  const { S3_ACCESS_KEY_ID: accessKeyId = '', S3_SECRET_ACCESS_KEY: secretAccessKey = '', ...others } = rest;
  t.strictSame(others, { S3_BUCKET: Bucket, S3_FORCE_PATH_STYLE: 'true' });
  const context = { ...createContext({ endpoint, region, accessKeyId, secretAccessKey }), bucket: Bucket };
  t.teardown(context.close);
  await put(context, { Key: 'x', Body: 'x' });
  t.equal((await get(context, { Key: 'x' })).bytes.toString(), 'x');
  await t.rejects(startEmbedded({ dataDir: t.testdirName, mongodb: false }), { message: /in use/ });
  await Promise.all([stop(), stop()]);
});
