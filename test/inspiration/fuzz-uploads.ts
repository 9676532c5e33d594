/*
 * Sends random images to the service in production form, and watches that nothing breaks of it.
 *
 *   npm run fuzz:uploads                   20,000 (FUZZ_UPLOADS) from a new seed
 *   npm run fuzz:uploads -- <seed>         the same ones again
 *   npm run fuzz:uploads -- <seed> <n>     the one of that number
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { ListMultipartUploadsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { randomFrom } from '../../embedded/test/mongodb/fuzz/random.js';
import { isMain } from '../../scripts/run.js';
import { KEYS, startTarget, type Target } from '../attack/target.js';
import { file, form, PNG, session } from '../images.js';
import { oddUpload, realImages } from './odd-images.js';

const UPLOADS = 20_000;
/** What the service and its decoders may have together. */
const MAX_MEMORY_BYTES = 512 * 1024 * 1024;
const AT_ONCE = 8;
/** Images that wait to be processed: sending waits for them. */
const MAX_BACKLOG = 3;
const WATCH_MS = 100;
const PATH = '/api/concierge/inspiration';
const HEADERS = { authorization: `Bearer ${KEYS.widget}` };
const WAITING = { nextDeliveryAt: { $exists: true } };

export interface Fuzzed {
  seed: string;
  sent: number;
  seconds: number;
  /** How often each status came; `broken off` are those of which only a part was sent. */
  answers: Record<string, number>;
  /** What became of those that were taken. */
  images: Record<string, number>;
  /** Decoders that were seen, and the most memory that they and the service had together; undefined where there is no /proc. */
  decoders: number;
  peakBytes: number | undefined;
  /** The service, and each decoder. */
  peakParts: string;
  /** What ought not to be: in words, with the numbers of the uploads. */
  faults: string[];
}

interface FuzzOptions {
  tell?: (text: string) => void;
}

/** Sends the uploads of these numbers, made from the seed, and says what came of it. */
export async function fuzzUploads(
  seed: string,
  numbers: readonly number[],
  { tell = () => {} }: FuzzOptions = {},
): Promise<Fuzzed> {
  const env = { DISPATCHER: 'inline', DELIVERY_SCHEDULE: '1s 1s 1s 1s', UNSCANNED_IMAGES: 'clean' };
  const target = await startTarget(env);
  const memory = watchMemory(target.pid);
  const kept = target.db.collection('widgetInspiration');
  const answers: Record<string, number> = {};
  const faults: string[] = [];
  const begun = performance.now();
  const seconds = () => Math.round((performance.now() - begun) / 1000);
  let next = 0;

  async function sendSome(images: Awaited<ReturnType<typeof realImages>>): Promise<void> {
    for (let nth = next++; nth < numbers.length; nth = next++) {
      const number = numbers[nth] ?? 0;
      const { name, parts, sentShare } = oddUpload(randomFrom(`${seed} ${number}`), `fuzz-${number}`, images);
      const request = form(HEADERS, parts);
      const came = await (sentShare === undefined
        ? send(target, request)
        : breakOff(target, request, sentShare));
      answers[came] = (answers[came] ?? 0) + 1;
      if (/^5|no answer/.test(came)) faults.push(`upload ${number} (${name}) was answered ${came}`);
      while ((await kept.countDocuments(WAITING)) > MAX_BACKLOG) await wait(5);
      if ((nth + 1) % 1000 === 0)
        tell(`${nth + 1} sent, ${seconds()} s, at most ${inMegabytes(memory.peak())}`);
    }
  }

  try {
    const images = await realImages();
    await Promise.all(Array.from({ length: AT_ONCE }, () => sendSome(images)));
    // as many at once as there are places: each of them is free again
    const honest = (_: unknown, n: number) =>
      send(target, form(HEADERS, [session(`honest-${n}`), file(PNG)]));
    for (const came of await Promise.all(Array.from({ length: AT_ONCE }, honest)))
      if (came !== '201') faults.push(`an honest upload afterwards was answered ${came}`);
    await settled(target, faults);
    if (!target.isUp()) faults.push('the service has died');
    const peakBytes = memory.peak();
    if (peakBytes !== undefined && peakBytes > MAX_MEMORY_BYTES)
      faults.push(`${inMegabytes(peakBytes)} of memory`);
    const decided: Record<string, number> = {};
    for await (const { moderationStatus, reason = '' } of kept.find()) {
      const what = `${moderationStatus} ${reason}`.trim();
      decided[what] = (decided[what] ?? 0) + 1;
    }
    const sent = numbers.length;
    return {
      seed,
      sent,
      seconds: seconds(),
      answers,
      images: decided,
      decoders: memory.decoders(),
      peakBytes,
      peakParts: memory.parts(),
      faults,
    };
  } finally {
    memory.stop();
    await target.stop();
  }
}

