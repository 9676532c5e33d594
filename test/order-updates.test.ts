import t from 'tap';
import { readPhone } from '../src/lib/values/phone.js';
import { bodyOf, build, call, database } from './helper.js';
import { refused } from './problem.js';

const PATH = '/api/concierge/order-updates';
// later than the real time, so that nothing stored here is old enough to be swept away
const start = new Date('2099-05-01T10:00:00.000Z');

const db = await database(t);
const orders = ['US', 'GB', 'France', 'deutschland', undefined].map((country, nth) => ({
  orderNumber: `GG-10${nth}`,
  customerEmail: `owner${nth}@example.com`,
  shipping: country && { country },
}));
await db.collection('orders').insertMany([
  ...orders,
  {
    orderNumber: 'GG-1',
    customerEmail: 'Owner@Example.com',
    status: 'shipped',
    shipping: { country: 'US' },
  },
]);
const { app } = await build(t, { db, now: () => start });

const subscriptions = db.collection('widgetOrderSubscriptions');
const subscribe = (body: unknown) => call(app, PATH, body);
const stored = (subscriptionId: string) =>
  subscriptions.findOne({ subscriptionId }, { projection: { _id: 0 } });

t.test('the session and the order alone: email to the address of the order', async (t) => {
  const response = await subscribe({
    sessionId: 'first',
    orderNumber: 'GG-1',
    originIntent: 'track_order',
    requestId: 'order_updates-6f9619ff',
    source: 'widget',
    destination: 'mallory@example.com',
    status: 'paused',
  });
  t.equal(response.statusCode, 201);
  const { subscriptionId, ...answer } = bodyOf(response);
  t.match(subscriptionId, /^sub_[0-9a-f-]{36}$/);
  t.same(answer, {
    ok: true,
    channel: 'email',
    status: 'active',
    maskedDestination: '•••',
    message: 'We will write to the email address of the order when order GG-1 moves.',
  });
  const { deliveries, ...document } = (await stored(String(subscriptionId))) ?? { deliveries: undefined };
  t.same(document, {
    subscriptionId,
    orderNumber: 'GG-1',
    channel: 'email',
    destination: 'owner@example.com',
    sessionId: 'first',
    consent: {
      given: false,
      at: start,
      source: 'concierge widget',
      channel: 'email',
      wording: 'Email me updates on this order.',
      wordingVersion: 'email-1',
      sessionId: 'first',
      requestId: response.headers['x-request-id'],
    },
    history: [{ at: start, by: 'customer', action: 'subscribed' }],
    status: 'active',
    createdAt: start,
    nextDeliveryAt: start,
  });
  t.match(deliveries, [
    {
      id: /^[0-9a-f-]{36}$/,
      to: 'notifications',
      kind: 'subscription.created',
      state: 'pending',
      attempts: 0,
    },
  ]);
  t.equal(deliveries.length, 1);
});

