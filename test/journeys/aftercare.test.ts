import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Writable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import t from 'tap';
import { DEFINITIONS } from '../../src/collections.js';
import { filterFor } from '../../src/domain/privacy/personal-data.js';
import { newUnconfirmed } from '../../src/domain/returns/confirm-return.js';
import { makeBucket } from '../bucket.js';
import { build, call, database, STAFF_KEY } from '../helper.js';
import { file, form, session } from '../images.js';
import { declined, refused } from '../problem.js';

const TOKEN = 'token-of-the-twilio-account';
const PUBLIC_URL = 'https://concierge.example';
// later than the real time, so that nothing stored here is old enough to be swept away
const at = new Date('2099-05-10T16:00:00.000Z');

const logged: string[] = [];
const stream = new Writable({
  write(chunk, _encoding, done) {
    logged.push(String(chunk));
    done();
  },
});
const env = {
  S3_BUCKET: `concierge-aftercare-${process.pid}`,
  PUBLIC_URL,
  LINK_SECRET: 'secret-of-the-links-1',
  TWILIO_ACCOUNT_SID: 'AC0123456789',
  TWILIO_AUTH_TOKEN: TOKEN,
  TWILIO_FROM: '+12025550100',
};
const db = await database(t);
await db.collection('products').insertOne({
  name: 'Ring',
  category: 'rings',
  pricing: { basePrice: 100, currency: 'USD' },
  inventory: { sku: 'RNG-101', available: 5 },
  metadata: { status: 'active' },
});
const { app, config } = await build(t, {
  db,
  now: () => at,
  staff: true,
  env,
  logger: { level: 'trace', stream },
});
const bucket = await makeBucket(t, config.storage);

const order = (orderNumber: string, customerEmail: string) => ({
  orderNumber,
  customerEmail,
  status: 'delivered',
  items: [{ sku: 'RNG-101', title: 'Ring', quantity: 1, lineId: 'a' }],
  shipping: { country: 'US', postalCode: '10001', deliveredAt: new Date('2099-05-01T12:00:00Z') },
  createdAt: new Date('2099-04-20T12:00:00Z'),
});
await db
  .collection('orders')
  .insertMany([
    order('GG-501', 'ada@example.com'),
    order('GG-502', 'bob@example.com'),
    order('GG-503', 'eve@example.com'),
  ]);

const post = async (path: string, body: unknown, on: FastifyInstance = app) => call(on, `/api/${path}`, body);
const staff = (path: string, payload: object) =>
  app.inject({
    method: 'POST',
    url: `/api/concierge/privacy/${path}`,
    headers: { authorization: `Bearer ${STAFF_KEY}` },
    payload,
  });
const one = (name: string, filter: object) => db.collection(name).findOne(filter);
const upload = (sessionId: string) =>
  app.inject({
    method: 'POST',
    url: '/api/concierge/inspiration',
    ...form({ authorization: 'Bearer test-key-of-the-widget' }, [session(sessionId), file()]),
  });

t.test('journeys: track → text updates → STOP', async (t) => {
  const sessionId = 'journey-stop';
  const tracked = await post('concierge/orders/status', { sessionId, orderNumber: 'GG-503' });
  t.equal(tracked.json().currentStatus, 'delivered');
  const asked = { sessionId, contact: '(202) 555-0177', consent: true };
  const subscribed = await post('concierge/order-updates', asked);
  t.equal(subscribed.statusCode, 201, 'the order is the one that was tracked');
  const { subscriptionId } = subscribed.json();
  t.match(await one('widgetOrderSubscriptions', { subscriptionId }), {
    orderNumber: 'GG-503',
    destination: '+12025550177',
    status: 'active',
    consent: { given: true, at, channel: 'sms', sessionId, requestId: String, wording: /STOP/ },
  });

  const fields: Record<string, string> = { From: '+12025550177', Body: 'stop' };
  const url = '/internal/webhooks/twilio/inbound';
  const signed = `${PUBLIC_URL}${url}Body${fields.Body}From${fields.From}`;
  const answer = await app.inject({
    method: 'POST',
    url,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': createHmac('sha1', TOKEN).update(signed).digest('base64'),
    },
    payload: new URLSearchParams(fields).toString(),
  });
  t.equal(answer.statusCode, 200);
  t.match(await one('widgetOrderSubscriptions', { subscriptionId }), { status: 'stopped' });
  declined(t, await post('concierge/order-updates', asked), 'opted_out');
  const byEmail = await post('concierge/order-updates', { sessionId });
  t.match(byEmail.json(), { channel: 'email', maskedDestination: '•••' }, 'email still goes');
});

