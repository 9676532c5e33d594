import { randomUUID } from 'node:crypto';
import type { Document } from 'mongodb';
import t, { type Test } from 'tap';
import { json, receiver, status } from './connectors/receiver.js';
import { build, call, KEY, STAFF_KEY } from './helper.js';
import { file, form, PNG, session } from './images.js';
import { refused } from './problem.js';

const NOW = new Date('2026-11-20T12:00:00Z');
const SESSION = 'widget-1f6a3c02-7c4b-4a3e-8f6f-2b7c9d0e1a22';

async function stage(t: Test) {
  const { app, db } = await build(t, { staff: true, now: () => NOW });
  const ask = async (what: 'export' | 'erase', who: object) => {
    const url = `/api/concierge/privacy/${what}`;
    const headers = { authorization: `Bearer ${STAFF_KEY}` };
    return (await app.inject({ method: 'POST', url, headers, payload: who })).json();
  };
  const found = async (who: object) => Object.keys((await ask('export', who)).data).sort();
  return { app, db, ask, found };
}

/** As it was typed or stored once; as it is asked for now; whether it is the same person. */
const EMAILS: [stored: string, asked: string, isSame: boolean][] = [
  ['Other@Example.com', 'other@example.com', true],
  ['other@example.com', 'OTHER@EXAMPLE.COM', true],
  [' other@example.com ', 'other@example.com', true],
  ['other@example.com\u200b', 'other@example.com', true],
  ['ｏｔｈｅｒ@example.com', 'other@example.com', true],
  ['user@bücher.example', 'user@xn--bcher-kva.example', true],
  ['user@BÜCHER.example', 'USER@XN--BCHER-KVA.EXAMPLE', true],
  ['ana+ring@example.com', 'ana+ring@example.com', true],
  ['ana+ring@example.com', 'ana@example.com', false],
  ['bother@example.com', 'other@example.com', false],
  ['other@example.com.au', 'other@example.com', false],
  ['other@example_com', 'other@example.com', false],
];
const PHONES: [stored: string, asked: string, isSame: boolean][] = [
  ['(202) 555-0177', '+12025550177', true],
  ['+1 202 555 0177', '+12025550177', true],
  ['202.555.0177', '+1 (202) 555-0177', true],
  ['0012025550177', '+12025550177', true],
  ['tel:+1-202-555-0177', '+12025550177', true],
  ['(202)\u00a0555\u20110177', '+12025550177', true],
  ['٢٠٢٥٥٥٠١٧٧', '+12025550177', true],
  ['020 7946 0958', '+442079460958', true],
  ['+44 (0)20 7946 0958', '+442079460958', true],
  ['(202) 555-0178', '+12025550177', false],
  ['+49 202 5550177', '+12025550177', false],
  ['5550177', '+12025550177', true],
  ['0177', '+12025550177', false],
];

t.test('privacy: an address is found under every spelling, wherever it stands', async (t) => {
  const { db, found } = await stage(t);
  for (const [stored, asked, isSame] of EMAILS) {
    for (const name of ['stylistTickets', 'orders', 'returns']) await db.collection(name).deleteMany({});
    await db.collection('stylistTickets').insertMany([
      { ticketId: 'T-1', customerEmail: stored, createdAt: NOW },
      // as an earlier version has written it
      { ticketId: 'T-2', contact: { email: stored }, createdAt: NOW },
    ]);
    await db.collection('orders').insertOne({ orderNumber: 'GG-1', customerEmail: stored });
    await db.collection('returns').insertOne({ rmaId: 'R-1', orderNumber: 'GG-1', lines: [] });
    const name = `${JSON.stringify(stored)} asked as ${asked}`;
    t.same(await found({ email: asked }), isSame ? ['returns', 'stylistTickets'] : [], name);
  }
});

t.test('privacy: a telephone number is found under every spelling', async (t) => {
  const { db, found } = await stage(t);
  for (const [stored, asked, isSame] of PHONES) {
    await db.collection('widgetOrderSubscriptions').deleteMany({});
    await db.collection('widgetOrderSubscriptions').insertOne({ orderId: 'GG-1', phone: stored });
    t.same(
      await found({ phone: asked }),
      isSame ? ['widgetOrderSubscriptions'] : [],
      `${stored} asked as ${asked}`,
    );
  }
});

t.test(
  'privacy: everything is given out and forgotten, however much; the receipt says how much',
  async (t) => {
    const { db, ask } = await stage(t);
    const event = (n: number) => ({
      _id: `e-${n}` as never,
      event: 'aurora_widget_open',
      sessionId: SESSION,
      createdAt: NOW,
    });
    await db.collection('analyticsEvents').insertMany(Array.from({ length: 1301 }, (_, n) => event(n)));
    await db.collection('widgetSessions').insertOne({ sessionId: SESSION, email: 'Ada@Example.com' });
    t.equal((await ask('export', { email: 'ada@example.com' })).data.analyticsEvents.length, 1301);
    const { status, found } = await ask('erase', { email: 'ada@example.com' });
    t.equal(status, 'done');
    const counts = found.map(({ collection, documents }: Document) => [collection, documents]);
    t.same(Object.fromEntries(counts), { analyticsEvents: 1301, widgetSessions: 1 });
    t.equal(await db.collection('analyticsEvents').countDocuments(), 0);
    t.same((await ask('erase', { email: 'ada@example.com' })).found, [], 'a repeat finds nothing');
  },
);

