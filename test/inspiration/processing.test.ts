import { setImmediate } from 'node:timers/promises';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import t, { type Test } from 'tap';
import { openCollections } from '../../src/collections.js';
import { createClamd, type Scan } from '../../src/domain/inspiration/clamd.js';
import type { Inspiration } from '../../src/domain/inspiration/inspiration.js';
import { createInspirationRepository } from '../../src/domain/inspiration/repository.js';
import { type ImageReview, reviewImage } from '../../src/domain/inspiration/review-image.js';
import { createRenderer } from '../../src/domain/inspiration/run-decoder.js';
import { makeBucket } from '../bucket.js';
import { handlersOf } from '../connectors/handlers.js';
import { build, database, ENCRYPTION, KEY } from '../helper.js';
import { file, form, HEIC, iso, JPEG, type Part, PNG, session } from '../images.js';
import { outbox, START } from '../outbox/outbox.js';
import { EICAR, hasClamd, startClamd, startScanner } from './clamd-server.js';
import { bomb } from './corpus.js';

const BUCKET = `concierge-processing-${process.pid}`;
const db = await database(t);
const { app, config } = await build(t, { db, now: () => START, env: { S3_BUCKET: BUCKET } });
const bucket = await makeBucket(t, config.storage);
const images = createInspirationRepository(openCollections(db).widgetInspiration);
const collection = db.collection<Inspiration>('widgetInspiration');

const render = createRenderer(config.images);
const CLEAN: Scan = async () => ({ clean: true });
const photo = (width = 40, height = 20) =>
  sharp({ create: { width, height, channels: 3, background: '#c08040' } });

async function upload(body: Buffer, fileName = '', to = app) {
  const parts: Part[] = [session('s'), file(body, fileName, '')];
  const headers = { authorization: `Bearer ${KEY}` };
  const response = await to.inject({
    method: 'POST',
    url: '/api/concierge/inspiration',
    ...form(headers, parts),
  });
  if (response.statusCode !== 201) throw new Error(response.body);
  return response.json();
}

const stored = async (inspirationId: string): Promise<Inspiration> => {
  const image = await images.find(inspirationId);
  if (!image) throw new Error('There is no such image');
  return image;
};

/** A dispatcher that works on images and nothing else, with this scanner; its clock is the test's. */
async function worker(
  t: Test,
  scan: Scan | 'none' = CLEAN,
  { storage = app.storage, trustUnscanned = false } = {},
) {
  const logged: string[] = [];
  const log = { warn: (_: object, message: string) => void logged.push(message) };
  const tools = {
    images,
    storage,
    scan: scan === 'none' ? undefined : scan,
    render,
    trustUnscanned,
    now: () => START,
  };
  const handlers = handlersOf(
    { images: { name: 'images', limits: { concurrency: 2 } } },
    { imageTools: tools, log },
  );
  const { dispatcher, move } = await outbox(t, { db, handlers });
  return { drain: () => dispatcher.drain(), move, logged };
}

/** A chunk of a PNG; nobody looks at its checksum before it is left out. */
function pngChunk(name: string, data: Buffer): Buffer {
  const chunk = Buffer.alloc(12 + data.length);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write(name, 4, 'latin1');
  data.copy(chunk, 8);
  return chunk;
}

/** Everything that can be fetched of an image. */
async function objectsOf(inspirationId: string) {
  const keys = (await bucket.keys()).filter((key) => key.includes(inspirationId));
  return Promise.all(keys.map(async (key) => ({ key, ...(await bucket.get(key)) })));
}

