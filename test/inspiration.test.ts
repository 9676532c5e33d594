import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { GetBucketLifecycleConfigurationCommand } from '@aws-sdk/client-s3';
import type { FastifyInstance } from 'fastify';
import t, { type Test } from 'tap';
import { loadConfig } from '../src/config/load.js';
import { imageType } from '../src/domain/inspiration/image-type.js';
import { setUpBucket } from '../src/platform/storage/bucket-setup.js';
import { createClient } from '../src/platform/storage/client.js';
import { makeBucket } from './bucket.js';
import { bodyOf, build, call, database, ENCRYPTION, environment, KEY, STAFF_KEY } from './helper.js';
import { file, form, JPEG, type Part, PNG, session, sized, TYPES } from './images.js';
import { corpus } from './inspiration/corpus.js';
import { refused } from './problem.js';
import { built, clean, ROOT } from './processes.js';

const PATH = '/api/concierge/inspiration';
const BUCKET = `concierge-inspiration-${process.pid}`;
const MAX_BYTES = 1.5 * 1024 * 1024;
// later than the real time, so that nothing stored here is old enough to be swept away
const start = new Date('2099-05-01T10:00:00.000Z');

const db = await database(t);
const { app, config } = await build(t, {
  db,
  now: () => start,
  staff: true,
  env: { UPLOAD_MAX_BYTES: String(MAX_BYTES), S3_BUCKET: BUCKET },
});
const images = db.collection('widgetInspiration');
const bucket = await makeBucket(t, config.storage);

const authorization = { authorization: `Bearer ${KEY}` };
const send = (parts: Part[], to: FastifyInstance = app) =>
  to.inject({ method: 'POST', url: PATH, ...form(authorization, parts) });
const stored = (inspirationId: string) => images.findOne({ inspirationId }, { projection: { _id: 0 } });

/** Runs something after which as much is stored as before, in the database and in the bucket. */
async function nothingStored(t: Test, run: () => Promise<unknown>, name = 'nothing is stored') {
  const count = async () => [await images.countDocuments(), await bucket.keys(), await bucket.openUploads()];
  const before = await count();
  await run();
  t.same(await count(), before, name);
}

t.test('inspiration: an image is answered, recorded, and in the store under a key of its own', async (t) => {
  const before = await bucket.keys();
  const response = await send([session('first'), file(), { name: 'caption', value: ' My ring ' }]);
  t.equal(response.statusCode, 201);
  const { inspirationId, url, ...answer } = bodyOf(response);
  t.match(inspirationId, /^insp_[0-9a-f-]{36}$/);
  const facts = {
    originalFileName: 'ring.png',
    contentType: 'image/png',
    sizeBytes: PNG.length,
    moderationStatus: 'pending_review',
  };
  t.same(answer, { ok: true, ...facts });
  const key = `incoming/${inspirationId}.png`;
  t.match(await stored(String(inspirationId)), {
    inspirationId,
    sessionId: 'first',
    originalKey: key,
    ...facts,
    caption: 'My ring',
    createdAt: start,
    version: 1,
    history: [{ at: start, by: 'customer', action: 'kept' }],
    deliveries: [{ to: 'images', kind: 'image.process', payload: { keys: [key] }, state: 'pending' }],
  });
  t.same(
    (await bucket.keys()).filter((name) => !before.includes(name)),
    [key],
  );
  t.match(
    url,
    new RegExp(
      `^http://[^/]+/api/concierge/inspiration/${inspirationId}/picture\\?size=web&expires=\\d+&signature=`,
    ),
  );
});

/** The picture at an address of ours. */
const show = (address: string) => app.inject({ url: address.replace(/^https?:\/\/[^/]+/, '') });