t.test('order updates: a contact in each of its forms', async (t) => {
  const sms = ['sms', '+12025550123', '**0123'];
  const email = ['email', 'ada@example.com', 'a•••@example.com'];
  const owner = ['email', 'owner0@example.com', '•••'];
  const cases: [contact: unknown, expected: string[]][] = [
    [undefined, owner],
    ['', owner],
    [' ', owner],
    [{}, owner],
    [{ channel: '', value: '', email: '', phone: '' }, owner],
    [{ channel: 'email' }, owner],
    [{ channel: 'email', phone: '+1 202 555 0123' }, owner],
    ['ada@example.com', email],
    [' ADA@Example.com ', email],
    [{ value: 'ada@example.com' }, email],
    [{ channel: 'email', value: 'ada@example.com' }, email],
    [{ channel: 'email', email: 'ada@example.com' }, email],
    [{ channel: 'email', email: 'ada@example.com', value: '', phone: '+12025550123' }, email],
    [{ channel: '', email: 'ada@example.com' }, email],
    [{ email: 'ada@example.com' }, email],
    ['+1 202 555 0123', sms],
    ['(202) 555-0123', sms],
    [{ value: '202-555-0123' }, sms],
    [{ channel: 'sms', value: '+1 (202) 555-0123' }, sms],
    [{ channel: 'sms', phone: '2025550123' }, sms],
    [{ channel: 'sms', phone: '2025550123', email: 'ada@example.com' }, sms],
    [{ phone: '2025550123' }, sms],
    [{ channel: 'sms', value: '2025550123', extra: { $set: 1 } }, sms],
  ];
  for (const [contact, expected] of cases) {
    const name = JSON.stringify(contact) ?? 'none';
    const response = await subscribe({ sessionId: 'forms', orderNumber: 'GG-100', contact, consent: true });
    t.ok([200, 201].includes(response.statusCode), `${name}: ${response.statusCode}`);
    const { subscriptionId, channel, maskedDestination, message } = response.json();
    const document = await stored(subscriptionId);
    t.same([channel, document?.destination, maskedDestination], expected, name);
    t.equal(document?.channel, channel, name);
    t.match(
      message,
      channel === 'sms'
        ? /^We will text \*\*0123 /
        : /^We will write to (a•••@example.com|the email address of the order) /,
      name,
    );
    t.notMatch(response.body, document?.destination, 'never the whole destination');
  }
  t.equal(await subscriptions.countDocuments({ orderNumber: 'GG-100' }), 3, 'one for each destination');
});

t.test('order updates: a contact at the top level, as the routes of the shop send it', async (t) => {
  const sms = ['sms', '+12025550177', true];
  const cases: [body: object, expected: unknown[]][] = [
    [{ phone: '(202) 555-0177', sms: true }, sms],
    [{ phone: '(202) 555-0177', sms: 'true' }, sms],
    [{ phone: '+1\u00a0202\u2011555\u20110177', sms: 1 }, sms],
    [{ phone: '２０２５５５０１７７', sms: true }, sms],
    [{ phone: 2025550177, sms: true }, sms],
    [{ contact: 12025550177, sms: true }, sms],
    [{ phone: '2025550177', sms: true, email: 'ada@example.com' }, sms],
    [{ phone: '2025550177', consent: true }, sms],
    [{ phone: '2025550177', sms: true, consent: true }, sms],
    [{ phone: '2025550177', sms: true, contact: {} }, sms],
    [{ phone: '2025550177', sms: true, contact: '' }, sms],
    [{ email: ' Ada@Example.com\u200b' }, ['email', 'ada@example.com', false]],
    [{ email: 'ada@bücher.example' }, ['email', 'ada@xn--bcher-kva.example', false]],
    [{ email: 'ada@example.com', phone: '2025550177' }, ['email', 'ada@example.com', false]],
    [{ email: 'ada@example.com', phone: '2025550177', sms: false }, ['email', 'ada@example.com', false]],
    [{ phone: '2025550177', sms: false }, ['email', 'owner0@example.com', false]],
    [{ phone: '2025550177', sms: 'no' }, ['email', 'owner0@example.com', false]],
    [{ email: '', phone: '', sms: '' }, ['email', 'owner0@example.com', false]],
    [{ email: 'eve@example.com', contact: 'ada@example.com' }, ['email', 'ada@example.com', false]],
    [{ phone: '2025550199', contact: '2025550177', consent: true }, sms],
  ];
  for (const [nth, [body, expected]] of cases.entries()) {
    const name = JSON.stringify(body);
    const response = await subscribe({ sessionId: `top-${nth}`, orderNumber: 'GG-100', ...body });
    t.ok([200, 201].includes(response.statusCode), `${name}: ${response.body}`);
    const document = await stored(response.json().subscriptionId);
    t.same([document?.channel, document?.destination], expected.slice(0, 2), name);
    if (response.statusCode === 201) t.equal(document?.consent.given, expected[2], `${name}: consent`);
  }
  const REFUSED: [body: object, code: string, path: string][] = [
    [{ sms: true }, 'request.invalid', '/phone'],
    [{ sms: true, email: 'ada@example.com' }, 'request.invalid', '/phone'],
    [{ phone: '555-0177', sms: true }, 'request.invalid', '/phone'],
    [{ phone: '2025550177' }, 'subscription.consent_required', '/consent'],
    [{ phone: '2025550177', sms: true, consent: false }, 'subscription.consent_required', '/consent'],
    [{ email: 'ada@example..com' }, 'request.invalid', '/email'],
  ];
  for (const [body, code, path] of REFUSED)
    refused(
      t,
      await subscribe({ sessionId: 'top-refused', orderNumber: 'GG-100', ...body }),
      { status: 400, code, path },
      JSON.stringify(body),
    );
});