t.test(
  'inspiration: a photo becomes two upright pictures, and nothing that it carried is left',
  async (t) => {
    const where = { GPSLatitudeRef: 'N', GPSLatitude: '48/1 12/1 30/1', GPSLongitude: '16/1 22/1 0/1' };
    const taken = await photo(3000, 2000)
      .withExif({ IFD0: { Artist: 'SECRET-ARTIST' }, IFD3: where })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    t.ok((await sharp(taken).metadata()).exif?.includes('SECRET-ARTIST'), 'the photo says who and where');
    const { inspirationId, url } = await upload(
      Buffer.concat([taken, Buffer.from('TRAILING-PAYLOAD')]),
      'a.jpg',
    );
    const shown = async () => app.inject({ url: url.replace(/^https?:\/\/[^/]+/, '') });
    const before = await shown();
    t.match(
      [before.statusCode, before.headers['content-type'], before.headers['cache-control']],
      [200, 'image/png', 'no-store'],
      'a placeholder, until there is a picture',
    );

    await (await worker(t)).drain();
    const image = await stored(inspirationId);
    const web = { key: `inspiration/${inspirationId}/web.jpg`, contentType: 'image/jpeg' };
    const thumbnail = { key: `inspiration/${inspirationId}/thumbnail.jpg`, contentType: 'image/jpeg' };
    t.match(image, {
      moderationStatus: 'clean',
      version: 2,
      history: [{ action: 'kept' }, { action: 'processed', by: 'service' }],
      deliveries: [{ state: 'done', attempts: 1 }],
      renditions: {
        web: { ...web, width: 1067, height: 1600 },
        thumbnail: { ...thumbnail, width: 213, height: 320 },
      },
    });
    t.notOk(image.originalKey || image.reason || image.nextDeliveryAt);
    const picture = await shown();
    t.match(
      [picture.statusCode, picture.headers['content-type']],
      [200, 'image/jpeg'],
      'at the same address',
    );
    t.match(picture.headers['content-disposition'], /^inline; filename="insp_[\w-]+"/);
    t.equal((await sharp(picture.rawPayload).metadata()).height, 1600);
    t.equal(
      (await app.inject({ url: picture.raw.req.url?.replace('size=web', 'size=thumbnail') ?? '' }))
        .statusCode,
      404,
      'each size is signed',
    );
    const objects = await objectsOf(inspirationId);
    t.same(
      objects.map(({ key }) => key),
      [thumbnail.key, web.key],
    );
    for (const { bytes, key, ContentType, ServerSideEncryption } of objects) {
      const metadata = await sharp(bytes).metadata();
      t.equal(metadata.format, 'jpeg', key);
      for (const field of ['exif', 'icc', 'iptc', 'xmp', 'orientation'] as const)
        t.equal(metadata[field], undefined, field);
      for (const text of ['Exif', 'GPS', 'SECRET-ARTIST', 'TRAILING-PAYLOAD'])
        t.notOk(bytes.includes(text), text);
      t.match(
        { ContentType, ServerSideEncryption },
        { ContentType: 'image/jpeg', ServerSideEncryption: ENCRYPTION },
      );
    }
    const { sessionId } = await stored(inspirationId);
    t.same(
      await images.cleanOf(sessionId, ['insp_unknown', inspirationId]),
      [inspirationId],
      'it may be linked',
    );
    t.same(await images.cleanOf('another', [inspirationId]), [], 'by its own session only');
  },
);