t.test('inspiration: an address shows what may be shown by then, and only that address', async (t) => {
  const bytes = Buffer.concat([PNG, Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))]);
  const { url, inspirationId } = (await send([session('private'), file(bytes)])).json();
  const key = `incoming/${inspirationId}.png`;
  t.ok((await bucket.get(key)).bytes.equals(bytes), 'byte for byte');
  t.equal((await bucket.get(key)).ServerSideEncryption, ENCRYPTION);
  const early = await show(url);
  t.match([early.statusCode, early.headers['content-type']], [200, 'image/png'], 'a placeholder');
  t.notOk(early.rawPayload.equals(bytes), 'never what was sent');

  const rendition = { key: `inspiration/${inspirationId}/web.jpg`, contentType: 'image/jpeg' };
  const renditions = { web: rendition, thumbnail: rendition };
  await bucket.put(rendition.key, JPEG);
  await images.updateOne({ inspirationId }, { $set: { renditions, reason: 'not_scanned' } });
  const picture = await show(url);
  t.ok(picture.rawPayload.equals(JPEG), 'the picture, though nobody has approved it yet: it is drawn anew');
  t.match(picture.headers, {
    'content-type': 'image/jpeg',
    'content-disposition': `inline; filename="${inspirationId}"`,
    'cache-control': 'private, max-age=300',
    'x-content-type-options': 'nosniff',
    'content-security-policy': /default-src 'none'/,
  });

  const attempts: [name: string, address: string][] = [
    ['unsigned', url.replace(/&signature=.*/, '&signature=')],
    ['another signature', url.replace(/(signature=)../, '$1xx')],
    ['for longer', url.replace(/expires=\d/, 'expires=9')],
    ['in another size', url.replace('size=web', 'size=thumbnail')],
    ['another image', url.replace(inspirationId, `insp_${'0'.repeat(36)}`)],
  ];
  for (const [name, attempt] of attempts) {
    t.not(attempt, url);
    refused(t, await show(attempt), { status: 404, code: 'inspiration.not_found' }, name);
  }
  for (const method of ['PUT', 'DELETE'] as const)
    t.equal(
      (await app.inject({ method, url: url.replace(/^https?:\/\/[^/]+/, '') })).statusCode,
      405,
      method,
    );
  await images.updateOne({ inspirationId }, { $set: { moderationStatus: 'rejected' } });
  refused(t, await show(url), { status: 404, code: 'inspiration.not_found' }, 'once it is rejected');
});

