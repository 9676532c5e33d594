import { connect } from 'node:net';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import type { FastifyInstance } from 'fastify';
import t, { type Test } from 'tap';
import type { Config } from '../../src/config.js';
import { imageType } from '../../src/inspiration/image-type.js';
import { build, call, database, KEY } from '../helper.js';
import { form, type Part, PNG } from '../images.js';
import { refused } from '../problem.js';

const PATH = '/api/concierge/inspiration';
const BUCKET = `concierge-inspiration-${process.pid}`;
const MOST_BYTES = 1.5 * 1024 * 1024;
// later than the real time, so that nothing stored here is old enough to be swept away
const start = new Date('2099-05-01T10:00:00.000Z');

const db = await database(t);
const { app, config } = await build(t, {
  db,
  now: () => start,
  env: { UPLOAD_MAX_BYTES: String(MOST_BYTES), S3_BUCKET: BUCKET },
});
const images = db.collection('widgetInspiration');

// a bucket of this file's own, so that what is in it can be counted
const s3 = s3Client(config.storage);
await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
t.teardown(async () => {
  for (const Key of await keys()) await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key }));
  await s3.send(new DeleteBucketCommand({ Bucket: BUCKET }));
  s3.destroy();
});

function s3Client({ endpoint, region, accessKeyId = '', secretAccessKey = '' }: Config['storage']) {
  const credentials = { accessKeyId, secretAccessKey };
  return new S3Client({ region, credentials, forcePathStyle: true, ...(endpoint && { endpoint }) });
}

async function keys(): Promise<string[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET }));
  return Contents.map(({ Key = '' }) => Key).sort();
}

const authorization = { authorization: `Bearer ${KEY}` };
const send = (parts: Part[], to: FastifyInstance = app) =>
  to.inject({ method: 'POST', url: PATH, ...form(authorization, parts) });
const session = (value: string): Part => ({ name: 'sessionId', value });
const file = (body: Buffer = PNG, fileName = 'ring.png', type = 'image/png'): Part => ({
  name: 'file',
  fileName,
  type,
  body,
});
const stored = (inspirationId: string) => images.findOne({ inspirationId }, { projection: { _id: 0 } });

/** Runs something after which as much is stored as before, in the database and in the bucket. */
async function nothingStored(t: Test, run: () => Promise<unknown>) {
  const before = [await images.countDocuments(), await keys()];
  await run();
  t.same([await images.countDocuments(), await keys()], before, 'nothing is stored');
}

/** The beginning of an ISO media file of that brand. */
const iso = (brand: string) =>
  Buffer.concat([
    Buffer.from([0, 0, 0, 24]),
    Buffer.from(`ftyp${brand}`),
    Buffer.alloc(8),
    Buffer.from('mif1'),
  ]);

const JPEG = Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex');
const TYPES: [name: string, bytes: Buffer, contentType: string, extension: string][] = [
  ['JPEG', JPEG, 'image/jpeg', 'jpg'],
  ['PNG', PNG, 'image/png', 'png'],
  ['GIF', Buffer.from('GIF89a\x01\x00\x01\x00\x00\x00\x00;', 'latin1'), 'image/gif', 'gif'],
  ['WebP', Buffer.from('RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00', 'latin1'), 'image/webp', 'webp'],
  ['HEIC', iso('heic'), 'image/heic', 'heic'],
  ['HEIF', iso('mif1'), 'image/heif', 'heic'],
  ['AVIF', iso('avif'), 'image/avif', 'avif'],
];

