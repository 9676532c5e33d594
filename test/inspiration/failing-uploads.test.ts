import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { randomFrom } from '../../embedded/test/mongodb/fuzz/random.js';
import { makeBucket } from '../bucket.js';
import { build, database, environment, KEY } from '../helper.js';
import { file, form, PNG, session, sized } from '../images.js';
import { refused } from '../problem.js';
import { FAULTS, type Step, startProxy } from './s3-proxy.js';

const PATH = '/api/concierge/inspiration';
const BUCKET = `concierge-failing-${process.pid}`;
/** Larger than a part: sent in two. */
const LARGE = sized(5 * 1024 * 1024 + 70_000);

const db = await database(t);
const { S3_ENDPOINT = '' } = await environment(db);
const { endpoint, faults, failed } = await startProxy(t, S3_ENDPOINT);
const { app, config } = await build(t, {
  db,
  env: { S3_BUCKET: BUCKET, S3_ENDPOINT: endpoint, S3_TIMEOUT_MS: '1000' },
});
const bucket = await makeBucket(t, { ...config.storage, endpoint: S3_ENDPOINT });
const images = db.collection('widgetInspiration');

const headers = { authorization: `Bearer ${KEY}` };
const send = (body: Buffer) =>
  app.inject({ method: 'POST', url: PATH, ...form(headers, [session('s'), file(body)]) });

/** Resolves when the store and the database have nothing, as they are to have after every failure. */
async function nothingLeft(t: Test, name: string) {
  const left = async () => [...(await bucket.keys()), ...(await bucket.openUploads())];
  // what could not be cleared away at once is cleared away a little later
  for (let nth = 0; nth < 200 && (await left()).length > 0; nth++) await wait(25);
  t.same([await left(), await images.countDocuments()], [[], 0], `${name}: nothing is left`);
}

/** A machine under load may need another attempt within such a short limit. */
async function worksAgain(t: Test, name: string) {
  for (let nth = 0; nth < 10; nth++) {
    const answer = await send(PNG);
    if (answer.statusCode !== 201) continue;
    await bucket.remove(`incoming/${answer.json().inspirationId}.png`);
    await images.deleteMany({});
    return t.pass(`${name}: then it works again`);
  }
  t.fail(`${name}: it does not work again`);
}

t.test(
  'inspiration: whichever request to the store fails, and however: a 503, and nothing is left',
  async (t) => {
    const steps: [step: Step, body: Buffer][] = [
      ['put', PNG],
      ['create', LARGE],
      ['part', LARGE],
      ['complete', LARGE],
    ];
    for (const [step, body] of steps)
      for (const fault of FAULTS) {
        const name = `${fault} at ${step}`;
        const before = failed();
        faults.set(step, fault);
        // within such a short limit, a machine under load may already fail at another step
        for (let nth = 0; nth < 10 && failed() === before; nth++)
          refused(t, await send(body), { status: 503, code: 'service.unavailable' }, name);
        t.ok(failed() > before, 'it was that request');
        faults.clear();
        await nothingLeft(t, name);
      }
    await worksAgain(t, 'after all that');
  },
);

t.test('inspiration: what cannot be cleared away at once is cleared away later', async (t) => {
  const steps: [step: Step, failing: Step, body: Buffer][] = [
    ['list', 'create', LARGE],
    ['abort', 'part', LARGE],
    ['delete', 'put', PNG],
  ];
  for (const [step, failing, body] of steps) {
    faults.set(step, 'error');
    // performed, but the service does not learn of it
    faults.set(failing, failing === 'part' ? 'error' : 'lose');
    refused(t, await send(body), { status: 503, code: 'service.unavailable' }, `${step} and ${failing}`);
    t.not(
      (await bucket.keys()).length + (await bucket.openUploads()).length,
      0,
      'something is left at first',
    );
    faults.clear();
    await nothingLeft(t, `${step} and ${failing}`);
  }
  await worksAgain(t, 'and after that');
});