t.test('order updates: a national telephone number is of the country of the order', async (t) => {
  const cases: [orderNumber: string, typed: string, e164: string][] = [
    ['GG-100', '(202) 555-0123', '+12025550123'],
    ['GG-101', '020 7946 0018', '+442079460018'],
    ['GG-102', '06 39 98 12 34', '+33639981234'],
    ['GG-101', '+1 202 555 0123', '+12025550123'],
    ['GG-103', '+49 30 23125 123', '+493023125123'],
    ['GG-104', '(202) 555-0123', '+12025550123'],
  ];
  for (const [orderNumber, phone, e164] of cases) {
    const contact = { channel: 'sms', phone };
    const response = await subscribe({ sessionId: 'national', orderNumber, contact, consent: true });
    t.equal((await stored(response.json().subscriptionId))?.destination, e164, `${phone} for ${orderNumber}`);
  }
  refused(
    t,
    await subscribe({
      sessionId: 'national',
      orderNumber: 'GG-103',
      contact: { channel: 'sms', phone: '079 123 45 67' },
      consent: true,
    }),
    { status: 400, code: 'request.invalid', path: '/contact' },
    'a national number in a country that is not known is nobody in America',
  );
});

t.test('order updates: countries by code or in words, numbers as people type them', async (t) => {
  const cases: [typed: string, country: string | undefined, e164: string | undefined][] = [
    ['2025550123', undefined, '+12025550123'],
    ['2025550123', '', '+12025550123'],
    ['2025550123', 'us', '+12025550123'],
    ['2025550123', 'United States', '+12025550123'],
    ['2025550123', ' usa ', '+12025550123'],
    ['020 7946 0018', 'UK', '+442079460018'],
    ['020 7946 0018', 'United Kingdom', '+442079460018'],
    ['020 7946 0018', 'Great Britain', '+442079460018'],
    ['079 123 45 67', 'Switzerland', '+41791234567'],
    ['0041 79 123 45 67', 'CH', '+41791234567'],
    ['+41 79 123 45 67', 'Nowhere', '+41791234567'],
    ['079 123 45 67', 'Nowhere', undefined],
    ['079 123 45 67', '__proto__', undefined],
    ['tel:+1-202-555-0123', 'US', '+12025550123'],
    ['555-0123', 'US', undefined],
    ['call me', 'US', undefined],
    ['', 'US', undefined],
    ['+', 'US', undefined],
    ['1'.repeat(32), 'US', undefined],
  ];
  for (const [typed, country, e164] of cases)
    t.equal(readPhone(typed, country), e164, `${typed} in ${country}`);
});