/** Waits until all that was taken is processed, then says what is left that ought to have gone. */
async function settled({ db, send, settings }: Target, faults: string[]): Promise<void> {
  const kept = db.collection('widgetInspiration');
  while ((await kept.countDocuments(WAITING)) > 0) await wait(50);
  for (const { sessionId, deliveries } of await kept.find({ 'deliveries.state': { $ne: 'done' } }).toArray())
    faults.push(`${sessionId} was not processed: ${JSON.stringify(deliveries)}`);
  const { text } = await send('/metrics', { key: 'staff' });
  const [, inProgress] = /^uploads_in_progress (\d+)/m.exec(text) ?? [];
  if (inProgress !== '0') faults.push(`${inProgress} uploads are said to be in progress`);
  const {
    S3_ENDPOINT: endpoint,
    S3_REGION: region,
    S3_BUCKET: Bucket,
    S3_ACCESS_KEY_ID: accessKeyId = '',
    S3_SECRET_ACCESS_KEY: secretAccessKey = '',
  } = settings;
  const store = new S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
  const left = async () => {
    const { Uploads = [] } = await store.send(new ListMultipartUploadsCommand({ Bucket }));
    const { Contents = [] } = await store.send(new ListObjectsV2Command({ Bucket, Prefix: 'incoming/' }));
    return [...Uploads, ...Contents].map(({ Key = '' }) => Key);
  };
  // what a store performs late is looked for once more after ten seconds
  for (let look = 0; look < 150 && (await left()).length > 0; look++) await wait(100);
  for (const key of await left()) faults.push(`${key} is left in the store`);
  store.destroy();
}

type Form = ReturnType<typeof form>;

const send = ({ address }: Target, { headers, payload }: Form): Promise<string> =>
  fetch(`${address}${PATH}`, { method: 'POST', headers, body: payload }).then(
    async (answer) => {
      await answer.arrayBuffer();
      return String(answer.status);
    },
    (error: Error) => `no answer: ${error.cause ?? error}`,
  );

async function breakOff({ address }: Target, { headers, payload }: Form, share: number): Promise<string> {
  const lines = Object.entries({ ...headers, host: 'x', 'content-length': payload.length }).map((line) =>
    line.join(': '),
  );
  const request = Buffer.concat([
    Buffer.from(`POST ${PATH} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`),
    payload,
  ]);
  const socket = connect(Number(new URL(address).port), '127.0.0.1')
    .on('error', () => {})
    .resume();
  await once(socket, 'connect');
  await new Promise<void>((sent) =>
    socket.write(request.subarray(0, share * (request.length - 1)), () => sent()),
  );
  socket.destroy();
  return 'broken off';
}

/** Of the service and of what it has started that is Node: its decoders. */
function watchMemory(service: number) {
  const decoders = new Set<number>();
  let peak: number | undefined;
  let parts = '';
  const look = () => {
    const own = processes().filter(
      ({ pid, parent, name }) => pid === service || (parent === service && name === 'node'),
    );
    for (const { pid } of own) if (pid !== service) decoders.add(pid);
    const bytes = own.reduce((sum, one) => sum + one.bytes, 0);
    if (bytes <= (peak ?? 0)) return;
    peak = bytes;
    parts = own.map((one) => inMegabytes(one.bytes)).join(' + ');
  };
  const timer = setInterval(look, WATCH_MS);
  return {
    peak: () => peak,
    parts: () => parts,
    decoders: () => decoders.size,
    stop: () => clearInterval(timer),
  };
}

function processes(): { pid: number; parent: number; name: string; bytes: number }[] {
  try {
    return readdirSync('/proc')
      .filter((entry) => /^\d+$/.test(entry))
      .flatMap((entry) => {
        try {
          const text = readFileSync(`/proc/${entry}/status`, 'utf8');
          const field = (name: string) => new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(text)?.[1] ?? '';
          return [
            {
              pid: Number(entry),
              parent: Number(field('PPid')),
              name: field('Name'),
              bytes: Number(field('VmRSS')) * 1024,
            },
          ];
        } catch {
          // has ended meanwhile
          return [];
        }
      });
  } catch {
    return [];
  }
}

const inMegabytes = (bytes: number | undefined): string =>
  bytes === undefined ? 'unknown memory' : `${Math.round(bytes / 1024 / 1024)} MB`;

if (isMain(import.meta.url)) {
  const [seed = randomBytes(6).toString('hex'), only] = process.argv.slice(2);
  const count = Number(process.env.FUZZ_UPLOADS || UPLOADS);
  console.log(`seed ${seed}`);
  const numbers = only === undefined ? Array.from({ length: count }, (_, n) => n) : [Number(only)];
  const { faults, ...fuzzed } = await fuzzUploads(seed, numbers, { tell: console.log });
  console.log({ ...fuzzed, peakBytes: inMegabytes(fuzzed.peakBytes) });
  for (const fault of faults) console.log(`FAULT ${fault}`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