t.test('privacy: the session goes last, so that what is left is found again', async (t) => {
  const { app, db, ask } = await stage(t);
  await db.collection('widgetSessions').insertOne({ sessionId: SESSION, email: 'ada@example.com' });
  await db
    .collection('widgetInspiration')
    .insertOne({ inspirationId: 'I-1', sessionId: SESSION, originalKey: 'k', history: [], createdAt: NOW });
  const { remove } = app.storage;
  app.storage.remove = async () => {
    throw new Error('away');
  };
  t.equal((await ask('erase', { email: 'ada@example.com' })).status, 'under_way');
  t.equal(await db.collection('widgetSessions').countDocuments(), 1);
  app.storage.remove = remove;
  t.equal((await ask('erase', { email: 'ada@example.com' })).status, 'done');
  t.equal(await db.collection('widgetSessions').countDocuments(), 0);
  t.equal(await db.collection('widgetInspiration').countDocuments(), 0);
});

t.test('privacy: what waits to be sent is given out, and not sent to who has been forgotten', async (t) => {
  const { app, db, ask } = await stage(t);
  await db.collection('orders').insertOne({
    orderNumber: 'GG-1',
    customerEmail: 'ada@example.com',
    status: 'delivered',
    items: [{ lineId: 'a', title: 'Ring', quantity: 1 }],
    createdAt: NOW,
  });
  await call(app, '/api/concierge/orders/returns', {
    option: 'return',
    orderNumber: 'GG-1',
    sessionId: SESSION,
  });
  const { data } = await ask('export', { session: SESSION });
  const told = data.returns[0].waiting.map(({ kind }: Document) => kind);
  t.ok(told.includes('return.confirmation'), told.join());
  await ask('erase', { session: SESSION });
  const [rma] = await db.collection('returns').find().toArray();
  const waiting = rma?.deliveries.filter(({ state }: Document) => state === 'pending');
  t.same(
    waiting.filter(({ to }: Document) => ['email', 'notifications', 'crm'].includes(to)),
    [],
  );
});

t.test('privacy: the answers that are kept for repeats go too, with the names of files', async (t) => {
  const { app, db, ask } = await stage(t);
  const headers = { authorization: `Bearer ${KEY}`, 'idempotency-key': 'key-of-an-upload' };
  const response = await app.inject({
    method: 'POST',
    url: '/api/concierge/inspiration',
    ...form(headers, [session(SESSION), file(PNG, 'ada-lovelace.png')]),
  });
  t.equal(response.statusCode < 300, true, response.body);
  const kept = () => db.collection('idempotencyKeys').countDocuments({ body: /ada-lovelace/ });
  t.equal(await kept(), 1);
  await ask('erase', { session: SESSION });
  t.equal(await kept(), 0);
});