t.test('order updates: text messages need consent', async (t) => {
  const before = await subscriptions.countDocuments();
  const contact = { channel: 'sms', value: '+1 202 555 0199' };
  for (const consent of [undefined, false])
    refused(
      t,
      await subscribe({ sessionId: 'consent', orderNumber: 'GG-1', contact, consent }),
      { status: 400, code: 'subscription.consent_required', path: '/consent' },
      `consent ${consent}`,
    );
  refused(
    t,
    await subscribe({ sessionId: 'consent', orderNumber: 'GG-1', contact, consent: 'true' }),
    { status: 400, code: 'request.invalid', path: '/consent' },
    'consent as a text',
  );
  t.equal(await subscriptions.countDocuments(), before, 'nothing is stored');
  const consented = { sessionId: 'consent', orderNumber: 'GG-1', contact, consent: true };
  const shown = { consentWording: 'Yes, text me', consentVersion: 'v7' };
  const given = await subscribe({ ...consented, ...shown });
  t.equal(given.statusCode, 201);
  t.same(
    (await stored(given.json().subscriptionId))?.consent,
    {
      given: true,
      at: start,
      source: 'concierge widget',
      channel: 'sms',
      wording: 'Yes, text me',
      wordingVersion: 'v7',
      sessionId: 'consent',
      requestId: given.headers['x-request-id'],
    },
    'the proof: what was shown, when, to whom, by which request',
  );
});

t.test(
  'order updates: the order is the one that is named, else the one that the session last looked up',
  async (t) => {
    await call(app, '/api/concierge/orders/status', { sessionId: 'looked-up', orderId: 'gg-102' });
    const cases: [name: string, body: object, orderNumber: string][] = [
      ['orderId', { sessionId: 's', orderId: 'GG-100' }, 'GG-100'],
      ['as it is typed', { sessionId: 's', orderNumber: ' gg 101 ' }, 'GG-101'],
      ['orderNumber before orderId', { sessionId: 's', orderNumber: 'GG-101', orderId: 'GG-100' }, 'GG-101'],
      ['an empty orderNumber', { sessionId: 's', orderNumber: '', orderId: 'GG-100' }, 'GG-100'],
      ['the last order of the session', { sessionId: 'looked-up' }, 'GG-102'],
      ['with empty numbers', { sessionId: 'looked-up', orderNumber: '', orderId: ' ' }, 'GG-102'],
      ['another one after all', { sessionId: 'looked-up', orderId: 'GG-101' }, 'GG-101'],
      ['which is the last one now', { sessionId: 'looked-up' }, 'GG-101'],
    ];
    for (const [name, body, orderNumber] of cases) {
      const response = await subscribe(body);
      t.equal((await stored(response.json().subscriptionId))?.orderNumber, orderNumber, name);
    }
    refused(
      t,
      await subscribe({ sessionId: 'knows-none' }),
      { status: 400, code: 'request.invalid', path: '/orderNumber' },
      'no order at all',
    );
  },
);

t.test('order updates: an order that is not there is a 404, and nothing is stored', async (t) => {
  const before = await subscriptions.countDocuments();
  for (const orderNumber of ['GG-404', '.*', '$where', '__proto__'])
    refused(
      t,
      await subscribe({ sessionId: 'miss', orderNumber }),
      { status: 404, code: 'order.not_found' },
      orderNumber,
    );
  t.equal(await subscriptions.countDocuments(), before);
});

t.test('order updates: subscribing again is the same subscription', async (t) => {
  const body = { sessionId: 'again', orderNumber: 'GG-101', contact: 'again@example.com' };
  const first = await subscribe(body);
  t.equal(first.statusCode, 201);
  const before = await stored(first.json().subscriptionId);
  const same = [
    body,
    { ...body, contact: { channel: 'email', email: 'AGAIN@example.com' } },
    { ...body, orderNumber: 'gg101' },
  ];
  for (const repeat of same) {
    const again = await subscribe(repeat);
    t.equal(again.statusCode, 200);
    t.same(bodyOf(again), bodyOf(first));
  }
  t.same(await stored(first.json().subscriptionId), before, 'nothing is enqueued twice');
});