t.test(
  'inspiration: an address works for as long as it says, at the public address where there is one',
  async (t) => {
    let now = start;
    const env = { S3_BUCKET: BUCKET, PUBLIC_URL: 'https://concierge.example/' };
    const { app } = await build(t, { env, now: () => now });
    const { url } = (await send([session('later'), file()], app)).json();
    t.match(url, /^https:\/\/concierge\.example\/api\/concierge\/inspiration\//);
    const path = url.slice('https://concierge.example'.length);
    const expires = Number(new URL(url).searchParams.get('expires')) * 1000;
    t.ok(expires >= start.getTime() + 24 * 60 * 60_000, 'a day at least');
    now = new Date(expires - 1);
    t.equal((await app.inject({ url: path })).statusCode, 200);
    now = new Date(expires);
    t.equal((await app.inject({ url: path })).statusCode, 404);
  },
);

t.test('inspiration: the parts come in either order, with parts that are not known', async (t) => {
  const caption: Part = { name: 'caption', value: 'c' };
  const other: Part = { name: 'originIntent', value: 'find_product' };
  const orders: Part[][] = [
    [session('order'), file()],
    [file(), session('order')],
    [caption, file(), other, session('order')],
    [other, session('order'), { name: 'caption', value: '' }, file()],
  ];
  for (const parts of orders) {
    const response = await send(parts);
    t.equal(response.statusCode, 201);
    const document = await stored(response.json().inspirationId);
    t.equal(document?.sessionId, 'order');
    t.equal(document?.caption, parts.includes(caption) ? 'c' : undefined, 'an empty caption is none');
  }
});

t.test('inspiration: the bytes say what an image is, and it may be called so, or nothing', async (t) => {
  for (const [name, bytes, contentType, extension] of TYPES)
    for (const [fileName, type] of [
      [`x.${extension}`, contentType],
      [`X.${extension.toUpperCase()}`, ''],
      ['x', 'application/octet-stream'],
      ['my ring (1)', 'text/plain'],
    ] as const) {
      const response = await send([session('types'), file(bytes, fileName, type)]);
      t.equal(response.statusCode, 201, `${name} as ${type}`);
      const document = await stored(response.json().inspirationId);
      t.has(document, { contentType, sizeBytes: bytes.length, originalFileName: fileName });
      t.equal(document?.originalKey, `incoming/${document?.inspirationId}.${extension}`);
    }
});

t.test('inspiration: hostile and odd files, each with its answer', async (t) => {
  for (const { name, parts, status, code } of corpus(MAX_BYTES))
    if (code === undefined) t.equal((await send(parts)).statusCode, status, name);
    else await nothingStored(t, async () => refused(t, await send(parts), { status, code }, name), name);
});

t.test(
  'inspiration: the beginning of an image of any length is told or not, and fails nothing',
  async (t) => {
    for (const [name, bytes, mime] of TYPES)
      for (let length = 0; length <= bytes.length; length++)
        for (const rest of [Buffer.alloc(0), Buffer.alloc(64), Buffer.alloc(64, 0xff)]) {
          const type = await imageType(Buffer.concat([bytes.subarray(0, length), rest]));
          if (type && type.mime !== mime) t.fail(`${name} cut to ${length} bytes is taken for ${type.mime}`);
        }
    t.same(await imageType(PNG), { mime: 'image/png', extension: 'png' });
  },
);

t.test('inspiration: a form that ends early or is none is refused, and nothing is stored', async (t) => {
  const { headers, payload } = form(authorization, [
    session('s'),
    file(Buffer.concat([PNG, Buffer.alloc(500)])),
  ]);
  const url = PATH;
  const truncated = { status: 400, code: 'upload.truncated' };
  const malformed = { status: 400, code: 'request.malformed' };
  const unsupported = { status: 415, code: 'request.unsupported_media_type' };
  await nothingStored(t, async () => {
    for (const end of [1, 80, 200, payload.length - 400, payload.length - 30])
      refused(
        t,
        await app.inject({ method: 'POST', url, headers, payload: payload.subarray(0, end) }),
        truncated,
        `cut after ${end} bytes`,
      );
    const noBoundary = { ...authorization, 'content-type': 'multipart/form-data' };
    refused(
      t,
      await app.inject({ method: 'POST', url, headers: noBoundary, payload }),
      malformed,
      'no boundary',
    );
    const bodies: [headers: Record<string, string>, body: string][] = [
      [{ ...authorization, 'content-type': 'text/plain' }, 'sessionId=s'],
      [{ ...authorization, 'content-type': 'application/x-www-form-urlencoded' }, 'sessionId=s'],
      [{ ...authorization, 'content-type': 'image/png' }, PNG.toString('latin1')],
    ];
    for (const [headers, payload] of bodies)
      refused(
        t,
        await app.inject({ method: 'POST', url, headers, payload }),
        unsupported,
        headers['content-type'],
      );
    refused(t, await app.inject({ method: 'POST', url, headers: authorization }), unsupported, 'no body');
    const keyless = form({}, [session('s'), file()]);
    refused(t, await app.inject({ method: 'POST', url, ...keyless }), {
      status: 401,
      code: 'auth.missing_key',
    });
  });
});

t.test('inspiration: an image as large as the limit is there byte by byte', async (t) => {
  const response = await send([session('size'), file(sized(MAX_BYTES))]);
  t.equal(response.statusCode, 201, 'larger than the body of any other call');
  t.equal(response.json().sizeBytes, MAX_BYTES);
  const { bytes } = await bucket.get(`incoming/${response.json().inspirationId}.png`);
  t.ok(bytes.equals(sized(MAX_BYTES)));
});

t.test('inspiration: a small limit is told in words that say it', async (t) => {
  const { app } = await build(t, { env: { UPLOAD_MAX_BYTES: '2048' } });
  const response = await send([session('small'), file(Buffer.concat([PNG, Buffer.alloc(2048)]))], app);
  refused(t, response, { status: 413, code: 'upload.too_large' });
  t.match(response.json().detail, /larger than 2 KB/);
});

t.test('inspiration: a file name is kept for people to read, and is never a path', async (t) => {
  const names: [sent: string, kept: string][] = [
    ['../../etc/passwd', 'passwd'],
    ['C:\\\\photos\\\\ring.png', 'ring.png'],
    ['my ring (1).png', 'my ring (1).png'],
    ['\u202egnp.png', 'gnp.png'],
    ['a\u0000b\u0007.png', 'ab.png'],
    ['bague éternité.png', 'bague éternité.png'],
    ['', 'image'],
    ['..', 'image'],
    ['   ', 'image'],
    [`${'💍'.repeat(130)}.png`, '💍'.repeat(120)],
  ];
  for (const [sent, kept] of names) {
    const response = await send([session('names'), file(PNG, sent)]);
    t.equal(response.statusCode, 201, sent);
    const { inspirationId, originalFileName } = response.json();
    t.equal(originalFileName, kept, sent);
    t.has(await stored(inspirationId), {
      originalFileName: kept,
      originalKey: `incoming/${inspirationId}.png`,
    });
  }
});

t.test('inspiration: a file without a name is an image', async (t) => {
  const payload = Buffer.concat([
    Buffer.from('--b\r\ncontent-disposition: form-data; name="sessionId"\r\n\r\nnameless\r\n--b\r\n'),
    Buffer.from(
      'content-disposition: form-data; name="file"\r\ncontent-type: application/octet-stream\r\n\r\n',
    ),
    PNG,
    Buffer.from('\r\n--b--\r\n'),
  ]);
  const headers = { ...authorization, 'content-type': 'multipart/form-data; boundary=b' };
  const response = await app.inject({ method: 'POST', url: PATH, headers, payload });
  t.equal(response.statusCode, 201);
  t.equal(response.json().originalFileName, 'image');
});

t.test('inspiration: the session remembers its images, and a ticket has those that are clean', async (t) => {
  const ids: string[] = [];
  for (let nth = 0; nth < 3; nth++)
    ids.push((await send([session('remembers'), file()])).json().inspirationId);
  const [pending, ...clean] = ids;
  await images.updateMany({ inspirationId: { $in: clean } }, { $set: { moderationStatus: 'clean' } });
  const ask = await call(app, '/api/concierge/stylist', { sessionId: 'remembers', email: 'ada@example.com' });
  const ticket = await db.collection('stylistTickets').findOne({ ticketId: ask.json().ticketId });
  t.same(ticket?.inspirationIds, clean);
  t.match(await stored(pending ?? ''), { moderationStatus: 'pending_review' });
});

t.test('inspiration: with the object store away it is a 503, and nothing is stored', async (t) => {
  const { app, db } = await build(t, { env: { S3_ENDPOINT: 'http://127.0.0.1:1' } });
  const response = await send([session('away'), file()], app);
  refused(t, response, { status: 503, code: 'service.unavailable' });
  t.ok(response.headers['retry-after'], 'says when to come back');
  t.equal(await db.collection('widgetInspiration').countDocuments(), 0);
  refused(t, await send([session('away'), file(Buffer.from('x'))], app), {
    status: 415,
    code: 'upload.not_an_image',
  });
});

t.test('inspiration: an image that cannot be recorded is taken out of the store again', async (t) => {
  const { app, db } = await build(t, { env: { S3_BUCKET: BUCKET } });
  // the database refuses a second image of the same name
  await db.collection('widgetInspiration').createIndex({ originalFileName: 1 }, { unique: true });
  t.equal((await send([session('once'), file()], app)).statusCode, 201);
  const before = await bucket.keys();
  refused(t, await send([session('once'), file()], app), { status: 500, code: 'internal' });
  t.same(await bucket.keys(), before);
  t.equal(await db.collection('widgetInspiration').countDocuments(), 1);
});

t.test('inspiration: more uploads at once than there is memory for wait for their turn', async (t) => {
  const { app, db } = await build(t, { env: { S3_BUCKET: BUCKET, UPLOADS_AT_ONCE: '2' } });
  const before = (await bucket.keys()).length;
  const answers = await Promise.all(Array.from({ length: 34 }, () => send([session('rush'), file()], app)));
  t.ok(answers.every(({ statusCode }) => statusCode === 201));
  t.equal(await db.collection('widgetInspiration').countDocuments({ sessionId: 'rush' }), 34);
  t.equal((await bucket.keys()).length - before, 34);
  const more = await Promise.all(Array.from({ length: 40 }, () => send([session('rush'), file()], app)));
  t.same(new Set(more.map(({ statusCode }) => statusCode)), new Set([201, 503]), 'but not any number');
  for (const { statusCode, headers } of more) if (statusCode === 503) t.ok(headers['retry-after']);
  t.equal((await send([session('rush'), file()], app)).statusCode, 201, 'and no place is lost');
});

t.test('inspiration: an upload that is made again with its key is answered as it was', async (t) => {
  const key = { ...authorization, 'idempotency-key': 'upload-of-a-ring' };
  const again = () =>
    app.inject({ method: 'POST', url: PATH, ...form(key, [session('again'), file(sized(100_000))]) });
  const first = await again();
  const second = await again();
  t.equal(second.headers['idempotency-replayed'], 'true');
  t.same(bodyOf(second), bodyOf(first));
  t.equal(await images.countDocuments({ sessionId: 'again' }), 1);
});

const complete = (inspirationId: string, body: object = { sessionId: 'signed' }) =>
  call(app, `${PATH}/${inspirationId}/complete`, body);
const announce = (fields: object = {}) =>
  call(app, PATH, {
    sessionId: 'signed',
    fileName: 'a/ring.png',
    contentType: 'image/png',
    sizeBytes: PNG.length,
    ...fields,
  });

/** Posts a form to the store, as a browser would. */
function post(uploadUrl: string, fields: Record<string, string>, body: Buffer) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', new Blob([new Uint8Array(body)]));
  return fetch(uploadUrl, { method: 'POST', body: form });
}