t.test('journeys: return → CSAT → follow-up', async (t) => {
  const sessionId = 'journey-return';
  const tracked = await post('concierge/orders/status', { sessionId, orderId: 'gg 502' });
  t.equal(tracked.statusCode, 200);
  const started = await post('concierge/orders/returns', {
    sessionId,
    option: 'return',
    reason: 'wrong_size',
  });
  t.equal(started.statusCode, 201, 'the order is the one that was tracked');
  const { rmaId, orderNumber } = started.json();
  t.equal(orderNumber, 'GG-502');
  t.match(await one('orders', { orderNumber }), { status: 'return_pending' });

  const rated = await post('analytics/csat', {
    sessionId,
    rating: 'poor',
    intent: 'return_exchange',
    notes: 'Too slow',
    orderNumber,
  });
  t.match(rated.json(), { needsFollowUp: true, message: /in touch/ });
  const { feedbackId } = rated.json();
  t.match(await one('csatFeedback', { feedbackId }), {
    followUp: { status: 'open' },
    deliveries: [
      { to: 'orders', state: 'done' },
      { to: 'crm', kind: 'followup.create', state: 'pending' },
    ],
  });
  t.match(await one('orders', { orderNumber }), { csatRating: 1 });
  t.ok(rmaId);

  const better = await post('analytics/csat', {
    sessionId,
    rating: 'great',
    intent: 'return_exchange',
    orderNumber,
  });
  t.equal(better.json().feedbackId, feedbackId);
  t.equal((await one('csatFeedback', { feedbackId }))?.followUp, undefined, 'nobody has to call any more');
  await app.analytics.flush();
  const events = await db.collection('analyticsEvents').find({ sessionId }).sort({ _id: 1 }).toArray();
  t.same(events.map(({ event }) => event).sort(), [
    'aurora_csat_submitted',
    'aurora_csat_submitted',
    'aurora_order_tracked',
    'aurora_return_initiated',
  ]);
});

t.test('journeys: upload → stylist with image', async (t) => {
  const sessionId = 'journey-upload';
  const { inspirationId } = (await upload(sessionId)).json();
  t.ok(inspirationId);
  await db
    .collection('widgetInspiration')
    .updateOne({ inspirationId }, { $set: { moderationStatus: 'clean' } });
  const ticket = await post('concierge/stylist', { sessionId, email: 'cleo@example.com' });
  t.equal(ticket.json().ok, true);
  t.match(await one('stylistTickets', { sessionId }), {
    inspirationIds: [inspirationId],
    deliveries: [{ to: 'crm', kind: 'ticket.create' }],
  });
});

// What a customer leaves behind. Each mark is looked for afterwards, everywhere.
const MARKS = ['ada@example.com', '2025550142', 'Ada-Lovelace', 'marked-words', 'marked-session'];

let lives = 0;

async function liveThrough(sessionId: string) {
  const email = 'ada@example.com';
  const phone = '+1 202 555 0142';
  const notes = 'marked-words';
  const calls: [path: string, body: object][] = [
    ['concierge/orders/status', { email, postalCode: '10001' }],
    ['concierge/shortlist', { items: [{ id: 'RNG-101', title: 'Ring' }] }],
    ['concierge/capsule', { customerEmail: email }],
    [
      'concierge/orders/returns',
      { option: 'return', notes, reason: 'marked-words', contact: { email, phone }, orderNumber: 'GG-501' },
    ],
    [
      'concierge/stylist',
      { name: 'Ada-Lovelace', email, phone, notes, transcript: [{ role: 'user', content: notes }] },
    ],
    ['analytics/csat', { rating: 1, notes, orderNumber: 'GG-501' }],
    ['concierge/order-updates', { contact: { channel: 'sms', value: phone }, consent: true }],
    ['concierge/order-updates', {}],
    ['analytics/events', { event: 'aurora_widget_open', orderNumber: 'GG-501' }],
  ];
  for (const [nth, [path, body]] of calls.entries()) {
    lives += 1;
    const headers = { 'idempotency-key': `key-of-call-${lives}-${nth}` };
    const response = await call(app, `/api/${path}`, { sessionId, ...body }, headers);
    if (response.statusCode >= 400) throw new Error(`${path}: ${response.statusCode} ${response.body}`);
  }
  await upload(sessionId);
  // in a shop that asks for proof, this is what a return without it leaves behind
  const at = app.now();
  await app.repositories.unconfirmedReturns.insert(
    newUnconfirmed('GG-501', lives, { option: 'return' }, { option: 'return', notes, sessionId }, at),
  );
  await app.repositories.texts.take('+12025550142', { messageId: `SM${lives}`, text: notes, at });
}