t.test('order updates: 20 times at once is one subscription', async (t) => {
  const body = { sessionId: 'rush', orderNumber: 'GG-101', contact: '+442079460019', consent: true };
  const answers = await Promise.all(Array.from({ length: 20 }, () => subscribe(body)));
  t.same(answers.map(({ statusCode }) => statusCode).sort(), [...Array(19).fill(200), 201]);
  t.equal(new Set(answers.map((answer) => JSON.stringify(bodyOf(answer)))).size, 1, 'one answer');
  const documents = await subscriptions.find({ destination: '+442079460019' }).toArray();
  t.equal(documents.length, 1);
  t.equal(documents[0]?.deliveries.length, 1);
});

t.test('order updates: what is not valid is refused with the field, and nothing is stored', async (t) => {
  const before = await subscriptions.countDocuments();
  const bad = { sessionId: 'bad', orderNumber: 'GG-1', consent: true };
  const cases: [name: string, body: unknown, path: string][] = [
    ['no session', { orderNumber: 'GG-1' }, '/sessionId'],
    ['a blank session', { ...bad, sessionId: ' ' }, '/sessionId'],
    ['an order number that is a list', { ...bad, orderNumber: [12345] }, '/orderNumber'],
    ['an order number that is an operator', { ...bad, orderNumber: { $gt: '' } }, '/orderNumber'],
    ['a contact that is neither', { ...bad, contact: 'next to the church' }, '/contact'],
    ['a contact that is a flag', { ...bad, contact: true }, '/contact'],
    ['a contact that is a list', { ...bad, contact: ['ada@example.com'] }, '/contact'],
    ['an email without a domain', { ...bad, contact: 'ada@example' }, '/contact'],
    ['two emails', { ...bad, contact: 'ada@example.com, eve@example.com' }, '/contact'],
    ['an email that is none', { ...bad, contact: { channel: 'email', email: 'ada' } }, '/contact'],
    [
      'an email that is none, as a value',
      { ...bad, contact: { channel: 'email', value: 'ada.example.com' } },
      '/contact',
    ],
    [
      'an email for text messages',
      { ...bad, contact: { channel: 'sms', value: 'ada@example.com' } },
      '/contact',
    ],
    ['text messages to no number', { ...bad, contact: { channel: 'sms' } }, '/contact'],
    ['a number that is too short', { ...bad, contact: { channel: 'sms', value: '12' } }, '/contact'],
    ['a channel that there is not', { ...bad, contact: { channel: 'pigeon', value: 'x' } }, '/contact'],
  ];
  for (const [name, body, path] of cases)
    refused(t, await subscribe(body), { status: 400, code: 'request.invalid', path }, name);
  t.equal(await subscriptions.countDocuments(), before);
});

t.test('order updates: odd orders never fail a request', async (t) => {
  const odd = [
    { orderNumber: 'GG-201' },
    { orderNumber: 'GG-202', customerEmail: '', shipping: null },
    { orderNumber: 'GG-203', customerEmail: 42, shipping: 'by post' },
    { orderNumber: 'GG-204', customerEmail: { address: 'x@example.com' }, shipping: { country: ['US'] } },
    { orderNumber: 'GG-205', customerEmail: 'not an address', status: 7, statusHistory: {} },
  ];
  await db.collection('orders').insertMany(odd);
  for (const { orderNumber } of odd) {
    refused(
      t,
      await subscribe({ sessionId: 'odd', orderNumber }),
      { status: 400, code: 'request.invalid', path: '/contact' },
      `${orderNumber} has no address to write to`,
    );
    const email = await subscribe({ sessionId: 'odd', orderNumber, contact: 'ada@example.com' });
    t.equal(email.statusCode, 201, `${orderNumber} with an email`);
    const sms = await subscribe({ sessionId: 'odd', orderNumber, contact: '202 555 0123', consent: true });
    t.equal(sms.statusCode, 201, `${orderNumber} with a telephone number`);
  }
  await db.collection('orders').insertOne({ orderNumber: 'GG-206', customerEmail: ' Odd@Example.COM ' });
  const trimmed = await subscribe({ sessionId: 'odd', orderNumber: 'GG-206' });
  t.equal((await stored(trimmed.json().subscriptionId))?.destination, 'odd@example.com');
});
