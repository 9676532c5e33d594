import type { Document } from 'mongodb';
import t, { type Test } from 'tap';
import { build, call, KEY, STAFF_KEY } from './helper.js';
import { file, form, PNG, session } from './images.js';

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
