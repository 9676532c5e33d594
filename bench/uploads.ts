/*
 * How much memory uploads take: npm run bench:uploads
 * Fifty images of 8 MB at once, to a service in a process of its own; the embedded stores and the clients are here. Linux only (/proc).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import sharp from 'sharp';
import { startEmbedded } from '../embedded/index.js';

const UPLOADS = 50;
const BYTES = 8 * 1000 * 1000;
const MAX_GROWTH_MB = 200;
const SAMPLE_MS = 20;
const KEY = 'bench-key-of-the-widget';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const folder = mkdtempSync(join(tmpdir(), 'uploads-bench-'));
const embedded = await startEmbedded({ dataDir: folder });
const client = await MongoClient.connect(embedded.settings.MONGODB_URI ?? '');

try {
  // the beginning of a JPEG, then anything: nothing looks further while an image arrives
  const anything = () => Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), randomBytes(BYTES - 4)]);
  await run('receiving', 'off', Array.from({ length: UPLOADS }, anything));
  const photo = await noisyPhoto();
  await run(
    'receiving and processing',
    'inline',
    Array.from({ length: UPLOADS }, () => photo),
  );
} finally {
  await client.close();
  await embedded.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function run(name: string, dispatcher: 'off' | 'inline', bodies: Buffer[]): Promise<void> {
  const database = `bench_${dispatcher}`;
  const { child, address } = await startService({ DISPATCHER: dispatcher, MONGODB_DB: database });
  try {
    // what is loaded with the first image is not counted
    const small = await sharp({ create: { width: 64, height: 64, channels: 3, background: 'red' } })
      .jpeg()
      .toBuffer();
    await upload(address, small);
    if (dispatcher === 'inline') await processed(database);
    const before = rssMb(child);
    let most = before;
    const sampling = setInterval(() => {
      most = Math.max(most, rssMb(child));
    }, SAMPLE_MS);
    const started = performance.now();
    const answers = await Promise.all(bodies.map((body) => upload(address, body)));
    const seconds = (performance.now() - started) / 1000;
    const right = dispatcher === 'off' ? await count(bodies, answers) : await processed(database);
    const allSeconds = (performance.now() - started) / 1000;
    clearInterval(sampling);
    const growth = most - before;
    const rate = (bodies.length * BYTES) / 1e6 / seconds;
    const kept = answers.filter(({ status }) => status === 201).length;
    for (const { status, code } of answers) if (status !== 201) console.log(`  not kept: ${status} ${code}`);
    console.log(
      `${name}: ${kept} of ${bodies.length} kept in ${seconds.toFixed(1)} s (${rate.toFixed(0)} MB/s)`,
    );
    console.log(
      dispatcher === 'off'
        ? `  ${right} of ${bodies.length} read back byte by byte as sent`
        : `  ${right - 1} of ${bodies.length} scanned, re-encoded and deleted after ${allSeconds.toFixed(1)} s`,
    );
    console.log(
      `  resident memory ${before.toFixed(0)} MB before, ${most.toFixed(0)} MB at the most: ${growth.toFixed(0)} MB more (limit ${MAX_GROWTH_MB} MB)`,
    );
    if (kept < bodies.length || growth >= MAX_GROWTH_MB) process.exitCode = 1;
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
}

async function startService(env: NodeJS.ProcessEnv): Promise<{ child: ChildProcess; address: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/server.ts'], {
    env: {
      ...process.env,
      ...embedded.settings,
      CONCIERGE_API_KEY: KEY,
      ANALYTICS_SALT: 'salt-of-the-bench',
      PORT: '0',
      // as in the image
      MALLOC_ARENA_MAX: '2',
      RATE_LIMIT_PER_SESSION: '0',
      RATE_LIMIT_BURST: '0',
      UNSCANNED_IMAGES: 'clean',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /listening at (http:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1];
    if (!address) continue;
    child.stdout.resume();
    return { child, address };
  }
  throw new Error('The service has not started');
}

interface Answer {
  status: number;
  url: string;
  /** Of a refusal. */
  code: string;
}

async function upload(address: string, body: Buffer): Promise<Answer> {
  const form = new FormData();
  form.append('sessionId', 'bench');
  form.append('file', new Blob([new Uint8Array(body)], { type: 'image/jpeg' }), 'photo.jpg');
  const response = await fetch(`${address}/api/concierge/inspiration`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}` },
    body: form,
  });
  const { url = '', code = '' } = (await response.json()) as Partial<Answer>;
  return { status: response.status, url, code };
}

/** How many of them are in the store as they were sent. */
async function count(bodies: Buffer[], answers: { url: string }[]): Promise<number> {
  let right = 0;
  for (const [nth, { url }] of answers.entries()) {
    const bytes = Buffer.from(await (await fetch(url)).arrayBuffer());
    if (sha256(bytes) === sha256(bodies[nth] ?? Buffer.alloc(0))) right += 1;
  }
  if (right < bodies.length) process.exitCode = 1;
  return right;
}

/** Resolves when nothing is pending any more, with how many images are clean. */
async function processed(database: string): Promise<number> {
  const images = client.db(database).collection('widgetInspiration');
  while ((await images.countDocuments({ nextDeliveryAt: { $exists: true } })) > 0) await wait(50);
  return images.countDocuments({ moderationStatus: 'clean' });
}

/** About 8 MB, since noise cannot be compressed: some 12 million pixels, as phones take them. */
async function noisyPhoto(): Promise<Buffer> {
  const noise = { type: 'gaussian' as const, mean: 128, sigma: 20 };
  const image = sharp({ create: { width: 4000, height: 3000, channels: 3, background: 'grey', noise } });
  for (let quality = 90; ; quality -= 5) {
    const bytes = await image.clone().jpeg({ quality }).toBuffer();
    if (bytes.length <= BYTES * 1.1) return bytes;
  }
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function rssMb({ pid }: ChildProcess): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}