t.test(
  'inspiration: a thousand uploads that break off anywhere leave nothing, and give their places back',
  async (t) => {
    const random = randomFrom('breaking off');
    const { app, db } = await build(t, { env: { S3_BUCKET: BUCKET, UPLOADS_AT_ONCE: '4' } });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as AddressInfo;

    /** Sends so much of an upload, then is gone. */
    async function breakOff(body: Buffer, share: number) {
      const { headers: lines, payload } = form(headers, [session('broken'), file(body)]);
      const all = { ...lines, host: 'x', 'content-length': payload.length };
      const head = Object.entries(all).map((line) => line.join(': '));
      const request = Buffer.concat([
        Buffer.from(`POST ${PATH} HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n`),
        payload,
      ]);
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.resume();
      await once(socket, 'connect');
      // at the most all but the last byte
      await new Promise<void>((sent) =>
        socket.write(request.subarray(0, share * (request.length - 1)), () => sent()),
      );
      socket.destroy();
      await once(socket, 'close');
    }

    const sizes = Array.from({ length: 1000 }, (_, nth) => (nth % 100 === 0 ? LARGE : sized(20_000)));
    for (let nth = 0; nth < sizes.length; nth += 20)
      await Promise.all(
        sizes.slice(nth, nth + 20).map((body) => breakOff(body, random.below(10_000) / 10_000)),
      );
    const whole = await app.inject({
      method: 'POST',
      url: PATH,
      ...form(headers, [session('whole'), file()]),
    });
    t.equal(whole.statusCode, 201, 'and every place is free again');
    const inProgress = async () => (await app.metrics.uploadsInProgress.get()).values[0]?.value ?? 0;
    while ((await inProgress()) > 0) await wait(10);
    const kept = await db.collection('widgetInspiration').find().toArray();
    t.same(
      kept.map(({ sessionId }) => sessionId),
      ['whole'],
    );
    await bucket.remove(`incoming/${whole.json().inspirationId}.png`);
    await nothingLeft(t, 'broken off');
  },
);

t.test(
  'inspiration: uploads that stall lose their places, whether their senders stay or leave',
  async (t) => {
    const env = { S3_BUCKET: BUCKET, UPLOADS_AT_ONCE: '2', UPLOAD_STALLED_MS: '200' };
    const { app, db } = await build(t, { env });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as AddressInfo;
    const { headers: lines, payload } = form(headers, [session('stalled'), file(sized(30_000))]);
    const head = Object.entries({ ...lines, host: 'x', 'content-length': payload.length }).map((line) =>
      line.join(': '),
    );
    const start = async (bytes: number) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.resume();
      await once(socket, 'connect');
      socket.write(`POST ${PATH} HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n`);
      socket.write(payload.subarray(0, bytes));
      return socket;
    };
    // within the first bytes that tell a type, behind them, and before the file
    const stalled = await Promise.all([50, 1000, 20_000, payload.length - 1].map(start));
    const left = await Promise.all([50, 20_000].map(start));
    for (const socket of left) socket.destroy();
    await Promise.all(stalled.map((socket) => once(socket, 'close')));
    const answers = await Promise.all(
      [1, 2, 3].map(() =>
        app.inject({ method: 'POST', url: PATH, ...form(headers, [session('whole'), file()]) }),
      ),
    );
    t.same(
      answers.map(({ statusCode }) => statusCode),
      [201, 201, 201],
    );
    const inProgress = async () => (await app.metrics.uploadsInProgress.get()).values[0]?.value ?? 0;
    while ((await inProgress()) > 0) await wait(10);
    t.equal(await db.collection('widgetInspiration').countDocuments({ sessionId: 'stalled' }), 0);
    for (const answer of answers) await bucket.remove(`incoming/${answer.json().inspirationId}.png`);
    await nothingLeft(t, 'stalled');
  },
);
