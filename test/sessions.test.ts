import { createHash, randomUUID } from 'node:crypto';
import t from 'tap';
import { createConversations, freshOf } from '../src/domain/sessions/conversation.js';
import { readSessionFacts, type SessionMessage } from '../src/domain/sessions/session.js';
import { isUnguessable } from '../src/domain/sessions/unguessable.js';
import { BAND_OF_THE_SHOP, bodyOf, build, call, database, KEY } from './helper.js';
import { form, PNG } from './images.js';
import { refused } from './problem.js';
import fc, { SEED } from './properties.js';

// later than the real time, so that nothing stored here is old enough to be swept away
const start = new Date('2099-05-01T10:00:00.000Z');
const db = await database(t);
await db.collection('products').insertOne({ ...BAND_OF_THE_SHOP });
await db.collection('orders').insertMany([
  { orderNumber: 'GG-1', customerEmail: 'ada@example.com', shipping: { postalCode: '10001' } },
  { orderNumber: 'GG-2', customerEmail: 'bo@example.com', shipping: { postalCode: '10002' } },
]);
const { app } = await build(t, { db, now: () => start });
const sessions = db.collection('widgetSessions');

const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
const pathOf = (sessionId: string) => `/api/concierge/sessions/${encodeURIComponent(sessionId)}`;
const say = (sessionId: string, messages: unknown) =>
  app.inject({
    method: 'PUT',
    url: `${pathOf(sessionId)}/messages`,
    headers,
    payload: JSON.stringify({ messages }),
  });
const resume = (sessionId: string) => app.inject({ method: 'GET', url: pathOf(sessionId), headers });
const message = (nth: number) => ({ id: `m-${nth}`, role: 'user', content: `Message ${nth}` });
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);
const ids = (messages: { id: string }[]) => messages.map(({ id }) => id);
/** A session of its own for each test. */
const named = (name: string) => `${name}-6f9619ff-8b86-4011-b42d-00cf4fc964ff`;

t.test('sessions: an id that nobody finds by trying, and ids that somebody would', async (t) => {
  const ROWS: [id: string, isUnguessable: boolean, why: string][] = [
    ['6f9619ff-8b86-4d01-b42d-00cf4fc964ff', true, 'a random UUID'],
    ['6F9619FF-8B86-4D01-B42D-00CF4FC964FF', true, 'in capitals'],
    ['widget-6f9619ff-8b86-4d01-b42d-00cf4fc964ff', true, 'with a word in front'],
    ['aurora:session:6f9619ff-8b86-4d01-b42d-00cf4fc964ff:1', true, 'and behind'],
    ['9f86d081884c7d659a2feaa0c55ad015', true, '32 hexadecimal digits'],
    ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', true, '64 of them'],
    ['V1StGXR8_Z5jdHi6B-myT', true, '21 letters of a nanoid'],
    ['sess_V1StGXR8Z5jdHi6BmyTqL0', true, '22 letters and digits'],
    ['tz4a98xxat96iws9zmbrgj3a', true, '24 small letters and digits'],
    ['widget-1764450000', false, 'the seconds of its beginning'],
    ['widget-1764450000123', false, 'the milliseconds'],
    ['widget-session-2026-11-29T22:04:05.123Z-000001', false, 'a time and a counter'],
    ['concierge1764450000123abcd', false, 'a word, a time and four letters'],
    ['s1', false, 'short'],
    ['journey-of-16-characters', false, 'words'],
    ['the-session-of-the-customer-ada-lovelace', false, 'a sentence'],
    ['ada.lovelace@example.com', false, 'an address'],
    ['a'.repeat(128), false, 'one letter'],
    ['ab'.repeat(64), false, 'two of them'],
    ['1'.repeat(64), false, 'one digit'],
    ['17644500001764450000176445000017644500001', false, 'digits'],
    ['00000000-0000-4000-8000-000000000000', false, 'a UUID of zeros'],
    ['aaaaaaaa-aaaa-4aaa-aaaa-aaaaaaaaaaaa', false, 'of one digit'],
    ['c232ab00-9414-11ec-b3c8-9f6bdeced846', false, 'version 1: the time and the machine'],
    ['019ac2f5-8c00-7a5b-9c3d-2f1e4b6a8d70', false, 'version 7: 74 random bits'],
    ['01JDWX9Z8K3M5N7P9QRSTVWXYZ', false, 'a ULID: 80'],
    ['6f9619ff-8b86-d011', false, 'the half of one'],
    ['', false, 'nothing'],
  ];
  for (const [id, isRandom, why] of ROWS) t.equal(isUnguessable(id), isRandom, `${id}: ${why}`);
  for (let n = 0; n < 2000; n++) if (!isUnguessable(randomUUID())) t.fail('a random UUID');
  for (let n = 0; n < 2000; n++)
    if (!isUnguessable(`w-${createHash('md5').update(`${SEED} ${n}`).digest('hex')}`)) t.fail('32 digits');
});