/** Everything in every collection of ours, but the shop's orders. */
async function everything(): Promise<string> {
  const names = (await db.listCollections().toArray())
    .map(({ name }) => name)
    .filter((name) => name !== 'orders');
  const all = await Promise.all(
    names.map(async (name) => [name, await db.collection(name).find().toArray()]),
  );
  return JSON.stringify(all);
}

t.test(
  'journeys: export, then erase everything: nothing is found in any collection, object or log',
  async (t) => {
    const before = (await bucket.keys()).length;
    await liveThrough('marked-session');
    await app.analytics.flush();
    const found = await everything();
    for (const mark of MARKS) t.match(found, mark, `${mark} is there`);
    const added = (await bucket.keys()).length - before;
    t.ok(added >= 2, 'an image and a slip');

    const exported = await staff('export', { email: 'ada@example.com', phone: '+1 202 555 0142' });
    t.equal(exported.statusCode, 200);
    const { data, objects } = exported.json();
    t.same(
      Object.keys(data).sort(),
      app.persons.personalData.map(({ name }) => name).sort(),
      'something in every collection that can have something',
    );
    t.ok(objects.length >= 2);
    t.notMatch(exported.body, 'bob@example.com');

    const receipt = await staff('erase', { email: 'ada@example.com', phone: '+1 202 555 0142' });
    t.equal(receipt.statusCode, 200);
    t.match(receipt.json(), { status: 'done', outside: [] });
    t.same(
      receipt
        .json()
        .found.map(({ collection }: { collection: string }) => collection)
        .sort(),
      app.persons.personalData.map(({ name }) => name).sort(),
    );
    await app.analytics.flush();
    const after = await everything();
    for (const mark of [...MARKS, 'ada@']) t.notMatch(after, mark, `${mark} is gone`);
    t.equal((await bucket.keys()).length, before, 'no object is left');
    const log = logged.join('');
    t.match(log, /"route":"\/api\/concierge\/stylist"/, 'there is a log');
    for (const mark of MARKS) t.notMatch(log, mark, `${mark} is not in the log`);

    t.match(
      await one('returns', { orderNumber: 'GG-501' }),
      { option: 'return', status: 'initiated', erasedAt: at },
      'the return goes on',
    );
    t.ok(await one('capsuleHolds', { status: 'active' }), 'and the pieces stay held');
    t.ok(await one('widgetOrderSubscriptions', { orderNumber: 'GG-503' }), 'of others nothing is missing');
    t.ok(await one('csatFeedback', { sessionId: 'journey-return' }));
    const again = await staff('erase', { email: 'ada@example.com', phone: '+1 202 555 0142' });
    t.same(again.json().found, [], 'a repeat finds nothing');
    t.match(await db.collection('auditLog').find({ action: 'privacy.erased' }).toArray(), [
      { key: 'staff', target: receipt.json().erasureId },
      { target: again.json().erasureId },
    ]);
  },
);

t.test('journeys: an erasure that is interrupted is finished by the dispatcher', async (t) => {
  await liveThrough('marked-session');
  const { remove } = app.storage;
  t.capture(app.storage, 'remove', async () => {
    throw new Error('away');
  });
  const started = await staff('erase', { session: 'marked-session' });
  t.same([started.statusCode, started.json().status], [202, 'under_way']);
  const { erasureId } = started.json();
  t.match(await one('erasures', { erasureId }), { subject: { sessions: ['marked-session'] } });
  app.storage.remove = remove;

  const later = new Date(at.getTime() + 60_000);
  const other = await build(t, { db, now: () => later, env: { ...env, DISPATCHER: 'inline' } });
  await other.app.dispatcher.drain();
  const erasure = await one('erasures', { erasureId });
  t.match(erasure, { finishedAt: later, deliveries: [{ state: 'done' }] });
  t.equal(erasure?.subject, undefined, 'whom it was about is gone too');
  t.equal(await one('stylistTickets', { sessionId: 'marked-session' }), null);
});