t.test('an image is answered, recorded, and in the store under a key of its own', async (t) => {
  const before = await keys();
  const response = await send([session('first'), file(), { name: 'caption', value: ' My ring ' }]);
  t.equal(response.statusCode, 201);
  const { inspirationId, url, ...answer } = response.json();
  t.match(inspirationId, /^insp_[0-9a-f-]{36}$/);
  const facts = {
    originalFileName: 'ring.png',
    contentType: 'image/png',
    sizeBytes: PNG.length,
    moderationStatus: 'pending_review',
  };
  t.same(answer, { ok: true, ...facts });
  const key = `incoming/${inspirationId}.png`;
  t.match(await stored(inspirationId), {
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
    (await keys()).filter((name) => !before.includes(name)),
    [key],
  );
  t.match(url, /X-Amz-Expires=900/, 'readable for a quarter of an hour');
});

t.test('the address gives those bytes, and only the address', async (t) => {
  const bytes = Buffer.concat([PNG, Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))]);
  const { url, inspirationId } = (await send([session('private'), file(bytes)])).json();
  const image = await fetch(url);
  t.equal(image.status, 200);
  t.equal(image.headers.get('content-type'), 'image/png');
  t.equal(image.headers.get('content-disposition'), 'inline; filename="ring.png"');
  t.ok(Buffer.from(await image.arrayBuffer()).equals(bytes), 'byte for byte');

  const attempts: [name: string, address: string][] = [
    ['unsigned', url.replace(/\?.*/, '')],
    ['another signature', url.replace(/(X-Amz-Signature=)\w+/, `$1${'0'.repeat(64)}`)],
    ['without its signature', url.replace(/X-Amz-Signature=\w+/, '')],
    ['for longer', url.replace('X-Amz-Expires=900', 'X-Amz-Expires=604800')],
    ['as a page', url.replace('image%2Fpng', 'text%2Fhtml')],
    ['another object', url.replace(inspirationId, `insp_${'0'.repeat(36)}`)],
    ['the bucket', url.replace(`incoming/${inspirationId}.png`, '')],
  ];
  for (const [name, attempt] of attempts) {
    t.not(attempt, url);
    t.match(String((await fetch(attempt)).status), /^40[03]$/, name);
  }
  for (const method of ['PUT', 'DELETE']) t.equal((await fetch(url, { method })).status, 403, method);
  t.ok((await keys()).includes(`incoming/${inspirationId}.png`), 'and it is still there');
});