t.test('sessions: messages are kept in their order, each once, the last 200', async (t) => {
  const sessionId = named('order');
  const first = await say(sessionId, range(1, 3).map(message));
  t.equal(first.statusCode, 200);
  t.same(bodyOf(first), { ok: true, added: 3, totalMessages: 3 });
  t.same(bodyOf(await say(sessionId, range(1, 3).map(message))), { ok: true, added: 0, totalMessages: 3 });
  t.same(bodyOf(await say(sessionId, range(2, 5).map(message))), { ok: true, added: 2, totalMessages: 5 });
  t.same(bodyOf(await say(sessionId, range(6, 205).map(message))), {
    ok: true,
    added: 200,
    totalMessages: 200,
  });
  t.same(ids((await resume(sessionId)).json().messages), ids(range(6, 205).map(message)));

  const again = await say(sessionId, [...range(1, 5), 204, 206].map(message));
  t.same(bodyOf(again), { ok: true, added: 1, totalMessages: 200 }, 'what was let go does not come back');
  t.same(ids((await resume(sessionId)).json().messages), ids(range(7, 206).map(message)));
});

t.test('sessions: of the same message many times at once one is kept, and none is lost', async (t) => {
  const sessionId = named('rush');
  const answers = await Promise.all(
    range(1, 20).map((nth) => say(sessionId, [message(0), message(nth % 4)])),
  );
  t.same([...new Set(answers.map(({ statusCode }) => statusCode))], [200]);
  t.same(ids((await resume(sessionId)).json().messages).sort(), ['m-0', 'm-1', 'm-2', 'm-3']);
  t.equal(await sessions.countDocuments({ sessionId }), 1);
});

t.test('sessions: what is sent of a message', async (t) => {
  const sessionId = named('forms');
  const answer = await say(sessionId, [
    { id: 'a', content: ' Hello ', timestamp: '2099-04-30T09:00:00.000Z', cards: [{ $set: 1 }] },
    { id: 'b', role: 'concierge', text: 'Good morning', timestamp: 4_080_000_000 },
    { id: 'c', content: '' },
    { id: 'a', content: 'Hello again' },
  ]);
  t.has(answer.json(), { added: 2 });
  t.same((await resume(sessionId)).json().messages, [
    { id: 'a', role: 'user', text: 'Hello', at: '2099-04-30T09:00:00.000Z' },
    { id: 'b', role: 'concierge', text: 'Good morning', at: '2099-04-16T05:20:00.000Z' },
  ]);
  const cases: [name: string, messages: unknown, path: string][] = [
    ['none', [], '/messages'],
    ['no list', 'hello', '/messages'],
    ['2001', range(1, 2001).map(message), '/messages'],
    ['no id', [{ content: 'x' }], '/messages/0/id'],
    ['a blank id', [{ id: ' ', content: 'x' }], '/messages/0/id'],
    ['an id that is an operator', [{ id: { $ne: 1 }, content: 'x' }], '/messages/0/id'],
  ];
  for (const [name, messages, path] of cases)
    refused(t, await say(named('bad'), messages), { status: 400, code: 'request.invalid', path }, name);
  t.equal(await sessions.countDocuments({ sessionId: named('bad'), messages: { $exists: true } }), 0);
});