t.test('inspiration: each kind of file, and what becomes of it', async (t) => {
  const moving = await sharp([await photo().png().toBuffer(), await photo().negate().png().toBuffer()], {
    join: { animated: true },
  })
    .gif()
    .toBuffer();
  const jpeg = await photo(400, 300).jpeg().toBuffer();
  const avif = await photo(64, 64)
    .withExif({ IFD0: { Artist: 'SECRET' } })
    .avif({ effort: 0 })
    .toBuffer();
  const damaged = avif.subarray(0, avif.length / 2);
  const png = await photo(8, 8).png().toBuffer();
  const text = pngChunk('zTXt', Buffer.concat([Buffer.from('k\0\0'), deflateSync(Buffer.alloc(40_000_000))]));
  const packed = Buffer.concat([
    png.subarray(0, 33),
    ...Array.from({ length: 6 }, () => text),
    png.subarray(33),
  ]);
  const wide = await sharp({ create: { width: 40_000, height: 4, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  const cases: [name: string, bytes: Buffer, expected: object][] = [
    ['a PNG', await photo().png().toBuffer(), { moderationStatus: 'clean', reason: undefined }],
    ['a PNG of one pixel', PNG, { moderationStatus: 'clean' }],
    ['a WebP', await photo().webp().toBuffer(), { moderationStatus: 'clean' }],
    ['an AVIF', await photo().avif({ effort: 0 }).toBuffer(), { moderationStatus: 'clean' }],
    ['a moving GIF', moving, { moderationStatus: 'clean', renditions: { web: { width: 40, height: 20 } } }],
    ['a HEIC', HEIC, { moderationStatus: 'clean', renditions: { web: { width: 64, height: 48 } } }],
    ['the beginning of a HEIC', iso('heic'), { moderationStatus: 'rejected', reason: 'not_decodable' }],
    ['a JPEG without its end', jpeg.subarray(0, -2), { moderationStatus: 'clean' }],
    ['a damaged AVIF', damaged, { moderationStatus: 'rejected', reason: 'not_decodable' }],
    ['a PNG with packed texts of 240 MB', packed, { moderationStatus: 'clean' }],
    ['a PNG of rows that are too long', wide, { moderationStatus: 'rejected', reason: 'too_many_pixels' }],
    ['the beginning of a JPEG', JPEG, { moderationStatus: 'rejected', reason: 'unreadable' }],
    [
      'half a JPEG',
      jpeg.subarray(0, jpeg.length / 2),
      { moderationStatus: 'rejected', reason: 'unreadable' },
    ],
    ['a bomb', bomb(20_000), { moderationStatus: 'rejected', reason: 'too_many_pixels' }],
    [
      'a GIF that is a program',
      Buffer.from('GIF89a=1;alert(1)//'),
      { moderationStatus: 'rejected', reason: 'unreadable' },
    ],
  ];
  const ids: string[] = [];
  for (const [, bytes] of cases) ids.push((await upload(bytes)).inspirationId);
  const { drain, move } = await worker(t);
  await drain();
  // two at once, two wait, and the rest comes again when there may be room
  for (let nth = 0; nth < cases.length / 2; nth++) {
    move(1000);
    await drain();
  }
  for (const [nth, [name, , expected]] of cases.entries()) {
    const image = await stored(ids[nth] ?? '');
    t.match(image, { ...expected, version: 2, deliveries: [{ state: 'done' }] }, name);
    const keys = (await objectsOf(image.inspirationId)).map(({ key }) => key);
    const { moderationStatus } = image;
    if (moderationStatus === 'rejected') t.same(keys, [], `nothing is left of ${name}`);
    else t.equal(keys.length, 2, name);
  }
});

t.test('inspiration: only an explicit OK is clean', async (t) => {
  const say = (text: string) => (_: Buffer, socket: { end(text: string): unknown }) => void socket.end(text);
  const answers: [name: string, answer: Parameters<typeof startScanner>[1], expected: object][] = [
    ['OK', say('stream: OK\0'), { moderationStatus: 'clean' }],
    ['FOUND', say('stream: Eicar-Test FOUND\0'), { moderationStatus: 'rejected', reason: 'infected' }],
    ['an error', say('INSTREAM size limit exceeded. ERROR\0'), { moderationStatus: 'pending_review' }],
    ['an OK that is cut off', say('stream: OK'), { moderationStatus: 'pending_review' }],
    ['another OK', say('UNKNOWN COMMAND OK\0'), { moderationStatus: 'pending_review' }],
    ['nothing', say(''), { moderationStatus: 'pending_review' }],
    ['silence', () => {}, { moderationStatus: 'pending_review' }],
    ['no end', (_, socket) => void socket.write('x'.repeat(5000)), { moderationStatus: 'pending_review' }],
    ['a reset', (_, socket) => void socket.resetAndDestroy(), { moderationStatus: 'pending_review' }],
  ];
  const bytes = await photo(800, 600).jpeg().toBuffer();
  for (const [name, answer, expected] of answers) {
    let scanned: Buffer | undefined;
    const port = await startScanner(t, (stream, socket) => {
      scanned = stream;
      answer(stream, socket);
    });
    const { inspirationId } = await upload(bytes);
    const { drain, logged } = await worker(t, createClamd({ host: '127.0.0.1', port, timeoutMs: 150 }));
    await drain();
    const image = await stored(inspirationId);
    t.match(image, expected, name);
    t.ok(scanned?.equals(bytes), 'it has been given the whole file');
    const keys = (await objectsOf(inspirationId)).map(({ key }) => key);
    if (image.moderationStatus === 'clean') continue;
    if (image.moderationStatus === 'rejected') {
      t.same(keys, [], 'an infected image is deleted');
      t.match(image.history.at(-1), { action: 'rejected', note: 'infected: Eicar-Test' });
      t.same(logged, ['an image was infected and has been deleted']);
    } else {
      t.match(
        image.deliveries,
        [{ state: 'pending', attempts: 1, lastError: /\w/ }],
        'it is asked again later',
      );
      t.same(keys, [image.originalKey], 'and nothing has been made of it');
    }
    await collection.deleteOne({ inspirationId });
  }
});

t.test('inspiration: without a scanner an image is re-encoded, and waits for a person or not', async (t) => {
  const waiting = await upload(PNG);
  await (await worker(t, 'none')).drain();
  const image = await stored(waiting.inspirationId);
  t.match(image, {
    moderationStatus: 'pending_review',
    reason: 'not_scanned',
    renditions: { web: { width: 1 } },
  });
  t.same(await images.cleanOf(image.sessionId, [image.inspirationId]), []);
  const trusted = await upload(PNG);
  await (await worker(t, 'none', { trustUnscanned: true })).drain();
  t.match(await stored(trusted.inspirationId), { moderationStatus: 'clean' });
});

/** The store, of which the nth call of a kind fails. */
function failingAt(step: 'read' | 'put' | 'remove', nth: number) {
  let calls = 0;
  const fail = async (name: string) => {
    if (name === step && ++calls === nth) throw new Error(`the store fails at ${step}`);
  };
  const { read, put, remove } = app.storage;
  return {
    ...app.storage,
    read: (...args: Parameters<typeof read>) => fail('read').then(() => read(...args)),
    put: (...args: Parameters<typeof put>) => fail('put').then(() => put(...args)),
    remove: (...args: Parameters<typeof remove>) => fail('remove').then(() => remove(...args)),
  };
}

t.test('inspiration: whatever fails on the way is done again, and comes to the same', async (t) => {
  for (const step of ['read', 'put', 'remove'] as const)
    for (const failing of [1, 2]) {
      const { inspirationId } = await upload(await photo().jpeg().toBuffer());
      const storage = failingAt(step, failing);
      const { drain, move } = await worker(t, CLEAN, { storage });
      await drain();
      move(60_000);
      await drain();
      const image = await stored(inspirationId);
      t.match(image, { moderationStatus: 'clean', deliveries: [{ state: 'done' }] }, `${step} ${failing}`);
      t.equal((await objectsOf(inspirationId)).length, 2);
    }
  const lost = await upload(PNG);
  await bucket.remove(`incoming/${lost.inspirationId}.png`);
  await (await worker(t)).drain();
  t.match(await stored(lost.inspirationId), { moderationStatus: 'rejected', reason: 'gone' });
});

t.test('inspiration: an image that is erased while it is processed leaves nothing', async (t) => {
  for (const bytes of [PNG, HEIC]) {
    const { inspirationId } = await upload(bytes);
    const erase: Scan = async () => {
      await collection.deleteOne({ inspirationId });
      return { clean: true };
    };
    await (await worker(t, erase)).drain();
    t.same(await objectsOf(inspirationId), []);
  }
});

t.test('inspiration: the staff approves or rejects the version that it has looked at', async (t) => {
  const review = async (image: Inspiration, change: Partial<ImageReview> = {}) =>
    reviewImage(images, image, { action: 'approve', by: 'Ada', version: image.version, ...change }, START);
  const { inspirationId } = await upload(PNG);
  const sent = await stored(inspirationId);
  t.match(await review(sent), { outcome: 'not_allowed' }, 'not before it has been processed');
  const { drain } = await worker(t, 'none');
  await drain();
  const processed = await stored(inspirationId);
  t.match(await review(processed, { version: 1 }), { outcome: 'changed' });
  const [first, second] = await Promise.all([review(processed), review(processed, { action: 'reject' })]);
  t.same([first.outcome, second.outcome].sort(), ['changed', 'reviewed'], 'of two at once, one');

  const other = await stored((await upload(PNG)).inspirationId);
  await drain();
  const approved = await review(await stored(other.inspirationId), { note: 'pretty' });
  t.match(approved, {
    outcome: 'reviewed',
    image: {
      moderationStatus: 'clean',
      version: 3,
      history: [{}, {}, { by: 'Ada', action: 'approved', note: 'pretty' }],
    },
  });
  t.notOk(approved.image.reason);
  t.match(await review(approved.image), { outcome: 'repeated' });
  const rejected = await review(approved.image, { action: 'reject' });
  t.match(rejected, {
    outcome: 'reviewed',
    image: { moderationStatus: 'rejected', reason: 'staff', version: 4 },
  });
  await drain();
  t.same(await objectsOf(other.inspirationId), [], 'and its pictures are gone');
  t.match(await review(rejected.image), { outcome: 'not_allowed' }, 'nothing is left to approve');

  const early = await stored((await upload(PNG)).inspirationId);
  t.match(await review(early, { action: 'reject' }), { outcome: 'reviewed' }, 'rejected unseen');
  await drain();
  t.same(await objectsOf(early.inspirationId), []);
  t.match(await stored(early.inspirationId), { moderationStatus: 'rejected', version: 2 });
});

const skip = hasClamd() ? false : 'there is no clamd here: apt-get install clamav-daemon';
t.test('the service and a real clamd: EICAR in a photo is rejected', { skip }, async (t) => {
  const port = await startClamd(t);
  const env = {
    S3_BUCKET: BUCKET,
    DISPATCHER: 'inline',
    CLAMD_HOST: '127.0.0.1',
    CLAMD_PORT: String(port),
  };
  const { app: service } = await build(t, { db, env });
  const bytes = await photo().jpeg().toBuffer();
  const infected = await upload(Buffer.concat([bytes, Buffer.from(EICAR)]), 'ring.jpg', service);
  const harmless = await upload(bytes, 'ring.jpg', service);
  const settled = async (inspirationId: string) => {
    for (;;) {
      const image = await stored(inspirationId);
      if (!image.nextDeliveryAt) return image;
      await setImmediate();
    }
  };
  t.match(await settled(infected.inspirationId), {
    moderationStatus: 'rejected',
    reason: 'infected',
    history: [{}, { note: 'infected: Eicar-Test.UNOFFICIAL' }],
  });
  t.same(await objectsOf(infected.inspirationId), []);
  t.match(await settled(harmless.inspirationId), { moderationStatus: 'clean' });
});