t.test(
  'privacy: an erasure is passed on to the CRM and to Braze, and the receipt says what became of it',
  async (t) => {
    const calls: string[] = [];
    const bodies: unknown[] = [];
    const vendor = await receiver(t, (response, request) => {
      const { method, path, body } = request;
      if (method === 'DELETE' || path === '/users/delete') {
        calls.push(`${method} ${path}`);
        if (body) bodies.push(JSON.parse(body));
        if (path === '/v0/app1/Tickets/rec2') return status(422)(response, request);
        if (path.includes('deleted_tickets')) return status(404)(response, request);
      }
      json(200, { message: 'success' })(response, request);
    });
    const crms: [
      name: string,
      env: NodeJS.ProcessEnv,
      reference: string,
      expected: string[],
      state: string,
    ][] = [
      [
        'Zendesk',
        { ZENDESK_BASE_URL: vendor.url, ZENDESK_EMAIL: 'a@shop.example', ZENDESK_API_TOKEN: 't' },
        '35436',
        ['DELETE /api/v2/tickets/35436.json', 'DELETE /api/v2/deleted_tickets/35436.json'],
        'deleted',
      ],
      [
        'a ticket of another CRM',
        { ZENDESK_BASE_URL: vendor.url, ZENDESK_EMAIL: 'a@shop.example', ZENDESK_API_TOKEN: 't' },
        'rec1',
        [],
        'by_hand',
      ],
      ...(['rec1', 'rec2'] as const).map((id): [string, NodeJS.ProcessEnv, string, string[], string] => [
        `Airtable, ${id}`,
        {
          AIRTABLE_API_URL: vendor.url,
          AIRTABLE_BASE_ID: 'app1',
          AIRTABLE_TABLE: 'Tickets',
          AIRTABLE_TOKEN: 't',
        },
        id,
        [`DELETE /v0/app1/Tickets/${id}`],
        id === 'rec2' ? 'by_hand' : 'deleted',
      ]),
      ['no CRM any more', {}, '35436', [], 'by_hand'],
    ];
    for (const [name, env, reference, expected, state] of crms) {
      calls.length = 0;
      bodies.length = 0;
      const braze = { BRAZE_REST_URL: vendor.url, BRAZE_API_KEY: 'key' };
      const set = {
        ...env,
        ...braze,
        DISPATCHER: 'inline',
        DELIVERY_POLL_MS: '60000',
      };
      const { app, db } = await build(t, { env: set, staff: true });
      const at = new Date();
      const done = (to: string, kind: string) => ({
        id: randomUUID(),
        to,
        kind,
        state: 'done',
        attempts: 1,
        doneAt: at,
      });
      await db.collection('stylistTickets').insertOne({
        ticketId: 'ST-1',
        sessionId: 's-1',
        customerEmail: 'ada@example.com',
        priority: 'normal',
        createdAt: at,
        deliveries: [
          { ...done('crm', 'ticket.create'), reference },
          { ...done('crm', 'ticket.update'), reference },
        ],
      });
      await db.collection('widgetOrderSubscriptions').insertOne({
        subscriptionId: 'sub_1',
        orderNumber: 'GG-1',
        channel: 'email',
        destination: 'ada@example.com',
        sessionId: 's-1',
        createdAt: at,
        deliveries: [done('notifications', 'subscription.created')],
      });
      const headers = { authorization: `Bearer ${STAFF_KEY}` };
      const answer = await call(app, '/api/concierge/privacy/erase', { email: 'ada@example.com' }, headers);
      t.equal(answer.statusCode, 200, `${name}: ${answer.body}`);
      const { erasureId, outside: first } = answer.json();
      const named = first.map(({ to, reference }: Record<string, string>) => `${to} ${reference}`);
      t.strictSame(named.sort(), [`crm ${reference}`, 'notifications profile']);
      const receipt = async () =>
        (await app.inject({ url: `/api/concierge/privacy/erasures/${erasureId}`, headers })).json();
      while ((await receipt()).outside.some((one: { state: string }) => one.state === 'under_way'))
        await app.dispatcher.drain();
      const { outside } = await receipt();
      const of = (to: string) => outside.find((one: { to: string }) => one.to === to);
      t.match(of('crm'), { state, ...(state === 'by_hand' && { reason: /\S/ }) }, name);
      t.match(of('notifications'), { state: 'deleted' }, name);
      t.strictSame(
        calls.filter((one) => one.startsWith('DELETE')),
        expected,
        name,
      );
      t.match(bodies, [{ email_addresses: [{ email: 'ada@example.com' }] }]);
      const stored = await db.collection('erasures').findOne({ erasureId });
      t.notMatch(JSON.stringify(stored), /ada@example/, 'the receipt names nobody');
      refused(t, await app.inject({ url: '/api/concierge/privacy/erasures/erase_none', headers }), {
        status: 404,
        code: 'erasure.not_found',
      });
    }
  },
);

t.test('privacy: what follows a ticket up, and what was texted, is deleted in the CRM too', async (t) => {
  const { app, db } = await build(t, { staff: true });
  const at = new Date();
  const done = (kind: string, reference: string) => ({
    id: randomUUID(),
    to: 'crm',
    kind,
    state: 'done',
    attempts: 1,
    doneAt: at,
    reference,
  });
  await db.collection('stylistTickets').insertOne({
    ticketId: 'ST-1',
    customerEmail: 'ada@example.com',
    priority: 'normal',
    createdAt: at,
    deliveries: [done('ticket.create', '1'), done('ticket.update', '1'), done('ticket.update', '2')],
  });
  await db.collection('customerTexts').insertOne({
    threadId: 'TX-1',
    phone: '+12025550142',
    day: '2026-03-01',
    messages: [{ messageId: 'SM1', text: 'Hello', at }],
    createdAt: at,
    deliveries: [done('text.received', '3'), done('text.received', '3')],
  });
  const person = { email: 'ada@example.com', phone: '(202) 555-0142' };
  const headers = { authorization: `Bearer ${STAFF_KEY}` };
  const { outside } = (await call(app, '/api/concierge/privacy/erase', person, headers)).json();
  t.strictSame(outside.map(({ reference }: { reference: string }) => reference).sort(), ['1', '2', '3']);
  t.equal(await db.collection('customerTexts').countDocuments(), 0);
});

t.test('privacy: whom a vendor never took notice of is not kept for its sake', async (t) => {
  const { app, db } = await build(t);
  const now = new Date();
  const day = 24 * 60 * 60_000;
  const telling = { emails: ['ada@example.com'], phones: [] };
  const erasures = db.collection<{ erasureId: string }>('erasures');
  await erasures.insertMany([
    { erasureId: 'e-old', telling, requestedAt: new Date(now.getTime() - 9 * day) },
    { erasureId: 'e-new', telling, requestedAt: new Date(now.getTime() - 7 * day) },
  ] as object[] as { erasureId: string }[]);
  await app.erasures.forgetOldTelling(now);
  t.notOk('telling' in ((await erasures.findOne({ erasureId: 'e-old' })) ?? {}));
  t.ok('telling' in ((await erasures.findOne({ erasureId: 'e-new' })) ?? {}));
});