t.test('sessions: a message that is long, empty or in parts never costs the others', async (t) => {
  const sessionId = named('odd-messages');
  const long = `${'x'.repeat(3999)}💍${'y'.repeat(6000)}`;
  const answer = await say(sessionId, [
    { id: 'a', content: 'Before' },
    { id: 'b', content: long },
    { id: 'c', content: null },
    { id: 'd', content: null, text: 'By its other name' },
    {
      id: 'e',
      content: [
        { type: 'text', text: 'Two ' },
        { type: 'image_url', image_url: {} },
        'parts',
        { text: null },
      ],
    },
    { id: 'f', content: [] },
    { id: 'g', content: 'After' },
  ]);
  t.equal(answer.statusCode, 200);
  const { messages } = (await resume(sessionId)).json();
  t.same(
    messages.map(({ id, text }: { id: string; text: string }) => [id, text]),
    [
      ['a', 'Before'],
      ['b', 'x'.repeat(3999)],
      ['d', 'By its other name'],
      ['e', 'Two\nparts'],
      ['g', 'After'],
    ],
    'cut before the letter that is two units long',
  );
  const many = await say(named('many'), range(1, 201).map(message));
  t.match(many.json(), { added: 200, totalMessages: 200 }, 'the last ones of more than are kept');
});

t.test('sessions: a session gives back what it has said, saved, held, looked up and sent in', async (t) => {
  const sessionId = named('whole');
  const post = async (path: string, body: object) => (await call(app, path, { sessionId, ...body })).json();
  await post('/api/concierge/products', { category: 'ring', originIntent: 'find_gift' });
  await say(sessionId, [message(1)]);
  const list = await post('/api/concierge/shortlist', { items: [{ id: 'RNG-1' }] });
  const hold = await post('/api/concierge/capsule', {});
  await post('/api/concierge/orders/status', { orderNumber: 'gg-1', email: 'ada@example.com', zip: '10001' });
  const upload = await app.inject({
    method: 'POST',
    url: '/api/concierge/inspiration',
    ...form({ authorization: `Bearer ${KEY}` }, [
      { name: 'sessionId', value: sessionId },
      { name: 'caption', value: 'Like this' },
      { name: 'file', fileName: 'ring.png', type: 'image/png', body: PNG },
    ]),
  });
  const { inspirationId, moderationStatus } = upload.json();

  const answer = await resume(sessionId);
  t.equal(answer.statusCode, 200);
  const { ok: _, totalItems: __, requestId: ___, ...shortlist } = list;
  t.same(bodyOf(answer), {
    sessionId,
    identity: 'verified',
    intents: ['find_gift', 'shortlist', 'capsule_reservation', 'track_order'].map((intent) => ({
      intent,
      at: start.toISOString(),
    })),
    lastOrderNumber: 'GG-1',
    shortlist,
    hold: {
      reservationId: hold.reservationId,
      items: [{ id: 'RNG-1', title: 'Aurora band' }],
      extensions: 0,
      version: 1,
      expiresAt: hold.expiresAt,
    },
    inspiration: [{ inspirationId, caption: 'Like this', contentType: 'image/png', moderationStatus }],
    messages: [{ id: 'm-1', role: 'user', text: 'Message 1' }],
    createdAt: start.toISOString(),
    lastSeenAt: start.toISOString(),
  });
  t.notMatch(answer.body, /ada@|\b10001\b/i, 'neither address nor postal code');
});

