import { buffer } from 'node:stream/consumers';
import type { FastifyInstance } from 'fastify';
import type { Db } from 'mongodb';
import t from 'tap';
import { createIdempotency, fingerprintOf, LEASE_MS } from '../../src/platform/idempotency/idempotency.js';
import { build, call, KEY } from '../helper.js';
import { PNG } from '../images.js';

const RETURNS = '/api/concierge/orders/returns';
const SHORTLIST = '/api/concierge/shortlist';
const INSPIRATION = '/api/concierge/inspiration';

let app: FastifyInstance;
let db: Db;
let clock = Date.now();
let orders = 0;

t.before(async () => {
  const env = { CONCIERGE_API_KEY: `${KEY},another-key-1` };
  ({ app, db } = await build(t, { env, now: () => new Date(clock) }));
});

async function order(): Promise<string> {
  const orderNumber = `GG-${80_000 + ++orders}`;
  const items = [{ lineId: 'a', title: 'Ring', quantity: 1 }];
  await db
    .collection('orders')
    .insertOne({ orderNumber, status: 'delivered', items, createdAt: new Date(clock) });
  return orderNumber;
}

t.test('the same key and body: the same answer again, and nothing done twice', async (t) => {
  const orderNumber = await order();
  const body = { option: 'return', orderNumber, reason: 'gift' };
  const first = await call(app, RETURNS, body, { 'x-idempotency-key': 'click-0001' });
  t.equal(first.statusCode, 201);
  t.notOk(first.headers['idempotency-replayed']);

  const FORMS: [name: string, headers: Record<string, string>, body: object][] = [
    ['x-idempotency-key', { 'x-idempotency-key': 'click-0001' }, body],
    ['Idempotency-Key', { 'idempotency-key': 'click-0001' }, body],
    ['Idempotency-Key, quoted', { 'idempotency-key': '"click-0001"' }, body],
    ['in the body', {}, { ...body, idempotencyKey: 'click-0001' }],
    [
      'fields in another order, and others than the route knows',
      { 'idempotency-key': 'click-0001' },
      { requestId: 'again-2', ...Object.fromEntries(Object.entries(body).reverse()) },
    ],
  ];
  for (const [name, headers, again] of FORMS) {
    const response = await call(app, RETURNS, again, headers);
    t.equal(response.statusCode, first.statusCode, name);
    t.equal(response.body, first.body, `${name}: the same body`);
    t.equal(response.headers['idempotency-replayed'], 'true', `${name}: says so`);
    t.match(response.headers['content-type'], /^application\/json/);
  }
  t.equal(await db.collection('returns').countDocuments({ orderNumber }), 1);
  t.notMatch(
    JSON.stringify(await db.collection('idempotencyKeys').find().toArray()),
    'click-0001',
    'the key is not kept',
  );
});

const list = (sessionId: string, id: string) => ({ sessionId, items: [{ id }] });
const asWidget = (key: string) => ({ authorization: `Bearer ${KEY}`, 'idempotency-key': key });

t.test('idempotency: the same key with another body is refused, and nothing is changed', async (t) => {
  const body = { sessionId: 'idem', items: [{ id: 'A-1' }] };
  await call(app, SHORTLIST, body, { 'idempotency-key': 'list-key-1' });
  const response = await call(app, SHORTLIST, { ...body, items: [] }, { 'idempotency-key': 'list-key-1' });
  t.equal(response.statusCode, 422);
  t.match(response.json(), { code: 'idempotency.mismatch' });
  t.equal((await db.collection('widgetShortlists').findOne({ sessionId: 'idem' }))?.items.length, 1);
});

t.test('idempotency: a key belongs to a client and a route', async (t) => {
  const body = { sessionId: 'idem-scope', items: [] };
  const headers = { 'idempotency-key': 'shared-key-1' };
  const answers = [
    await call(app, SHORTLIST, body, headers),
    await call(app, SHORTLIST, body, { ...headers, authorization: 'Bearer another-key-1' }),
    await call(app, '/api/analytics/csat', { sessionId: 'idem-scope', rating: 'good' }, headers),
  ];
  t.same(
    answers.map(({ statusCode }) => statusCode),
    [200, 200, 200],
  );
  for (const answer of answers) t.notOk(answer.headers['idempotency-replayed']);
});

t.test("idempotency: another customer's request with the same key is a request of its own", async (t) => {
  const headers = { 'idempotency-key': 'same-for-all-1' };
  const ROWS: [what: string, path: string, bodies: [object, object], told: RegExp][] = [
    ['the session in the body', SHORTLIST, [list('one', 'A-1'), list('other', 'B-1')], /B-1/],
    [
      'the session in the body, the same contents',
      '/api/analytics/csat',
      [
        { sessionId: 'one', rating: 'good' },
        { sessionId: 'other', rating: 'good' },
      ],
      /./,
    ],
  ];
  for (const [what, path, [first, second], told] of ROWS) {
    await call(app, path, first, headers);
    const answer = await call(app, path, second, headers);
    t.equal(answer.statusCode, 200, what);
    t.notOk(answer.headers['idempotency-replayed'], `${what}: not what another was answered`);
    t.match(answer.body, told, what);
  }
  t.equal(await db.collection('csatFeedback').countDocuments({ sessionId: { $in: ['one', 'other'] } }), 2);
});