t.test('inspiration: an image may be sent to the store itself, and is then taken over', async (t) => {
  const answer = await announce({ caption: ' mine ' });
  t.equal(answer.statusCode, 201);
  const { ok, inspirationId, uploadUrl, fields, expiresAt } = answer.json();
  t.ok(ok);
  t.equal(expiresAt, new Date(start.getTime() + 10 * 60_000).toISOString());
  t.match(fields, { key: `uploads/${inspirationId}.png`, 'Content-Type': 'image/png' });
  t.equal((await readBack(inspirationId)).statusCode, 404, 'it is not there yet');
  refused(t, await complete(inspirationId), { status: 409, code: 'upload.not_received' });

  const others: [name: string, fields: Record<string, string>, body: Buffer][] = [
    ['more bytes', fields, sized(PNG.length + 1)],
    ['fewer bytes', fields, PNG.subarray(1)],
    ['another type', { ...fields, 'Content-Type': 'text/html' }, PNG],
    ['another key', { ...fields, key: 'uploads/other.png' }, PNG],
    ['without encryption', { ...fields, 'x-amz-server-side-encryption': '' }, PNG],
  ];
  for (const [name, changed, body] of others)
    t.match(String((await post(uploadUrl, changed, body)).status), /^4/, `${name} is refused by the store`);
  t.equal((await post(uploadUrl, fields, PNG)).status, 204);

  const done = await complete(inspirationId);
  t.equal(done.statusCode, 200);
  const facts = { originalFileName: 'ring.png', contentType: 'image/png', sizeBytes: PNG.length };
  t.match(done.json(), { ok: true, inspirationId, ...facts, moderationStatus: 'pending_review' });
  t.equal((await show(done.json().url)).statusCode, 200);
  const key = `incoming/${inspirationId}.png`;
  t.match(await stored(inspirationId), {
    originalKey: key,
    caption: 'mine',
    history: [{ action: 'announced' }, { action: 'kept' }],
    deliveries: [{ kind: 'image.process', payload: { keys: [key, fields.key] } }],
  });
  t.equal((await bucket.get(key)).ServerSideEncryption, ENCRYPTION);
  t.equal(
    (await post(uploadUrl, fields, Buffer.from(PNG).fill(0, PNG.length - 4))).status,
    204,
    'sent again, differently',
  );
  t.equal((await complete(inspirationId)).statusCode, 200, 'completed again');
  t.ok((await bucket.get(key)).bytes.equals(PNG), 'what was taken over stays as it was');
  const again = await Promise.all([1, 2].map(() => complete(inspirationId)));
  t.same(
    again.map(({ statusCode }) => statusCode),
    [200, 200],
  );
});