t.test('journeys: what is not a person is refused', async (t) => {
  refused(t, await staff('erase', {}), { status: 400, code: 'request.invalid' });
  refused(
    t,
    await staff('erase', { session: ' ', email: '' }),
    { status: 400, code: 'request.invalid' },
    'nobody',
  );
  refused(t, await staff('export', { phone: '123' }), {
    status: 400,
    code: 'request.invalid',
    path: '/phone',
  });
  refused(t, await post('concierge/privacy/erase', { session: 's' }), {
    status: 403,
    code: 'auth.missing_scope',
  });
});

t.test('journeys: every look-up of a person has an index', async (t) => {
  const subject = { sessions: ['s'], emails: ['e'], phones: ['p'], orders: ['o'] };
  for (const data of app.persons.personalData) {
    const plan = JSON.stringify(
      await db
        .collection(data.name)
        .find(filterFor(data, subject, app.hashes) ?? {})
        .explain(),
    );
    t.notMatch(plan, /COLLSCAN/, data.name);
  }
});

t.test('journeys: docs/privacy.md names the personal fields of every document', async (t) => {
  const page = await readFile(new URL('../../docs/privacy.md', import.meta.url), 'utf8');
  for (const [name, fields] of DEFINITIONS.flatMap(({ name, personal }) =>
    personal ? [[name, personal.fields] as const] : [],
  )) {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\``)) ?? '';
    const named = [...(row.split('|')[2] ?? '').matchAll(/`(\w+)`/g)].map(([, field]) => field);
    const personal = Object.entries(fields).flatMap(([field, isPersonal]) => (isPersonal ? [field] : []));
    t.same(named.sort(), personal.sort(), name);
  }
});

/** What a request can say of a person, and what it cannot. A new field belongs into one of the two. */
const PERSONAL =
  'caption code comment contact content customerEmail email fileName file lookup message messages metadata name note notes orderId orderNumber phone postalCode reason search session sessionId text trackingNumber token tracking transcript transcriptSummary value zip assignee assignedTo by properties';
const HARMLESS =
  'action at budgetMax budgetMin carrier category channel consent consentVersion consentWording contentType creatorCode creatorId cursor done due erasureId eta event expires featured filters from id idempotencyKey inspiration inspirationId intent items kind label limit lineId materials max metal min newSize offset option order originIntent price priceBand priceLt priceMax priceMin productId products q quantity rating readyToShip relax replied requestId rmaId role score selection shortlist shortlistId signature since size sizeBytes sku sms sortBy status stone subscriptionId success summary tags template ticketId timePreference timestamp timezone title to type uploads variantId version';

t.test('journeys: every field of every request is known to be personal or not', async (t) => {
  const known = new Set(`${PERSONAL} ${HARMLESS}`.split(' '));
  const document = JSON.parse((await app.inject({ url: '/openapi.json' })).body);
  for (const [path, operations] of Object.entries<Record<string, Operation>>(document.paths))
    for (const { requestBody, parameters = [] } of Object.values(operations)) {
      const bodies = Object.values(requestBody?.content ?? {}).map(({ schema }) => schema);
      const names = [
        ...fieldsOf(bodies, document),
        ...parameters.filter(({ in: place }) => place !== 'header').map(({ name }) => name),
      ];
      for (const name of names) if (name && !known.has(name)) t.fail(`${path}: ${name} is not classified`);
    }
  t.ok(known.size > 50);
});

interface Operation {
  requestBody?: { content: Record<string, { schema: unknown }> };
  parameters?: { name?: string; in?: string }[];
}

function fieldsOf(schema: unknown, document: unknown, seen = new Set<unknown>()): string[] {
  if (schema === null || typeof schema !== 'object' || seen.has(schema)) return [];
  seen.add(schema);
  const {
    $ref,
    properties = {},
    ...others
  } = schema as { $ref?: string; properties?: Record<string, unknown> };
  const target = $ref
    ?.slice(2)
    .split('/')
    .reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], document);
  const inner = [
    target,
    ...Object.values(properties),
    ...Object.entries(others).flatMap(([key, part]) =>
      ['items', 'anyOf', 'oneOf', 'allOf', 'additionalProperties'].includes(key) || Array.isArray(schema)
        ? [part]
        : [],
    ),
  ];
  return [...Object.keys(properties), ...inner.flatMap((part) => fieldsOf(part, document, seen))];
}