t.test('idempotency: what the path names is a part of what the key is for', async (t) => {
  const announced = [];
  for (const sessionId of ['path-a', 'path-b']) {
    const image = { sessionId, fileName: 'a.png', contentType: 'image/png', sizeBytes: PNG.length };
    const { inspirationId, uploadUrl, fields } = (await call(app, INSPIRATION, image)).json();
    const form = new FormData();
    for (const [name, value] of Object.entries<string>(fields)) form.append(name, value);
    form.append('file', new Blob([PNG]));
    t.equal((await fetch(uploadUrl, { method: 'POST', body: form })).status, 204);
    announced.push({ inspirationId, sessionId });
  }
  const complete = ({ inspirationId, sessionId }: { inspirationId: string; sessionId: string }) =>
    call(app, `${INSPIRATION}/${inspirationId}/complete`, { sessionId }, { 'idempotency-key': 'path-key-1' });
  for (const image of announced) {
    const answer = await complete(image);
    t.match(answer.json(), { ok: true, inspirationId: image.inspirationId }, 'each is completed for itself');
    t.notOk(answer.headers['idempotency-replayed']);
    t.equal((await complete(image)).headers['idempotency-replayed'], 'true', 'and only once');
  }
});

const upload = (image: Uint8Array, fields: Record<string, string>, key: string) => {
  const form = new FormData();
  form.append('file', new Blob([image]), 'ring.png');
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return send(form, key);
};

async function send(form: FormData, key: string) {
  const { headers, body } = new Request('http://x', { method: 'POST', body: form });
  return app.inject({
    method: 'POST',
    url: INSPIRATION,
    headers: { ...asWidget(key), 'content-type': headers.get('content-type') ?? '' },
    payload: await buffer(body as ReadableStream),
  });
}

t.test('idempotency: the key of a form belongs to its session, its fields and its file', async (t) => {
  const other = Buffer.concat([PNG, Buffer.from('more')]);
  const first = await upload(PNG, { sessionId: 'form-a', caption: 'x' }, 'form-key-1');
  t.equal(first.statusCode, 201);
  const again = await upload(PNG, { caption: 'x', sessionId: 'form-a' }, 'form-key-1');
  t.equal(again.body, first.body, 'the same form, in another order of its parts');
  t.equal(again.headers['idempotency-replayed'], 'true');

  const stranger = await upload(PNG, { sessionId: 'form-b', caption: 'x' }, 'form-key-1');
  t.equal(stranger.statusCode, 201);
  t.not(stranger.json().inspirationId, first.json().inspirationId, 'another session has an image of its own');
  t.notOk(stranger.headers['idempotency-replayed']);

  for (const [what, image, fields] of [
    ['another file', other, { sessionId: 'form-a', caption: 'x' }],
    ['another caption', PNG, { sessionId: 'form-a', caption: 'y' }],
  ] as const)
    t.match((await upload(image, fields, 'form-key-1')).json(), { code: 'idempotency.mismatch' }, what);
  t.equal(
    await db.collection('widgetInspiration').countDocuments({ sessionId: /^form-/ }),
    2,
    'nothing else is kept',
  );

  const at = (await upload(PNG, { sessionId: 'form-c' }, 'form-key-2')).json();
  const both = await Promise.all([1, 2, 3].map(() => upload(PNG, { sessionId: 'form-c' }, 'form-key-2')));
  for (const answer of both)
    t.equal(answer.json().inspirationId, at.inspirationId, 'one image, however often');
  t.equal((await upload(PNG, { sessionId: '' }, 'form-key-3')).statusCode, 400);
  t.equal(
    (await upload(PNG, { sessionId: 'form-d' }, 'form-key-3')).statusCode,
    201,
    'a refusal uses no key up',
  );
});

t.test('idempotency: a body of any depth with a key is no fault of the service', async (t) => {
  for (const depth of [10, 100, 8_000, 100_000]) {
    const nested = `${'['.repeat(depth)}${']'.repeat(depth)}`;
    const body = `{"sessionId":"deep","items":[],"transcript":${nested}}`;
    const { statusCode } = await call(app, SHORTLIST, body, { 'idempotency-key': `deep-key-${depth}` });
    t.equal(statusCode, depth > 30 ? 400 : 200, `${depth} levels`);
  }
});

t.test('idempotency: a refused request does not use its key up', async (t) => {
  const headers = { 'idempotency-key': 'patient-key' };
  t.equal((await call(app, RETURNS, { option: 'none' }, headers)).statusCode, 400, 'not valid');
  t.equal(
    (await call(app, RETURNS, { option: 'return', orderNumber: 'GG-00000' }, headers)).statusCode,
    404,
    'not found',
  );
  const orderNumber = await order();
  t.equal(
    (await call(app, RETURNS, { option: 'return', orderNumber }, headers)).statusCode,
    201,
    'then it is right',
  );
});