t.test('sessions: how well a session knows its customer only grows', async (t) => {
  const sessionId = named('level');
  const status = (body: object) => call(app, '/api/concierge/orders/status', { sessionId, ...body });
  const level = async () => (await resume(sessionId)).json().identity;
  await status({ orderNumber: 'GG-2' });
  t.equal(await level(), 'anonymous', 'a number can be guessed');
  await status({ orderNumber: 'GG-1', email: 'Eve@example.com', zip: '10001' });
  t.equal(await level(), 'claimed', 'an address that is not the one of the order');
  t.equal(
    (await resume(sessionId)).json().lastOrderNumber,
    'GG-2',
    'an order that was not found is not remembered',
  );
  await status({ email: 'ada@example.com', zip: '10001' });
  t.equal(await level(), 'verified');
  await status({ orderNumber: 'GG-2', email: 'eve@example.com' });
  t.equal(await level(), 'verified');
  const stored = await sessions.findOne({ sessionId });
  t.same([stored?.email, stored?.verifiedOrders], ['eve@example.com', ['GG-1']], 'each order for itself');
});

t.test(
  'sessions: an unknown session is not there, and looking makes none; one that could be guessed is not given',
  async (t) => {
    refused(t, await resume(named('nobody')), { status: 404, code: 'session.not_found' });
    t.equal(await sessions.countDocuments({ sessionId: named('nobody') }), 0);
    await call(app, '/api/concierge/shortlist', { sessionId: 's1', items: [] });
    for (const answer of [await resume('s1'), await say('s1', [message(1)])])
      refused(t, answer, { status: 400, code: 'request.invalid', path: '/sessionId' });
    const without = await app.inject({ method: 'GET', url: pathOf(named('whole')) });
    refused(t, without, { status: 401, code: 'auth.missing_key' });
  },
);

t.test('sessions: what a body says of its session', async (t) => {
  const cases: [body: unknown, route: string | undefined, said: object][] = [
    [{ originIntent: 'find_product', intent: 'other' }, 'route', { intent: 'find_product' }],
    [{ originIntent: '', intent: 'support' }, 'route', { intent: 'support' }],
    [{}, 'route', { intent: 'route' }],
    [{}, undefined, {}],
    [null, undefined, {}],
    [{ intent: { $gt: '' }, email: ['a@example.com'] }, undefined, {}],
    [{ intent: 'x'.repeat(100) }, undefined, { intent: 'x'.repeat(64) }],
    [{ email: ' Ada@Example.com ' }, undefined, { email: 'ada@example.com' }],
    [{ email: '', customerEmail: 'a@example.com' }, undefined, { email: 'a@example.com' }],
    [{ contact: { email: 'a@example.com' } }, undefined, { email: 'a@example.com' }],
    [{ contact: { channel: 'email', value: 'a@example.com' } }, undefined, { email: 'a@example.com' }],
    [{ contact: 'a@example.com' }, undefined, { email: 'a@example.com' }],
    [{ contact: '+1 202 555 0123' }, undefined, {}],
    [{ lookup: { email: 'a@example.com' } }, undefined, { email: 'a@example.com' }],
  ];
  for (const [body, route, said] of cases) t.same(readSessionFacts(body, route), said, JSON.stringify(body));
});

t.test(
  'sessions: whatever is sent, in whatever portions: no message twice, none out of order, none lost',
  async (t) => {
    const conversations = createConversations(app.collections.widgetSessions);
    let nth = 0;
    const portion = fc.tuple(fc.nat(260), fc.integer({ min: 1, max: 200 }));
    await t.resolves(
      fc.assert(
        fc.asyncProperty(fc.array(portion, { minLength: 1, maxLength: 6 }), async (portions) => {
          const sessionId = named(`property-${nth++}`);
          let known: SessionMessage[] = [];
          for (const [from, length] of portions) {
            const sent = range(from, from + length - 1).map((id) => ({
              id: `m-${id}`,
              role: 'user',
              text: 'x',
            }));
            const expected = [...known, ...freshOf(ids(known), sent)].slice(-200);
            await conversations.append(sessionId, sent, start);
            known = await conversations.last(sessionId);
            if (JSON.stringify(known) !== JSON.stringify(expected)) return false;
            if (new Set(ids(known)).size !== known.length || known.length > 200) return false;
            const kept = new Set(ids(known));
            // the newest that was sent is there, unless it had been said and forgotten before
            if (known.length < 200 && !sent.every(({ id }) => kept.has(id))) return false;
          }
          return true;
        }),
        { numRuns: 25 },
      ),
    );
  },
);
