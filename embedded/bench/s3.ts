import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { isMain } from '../../scripts/run.js';
import { startS3 } from '../s3/index.js';

/*
 * How much the embedded S3 takes and gives, through the official client and its options in the service. Client and
 * server share one process here, so that these are figures of both together.
 */

const Bucket = 'bench';
const SMALL = randomBytes(10 * 1024);
const LARGE = randomBytes(64 * 1024 * 1024);
const SMALL_COUNT = 2_000;
const LARGE_COUNT = 8;
const CONCURRENCY = 16;

export interface S3Figures {
  putsPerSecond: number;
  getsPerSecond: number;
  putMegabytesPerSecond: number;
  getMegabytesPerSecond: number;
}

type Action = (client: S3Client, number: number) => Promise<unknown>;

const putSmall: Action = (client, number) =>
  client.send(new PutObjectCommand({ Bucket, Key: `small/${number}`, Body: SMALL }));
const putLarge: Action = (client, number) =>
  client.send(new PutObjectCommand({ Bucket, Key: `large/${number}`, Body: LARGE }));
const getSmall: Action = (client, number) => read(client, `small/${number}`);
const getLarge: Action = (client, number) => read(client, `large/${number}`);

async function read(client: S3Client, Key: string): Promise<void> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
  // As a stream that is thrown away: collecting it would measure the collecting.
  for await (const _ of Body?.transformToWebStream() ?? []);
}

/** Times per second, after a round to warm up. */
async function rate(client: S3Client, action: Action, count: number, concurrency: number): Promise<number> {
  await action(client, 0);
  const start = performance.now();
  let next = 0;
  const worker = async () => {
    while (next < count) await action(client, next++);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return (count * 1000) / (performance.now() - start);
}

export async function benchS3(): Promise<S3Figures> {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const path = mkdtempSync(join(tmpdir(), 'bench-s3-'));
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
  const server = await startS3({ path, ...credentials, buckets: [Bucket] });
  const client = new S3Client({
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { httpAgent: { maxSockets: CONCURRENCY } },
  });
  const megabytes = LARGE.length / 1_000_000;
  try {
    return {
      putsPerSecond: await rate(client, putSmall, SMALL_COUNT, CONCURRENCY),
      getsPerSecond: await rate(client, getSmall, SMALL_COUNT, CONCURRENCY),
      putMegabytesPerSecond: megabytes * (await rate(client, putLarge, LARGE_COUNT, 1)),
      getMegabytesPerSecond: megabytes * (await rate(client, getLarge, LARGE_COUNT, 1)),
    };
  } finally {
    client.destroy();
    await server.stop();
    rmSync(path, { recursive: true, force: true });
  }
}

export function printS3(figures: S3Figures): void {
  const row = (text: string, figure: number) => console.log(`${text.padEnd(44)}${Math.round(figure)}`);
  row(`put 10 KB, ${CONCURRENCY} at once, objects/s`, figures.putsPerSecond);
  row(`get 10 KB, ${CONCURRENCY} at once, objects/s`, figures.getsPerSecond);
  row('put 64 MB, MB/s', figures.putMegabytesPerSecond);
  row('get 64 MB, MB/s', figures.getMegabytesPerSecond);
}

if (isMain(import.meta.url)) printS3(await benchS3());