t.test('idempotency: a key that is none', async (t) => {
  for (const key of ['short', 'x'.repeat(256), 'with space 1', 'ümläut-key-1']) {
    const response = await call(app, SHORTLIST, { sessionId: 'k', items: [], idempotencyKey: key });
    t.equal(response.statusCode, 400, key.slice(0, 20));
    t.match(response.json(), { code: 'request.invalid' });
  }
  const empty = await call(app, SHORTLIST, { sessionId: 'k', items: [], idempotencyKey: '' });
  t.equal(empty.statusCode, 200, 'an empty one is none');
});

t.test('in flight: 409 until the lease ends, then it is taken over by one', async (t) => {
  const body = { sessionId: 'idem-flight', items: [] };
  const headers = { 'idempotency-key': 'flight-key-1' };
  await call(app, SHORTLIST, body, headers);
  // as a process leaves it that died while it was at work
  await db.collection('idempotencyKeys').updateMany(
    {},
    {
      $set: { state: 'in_flight', leaseUntil: new Date(clock + LEASE_MS) },
      $unset: { body: '', status: '' },
    },
  );
  const waiting = await call(app, SHORTLIST, body, headers);
  t.equal(waiting.statusCode, 409);
  t.match(waiting.json(), { code: 'idempotency.in_flight' });
  t.match(waiting.headers['retry-after'], /^[12]$/);
  clock += LEASE_MS + 1;
  const answers = await Promise.all(Array.from({ length: 10 }, () => call(app, SHORTLIST, body, headers)));
  const performed = answers.filter(
    (answer) => answer.statusCode === 200 && !answer.headers['idempotency-replayed'],
  );
  t.equal(performed.length, 1);
  t.ok(answers.every(({ statusCode }) => statusCode === 200 || statusCode === 409));
  t.equal((await call(app, SHORTLIST, body, headers)).headers['idempotency-replayed'], 'true');
});

t.test('idempotency: routes that only read know no keys', async (t) => {
  const headers = { 'idempotency-key': 'reading-key' };
  t.equal((await call(app, '/api/concierge/products', {}, headers)).statusCode, 200);
  t.equal((await call(app, '/api/concierge/products', { limit: 1 }, headers)).statusCode, 200);
});

t.test('idempotency: the fingerprint', async (t) => {
  const of = (body: object) => fingerprintOf(body, ['a', 'b']);
  t.equal(of({ a: { x: 1, y: [1, 2] }, b: 2 }), of({ b: 2, a: { y: [1, 2], x: 1 }, other: 3 }));
  t.not(of({ a: [1, 2] }), of({ a: [2, 1] }));
  t.not(of({ a: '1' }), of({ a: 1 }));
  t.not(of({ a: 1 }), of({ b: 1 }));
});

t.test(
  'idempotency: a handler that does not answer in time is answered for, and its key stays claimed until it has ended',
  async (t) => {
    // long enough for a busy machine to claim the key, and to answer the last call
    const { app, db } = await build(t, { handlerTimeoutMs: 1500 });
    const body = { sessionId: 'idem-late', items: [] };
    const headers = { 'idempotency-key': 'late-key-1' };
    let finish = (): void => {};
    const { widgetShortlists } = app.collections;
    const { insertOne } = widgetShortlists;
    widgetShortlists.insertOne = async (...args) => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return insertOne.apply(widgetShortlists, args);
    };
    const late = await call(app, SHORTLIST, body, headers);
    t.equal(late.statusCode, 503);
    t.match(late.json(), { code: 'service.unavailable' });
    t.ok(late.headers['retry-after']);
    t.match(await db.collection('idempotencyKeys').findOne(), { state: 'in_flight' });
    t.equal((await call(app, SHORTLIST, body, headers)).statusCode, 409);
    finish();
    widgetShortlists.insertOne = insertOne;
    t.equal((await call(app, SHORTLIST, { ...body, sessionId: 'idem-in-time' })).statusCode, 200);
    let again = await call(app, SHORTLIST, body, headers);
    while (again.statusCode === 409) again = await call(app, SHORTLIST, body, headers);
    t.equal(again.statusCode, 200);
    t.equal(await db.collection('widgetShortlists').countDocuments({ sessionId: body.sessionId }), 1);
  },
);

t.test(
  'idempotency: what two requests could not give back of one key is given back when the database is there again',
  async (t) => {
    const { idempotencyKeys } = app.collections;
    const keys = createIdempotency(idempotencyKeys, () => new Date(clock));
    t.teardown(() => keys.close());
    const id = 'of-two';
    t.same(await keys.claim(id, 'same'), { outcome: 'claimed' });
    const away = () => Promise.reject(new Error('the database is away'));
    const { insertOne, deleteOne } = idempotencyKeys;
    Object.assign(idempotencyKeys, { insertOne: away, deleteOne: away });
    // the first was answered by its time limit while the second one came
    const release = keys.releaseLater(id);
    const second = keys.claim(id, 'same');
    await t.rejects(release());
    await t.rejects(second);
    Object.assign(idempotencyKeys, { insertOne, deleteOne });
    t.same(await keys.claim(id, 'same'), { outcome: 'claimed' }, 'and not in flight until the lease ends');
  },
);