t.test('inspiration: an announcement is refused for what its image would be', async (t) => {
  const cases: [fields: object, status: number, code: string][] = [
    [{ sizeBytes: MAX_BYTES + 1 }, 413, 'upload.too_large'],
    [{ sizeBytes: 0 }, 400, 'request.invalid'],
    [{ sizeBytes: '70' }, 400, 'request.invalid'],
    [{ contentType: 'image/svg+xml' }, 415, 'upload.not_an_image'],
    [{ contentType: 'constructor' }, 415, 'upload.not_an_image'],
    [{ fileName: 'x.jpg' }, 415, 'upload.type_mismatch'],
    [{ sessionId: '' }, 400, 'request.invalid'],
    [{ caption: 'x'.repeat(501) }, 400, 'request.invalid'],
  ];
  await nothingStored(t, async () => {
    for (const [fields, status, code] of cases)
      refused(t, await announce(fields), { status, code }, JSON.stringify(fields).slice(0, 60));
    refused(t, await complete('insp_unknown'), { status: 404, code: 'inspiration.not_found' });
  });
});

t.test('inspiration: what was sent to the store is looked at before it is taken over', async (t) => {
  const page = Buffer.from('<!doctype html><script>alert(1)</script>');
  const cases: [name: string, body: Buffer, code: string, status: number][] = [
    ['a page', page, 'upload.not_an_image', 415],
    ['a JPEG', JPEG, 'upload.type_mismatch', 415],
  ];
  await nothingStored(t, async () => {
    for (const [name, body, code, status] of cases) {
      const { inspirationId, uploadUrl, fields } = (await announce({ sizeBytes: body.length })).json();
      t.equal((await post(uploadUrl, fields, body)).status, 204);
      refused(t, await complete(inspirationId), { status, code }, name);
      refused(t, await complete(inspirationId), {
        status: 404,
        code: 'inspiration.not_found',
      });
    }
    const { inspirationId, fields } = (await announce()).json();
    await bucket.put(fields.key, sized(5000));
    refused(t, await complete(inspirationId), { status: 400, code: 'upload.size_mismatch' });
  });
  const late = (await announce()).json();
  await images.updateOne({ inspirationId: late.inspirationId }, { $set: { uploadExpiresAt: start } });
  refused(t, await complete(late.inspirationId), {
    status: 404,
    code: 'inspiration.not_found',
  });
});