t.test('the parts come in either order, with parts that are not known', async (t) => {
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

t.test('the bytes say what an image is, whatever it is called', async (t) => {
  for (const [name, bytes, contentType, extension] of TYPES)
    for (const [fileName, type] of [
      [`x.${extension}`, contentType],
      ['x.html', 'text/html'],
      ['x', 'application/octet-stream'],
    ] as const) {
      const response = await send([session('types'), file(bytes, fileName, type)]);
      t.equal(response.statusCode, 201, `${name} as ${type}`);
      const document = await stored(response.json().inspirationId);
      t.has(document, { contentType, sizeBytes: bytes.length, originalFileName: fileName });
      t.equal(document?.originalKey, `incoming/${document?.inspirationId}.${extension}`);
    }
});

t.test('what is no image is refused, whatever it is called, and nothing is stored', async (t) => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
  const files: [name: string, body: Buffer | string][] = [
    ['SVG', svg],
    ['SVG with a prologue', `<?xml version="1.0"?>\n${svg}`],
    ['HTML', '<!doctype html><script>alert(1)</script>'],
    ['text', 'a ring'],
    ['one byte', 'x'],
    ['half a PNG signature', PNG.subarray(0, 4)],
    ['PDF', '%PDF-1.7\n'],
    ['ZIP', Buffer.from('PK\x03\x04\x14\x00\x00\x00\x00\x00', 'latin1')],
    ['BMP', Buffer.from('BM\x3a\x00\x00\x00\x00\x00', 'latin1')],
    ['TIFF', Buffer.from('II*\x00\x08\x00\x00\x00\x00\x00', 'latin1')],
    ['MP4', iso('isom')],
    ['a program', Buffer.from('\x7fELF\x02\x01\x01', 'latin1')],
    ['an image after a text', Buffer.concat([Buffer.from('hello'), PNG])],
    ['zeros', Buffer.alloc(4096)],
  ];
  await nothingStored(t, async () => {
    for (const [name, body] of files)
      refused(
        t,
        await send([session('types'), file(Buffer.from(body))]),
        { status: 415, code: 'upload.not_an_image' },
        name,
      );
  });
});

t.test('the beginning of an image of any length is told or not, and fails nothing', async (t) => {
  for (const [name, bytes, mime] of TYPES)
    for (let length = 0; length <= bytes.length; length++)
      for (const rest of [Buffer.alloc(0), Buffer.alloc(64), Buffer.alloc(64, 0xff)]) {
        const type = await imageType(Buffer.concat([bytes.subarray(0, length), rest]));
        if (type && type.mime !== mime) t.fail(`${name} cut to ${length} bytes is taken for ${type.mime}`);
      }
  t.same(await imageType(PNG), { mime: 'image/png', extension: 'png' });
});

t.test('a form that is not right is refused with the part, and nothing is stored', async (t) => {
  const long: Part = { name: 'caption', value: 'x'.repeat(501) };
  const cases: [name: string, parts: Part[], path: string][] = [
    ['no file', [session('s')], '/file'],
    ['an empty file', [session('s'), file(Buffer.alloc(0))], '/file'],
    ['a file as a text', [session('s'), { name: 'file', value: 'ring.png' }], '/file'],
    ['two files', [session('s'), file(), file(JPEG, 'b.jpg')], '/file'],
    ['two files, the session last', [file(), file(JPEG, 'b.jpg'), session('s')], '/file'],
    ['no session', [file()], '/sessionId'],
    ['an empty session', [session(''), file()], '/sessionId'],
    ['a blank session', [file(), session(' \t ')], '/sessionId'],
    ['a session of 129 characters', [session('x'.repeat(129)), file()], '/sessionId'],
    ['a session of 5,000 characters', [session('x'.repeat(5000)), file()], '/sessionId'],
    ['a caption of 501 characters', [session('s'), long, file()], '/caption'],
    [
      'eleven fields',
      [...Array.from({ length: 11 }, (_, nth) => ({ name: `f${nth}`, value: 'x' })), file()],
      '/file',
    ],
    ['an empty form', [], '/file'],
  ];
  await nothingStored(t, async () => {
    for (const [name, parts, path] of cases)
      refused(t, await send(parts), { status: 400, code: 'request.invalid', path }, name);
    for (const name of ['__proto__', 'constructor', 'toString'])
      refused(
        t,
        await send([{ name, value: 'x' }, session('s'), file()]),
        { status: 400, code: 'request.malformed' },
        `a field ${name}`,
      );
  });
});

t.test('a form that ends early or is none is refused, and nothing is stored', async (t) => {
  const { headers, payload } = form(authorization, [
    session('s'),
    file(Buffer.concat([PNG, Buffer.alloc(500)])),
  ]);
  const json = { ...authorization, 'content-type': 'application/json' };
  const url = PATH;
  const malformed = { status: 400, code: 'request.malformed' };
  const unsupported = { status: 415, code: 'request.unsupported_media_type' };
  await nothingStored(t, async () => {
    for (const end of [1, 80, 200, payload.length - 400, payload.length - 30])
      refused(
        t,
        await app.inject({ method: 'POST', url, headers, payload: payload.subarray(0, end) }),
        malformed,
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
      [json, '{"sessionId":"s","file":"ring.png"}'],
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

t.test('an image may be as large as the limit, and not a byte larger', async (t) => {
  const sized = (bytes: number) => Buffer.concat([PNG, Buffer.alloc(bytes - PNG.length, 7)]);
  const full = await send([session('size'), file(sized(MOST_BYTES))]);
  t.equal(full.statusCode, 201, 'larger than the body of any other call');
  const { url, sizeBytes } = full.json();
  t.equal(sizeBytes, MOST_BYTES);
  t.ok(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(sized(MOST_BYTES)), 'all of it is there');
  await nothingStored(t, async () => {
    for (const bytes of [MOST_BYTES + 1, MOST_BYTES + 200_000]) {
      const response = await send([session('size'), file(sized(bytes))]);
      refused(t, response, { status: 413, code: 'upload.too_large' }, `${bytes} bytes`);
      t.match(response.json().detail, /larger than 1\.5 MB/);
    }
    refused(
      t,
      await send([file(sized(MOST_BYTES + 1))]),
      { status: 413, code: 'upload.too_large' },
      'the file first',
    );
  });
});

t.test('a small limit is told in words that say it', async (t) => {
  const { app } = await build(t, { env: { UPLOAD_MAX_BYTES: '2048' } });
  const response = await send([session('small'), file(Buffer.concat([PNG, Buffer.alloc(2048)]))], app);
  refused(t, response, { status: 413, code: 'upload.too_large' });
  t.match(response.json().detail, /larger than 2 KB/);
});

t.test('a file name is kept for people to read, and is never a path', async (t) => {
  const names: [sent: string, kept: string, header: string][] = [
    ['../../etc/passwd', 'passwd', 'passwd'],
    ['C:\\\\photos\\\\ring.png', 'ring.png', 'ring.png'],
    ['my ring (1).png', 'my ring (1).png', 'my_ring_1_.png'],
    ['\u202egnp.exe', 'gnp.exe', 'gnp.exe'],
    ['a\u0000b\u0007.png', 'ab.png', 'ab.png'],
    ['bague éternité.png', 'bague éternité.png', 'bague_ternit_.png'],
    ['', 'image', 'image'],
    ['..', 'image', 'image'],
    ['   ', 'image', 'image'],
    [`${'💍'.repeat(130)}.png`, '💍'.repeat(120), '_'],
  ];
  for (const [sent, kept, header] of names) {
    const response = await send([session('names'), file(PNG, sent)]);
    t.equal(response.statusCode, 201, sent);
    const { url, inspirationId, originalFileName } = response.json();
    t.equal(originalFileName, kept, sent);
    t.has(await stored(inspirationId), {
      originalFileName: kept,
      originalKey: `incoming/${inspirationId}.png`,
    });
    const image = await fetch(url);
    t.equal(image.headers.get('content-disposition'), `inline; filename="${header}"`, sent);
    await image.arrayBuffer();
  }
});

t.test('a file without a name is an image', async (t) => {
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

t.test('the session remembers its images', async (t) => {
  const ids: string[] = [];
  for (let nth = 0; nth < 2; nth++)
    ids.push((await send([session('remembers'), file()])).json().inspirationId);
  const ask = await call(app, '/api/concierge/stylist', { sessionId: 'remembers', email: 'ada@example.com' });
  const ticket = await db.collection('stylistTickets').findOne({ ticketId: ask.json().ticketId });
  t.same(ticket?.inspirationIds, ids);
});

t.test('with the object store away it is a 503, and nothing is stored', async (t) => {
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

t.test('an image that cannot be recorded is taken out of the store again', async (t) => {
  const { app, db } = await build(t, { env: { S3_BUCKET: BUCKET } });
  // the database refuses a second image of a session
  await db.collection('widgetInspiration').createIndex({ sessionId: 1 }, { unique: true });
  t.equal((await send([session('once'), file()], app)).statusCode, 201);
  const before = await keys();
  refused(t, await send([session('once'), file()], app), { status: 500, code: 'internal' });
  t.same(await keys(), before);
  t.equal(await db.collection('widgetInspiration').countDocuments(), 1);
});

t.test('of 20 uploads at once each is kept or asked to come back, and no place is lost', async (t) => {
  for (let round = 0; round < 2; round++) {
    const before = (await keys()).length;
    const sessionId = `rush-${round}`;
    const answers = await Promise.all(Array.from({ length: 20 }, () => send([session(sessionId), file()])));
    const kept = answers.filter(({ statusCode }) => statusCode === 201);
    const away = answers.filter(({ statusCode }) => statusCode === 503);
    t.equal(kept.length + away.length, 20);
    t.ok(kept.length >= 16, `${kept.length} at once`);
    for (const { headers } of away) t.ok(headers['retry-after']);
    t.equal(new Set(kept.map((answer) => answer.json().inspirationId)).size, kept.length);
    t.equal(await images.countDocuments({ sessionId }), kept.length);
    t.equal((await keys()).length - before, kept.length);
  }
});

t.test('uploads that break off store nothing and leave their places to others', async (t) => {
  const { app, db } = await build(t, { env: { S3_BUCKET: BUCKET } });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const address = app.server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const { headers, payload } = form(authorization, [
    session('broken'),
    file(Buffer.concat([PNG, Buffer.alloc(5000)])),
  ]);
  const lines = Object.entries({ ...headers, host: 'x', 'content-length': payload.length }).map((line) =>
    line.join(': '),
  );
  const before = await keys();
  for (let nth = 0; nth < 20; nth++) {
    const arrived = new Promise<void>((resolve) => app.server.once('request', () => resolve()));
    const gone = new Promise<void>((resolve) =>
      app.server.once('connection', (socket) => socket.once('close', () => resolve())),
    );
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(`POST ${PATH} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    socket.write(payload.subarray(0, 2000));
    await arrived;
    socket.destroy();
    await gone;
  }
  const response = await send([session('whole'), file()], app);
  t.equal(response.statusCode, 201);
  t.equal(await db.collection('widgetInspiration').countDocuments({ sessionId: 'broken' }), 0);
  t.equal((await keys()).length, before.length + 1);
});