const readBack = (inspirationId: string, key = STAFF_KEY) =>
  app.inject({ url: `${PATH}/${inspirationId}`, headers: { authorization: `Bearer ${key}` } });

t.test('inspiration: the staff reads an image by its id, with a right of its own', async (t) => {
  const sent = await send([session('staff'), file(), { name: 'caption', value: 'for me' }]);
  const { inspirationId } = sent.json();
  refused(t, await readBack(inspirationId, KEY), { status: 403, code: 'auth.missing_scope' });
  refused(t, await readBack('insp_unknown'), { status: 404, code: 'inspiration.not_found' });
  const { url, ...before } = (await readBack(inspirationId)).json();
  const facts = { inspirationId, sessionId: 'staff', caption: 'for me', createdAt: start.toISOString() };
  t.match(before, { ...facts, moderationStatus: 'pending_review', version: 1 });
  t.equal(url, undefined, 'what was sent is given to nobody');

  const picture = (name: string) => ({
    key: `inspiration/${inspirationId}/${name}.jpg`,
    contentType: 'image/jpeg',
  });
  const renditions = { web: picture('web'), thumbnail: picture('thumbnail') };
  for (const { key } of Object.values(renditions)) await bucket.put(key, JPEG);
  await images.updateOne(
    { inspirationId },
    { $set: { renditions, moderationStatus: 'clean' }, $unset: { originalKey: '' } },
  );
  const after = (await readBack(inspirationId)).json();
  for (const address of [after.url, after.thumbnailUrl]) {
    const { statusCode, headers } = await show(address);
    t.match([statusCode, headers['content-type']], [200, 'image/jpeg']);
  }
  await images.updateOne(
    { inspirationId },
    { $set: { moderationStatus: 'rejected', reason: 'infected' }, $unset: { renditions: '' } },
  );
  const rejected = (await readBack(inspirationId)).json();
  t.match(rejected, {
    moderationStatus: 'rejected',
    reason: 'infected',
    url: undefined,
    thumbnailUrl: undefined,
  });
});

t.test('inspiration: the bucket is set up, as often as one likes', async (t) => {
  const env = await environment(db, { S3_BUCKET: BUCKET, S3_CORS_ORIGINS: 'https://shop.example' });
  const run = promisify(execFile);
  const setUp = () =>
    run(process.execPath, [built('scripts/cli'), 'storage', 'setup'], {
      cwd: ROOT,
      env: clean(env),
    });
  const { stdout } = await setUp();
  const wanted = ENCRYPTION ? 'set' : 'not wanted \\(S3_ENCRYPTION=none\\)';
  for (const part of ['lifecycle', 'public access block', 'CORS for https://shop\\.example'])
    t.match(stdout, new RegExp(`${part} +set\n`), part);
  t.match(stdout, new RegExp(`encryption +${wanted}\n`));
  const again = (await setUp()).stdout;
  t.equal(again.match(/ as it should be\n/g)?.length, ENCRYPTION ? 4 : 3, 'a second run changes nothing');
  const Bucket = BUCKET;
  const { Rules = [] } = await bucket.client.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
  t.same(
    Rules.map(({ Filter, Expiration }) => [Filter?.Prefix, Expiration?.Days]),
    [
      ['uploads/', 1],
      ['incoming/', 7],
      ['inspiration/', 180],
      ['returns/', 365],
    ],
  );
  const { uploadUrl } = (await announce()).json();
  const headers = { origin: 'https://shop.example', 'access-control-request-method': 'POST' };
  t.equal((await fetch(uploadUrl, { method: 'OPTIONS', headers })).status, 200, 'a page may post');
  const other = await fetch(uploadUrl, {
    method: 'OPTIONS',
    headers: { ...headers, origin: 'https://x.example' },
  });
  t.equal(other.status, 403);
});

t.test(
  'inspiration: the bucket of a store like MinIO is set up as far as it goes, and the rest is said',
  async (t) => {
    // It takes a block of public access for a bucket, answers a question about it with a list of objects, and has no CORS.
    const kept = new Map<string, string>();
    const answers: Record<string, (method: string, body: string) => [status: number, xml: string]> = {
      lifecycle: (method, body) => {
        if (method === 'PUT') kept.set('lifecycle', body);
        const there = kept.get('lifecycle');
        return there ? [200, there] : [404, '<Error><Code>NoSuchLifecycleConfiguration</Code></Error>'];
      },
      encryption: () => [403, '<Error><Code>AccessDenied</Code><Message>Access Denied.</Message></Error>'],
      publicAccessBlock: (method) =>
        method === 'GET'
          ? [200, '<ListBucketResult><Name>a</Name></ListBucketResult>']
          : [400, '<Error><Code>MalformedXML</Code><Message>The XML is not well formed.</Message></Error>'],
      cors: () => [501, '<Error><Code>NotImplemented</Code></Error>'],
    };
    const server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const [, query = ''] = (request.url ?? '').split('?');
      const part = Object.keys(answers).find((name) => query.split('&').some((one) => one.startsWith(name)));
      const [status, xml] = answers[part ?? '']?.(request.method ?? '', body) ?? [500, ''];
      response.writeHead(status, { 'content-type': 'application/xml' }).end(xml);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { storage } = loadConfig(
      {
        ...(await environment(db)),
        S3_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        S3_ENCRYPTION: 'AES256',
        S3_CORS_ORIGINS: 'https://shop.example',
      },
      {},
    );
    const client = createClient(storage);
    t.teardown(() => {
      client.destroy();
      server.close();
    });
    const results = await setUpBucket(client, storage);
    t.same(
      results.map(({ name, outcome }) => [name, outcome]),
      [
        ['lifecycle', 'set'],
        ['encryption', 'failed'],
        ['public access block', 'not offered by this store'],
        ['CORS for https://shop.example', 'not offered by this store'],
      ],
    );
    t.match(results[1]?.detail, /AccessDenied/);
  },
);
