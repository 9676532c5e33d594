import t, { type Test } from 'tap';
import { seedCatalogue } from '../../scripts/seed.js';
import { bodyOf, build, call, database, KEY } from '../helper.js';
import fc from '../properties.js';

// later than the real time, so that nothing stored here is old enough to be swept away
const start = new Date('2099-05-06T15:00:00.000Z');
const HOUR_MS = 60 * 60_000;
const QUIET = { DISPATCHER: 'inline', DELIVERY_POLL_MS: '60000' };

/** A service with a clock of its own, and one session on it. */
async function shop(t: Test, sessionId: string) {
  const clock = { at: start };
  const db = await database(t);
  await seedCatalogue(db);
  const { app } = await build(t, { db, now: () => clock.at, env: QUIET });
  const after = (hours: number) => {
    clock.at = new Date(start.getTime() + hours * HOUR_MS);
  };
  const post = (path: string, body: object) => call(app, path, { sessionId, ...body });
  const ask = async (method: 'GET' | 'PUT' | 'PATCH', url: string, body?: object) => {
    const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
    return app.inject({ method, url, headers, payload: body && JSON.stringify(body) });
  };
  return { app, db, post, ask, after };
}

t.test('journeys: find a ring, save it, have it held, and speak to a stylist', async (t) => {
  const sessionId = 'c0a9d7f2-4f0b-4a57-9d52-1d0e6e5a1f11';
  const { app, db, post, ask, after } = await shop(t, sessionId);
  await ask('PUT', `/api/concierge/sessions/${sessionId}/messages`, {
    messages: [{ id: 'm-1', role: 'user', content: 'A ring that I can have this week.' }],
  });
  const found = (
    await post('/api/concierge/products', { category: 'ring', readyToShip: true, limit: 2 })
  ).json();
  t.equal(found.length, 2);
  const list = (await post('/api/concierge/shortlist', { items: found })).json();
  t.match(list.items, [
    { known: true, availability: 'ready_to_ship' },
    { known: true, priceChanged: false },
  ]);
  const held = await post('/api/concierge/capsule', { customerEmail: 'ada@example.com' });
  t.equal(held.statusCode, 201, held.body);
  t.equal(held.json().shortlistCount, 2);
  const hold = await db.collection('capsuleHolds').findOne({ sessionId });
  t.equal(hold?.claims.length, 2, 'both come off the shelf');

  after(1);
  const asked = await post('/api/concierge/stylist', {
    email: 'ada@example.com',
    notes: 'Which of the two?',
  });
  t.equal(asked.statusCode, 201, asked.body);
  const ticket = await db.collection('stylistTickets').findOne({ ticketId: asked.json().ticketId });
  t.match(ticket, {
    transcript: [{ role: 'user', text: 'A ring that I can have this week.' }],
    shortlist: found.map(({ id }: { id: string }) => ({ id })),
    identity: 'claimed',
    status: 'open',
  });

  after(48);
  await app.dispatcher.drain();
  t.match(await db.collection('capsuleHolds').findOne({ sessionId }), { status: 'expired' });
  t.equal(await db.collection('capsuleHolds').countDocuments({ claims: { $gt: '' } }), 0);
});

t.test('journeys: on a second device the customer goes on where they were', async (t) => {
  const sessionId = '7d1c3c8e-55f0-4c5e-8a52-9d0e6e5a1f12';
  const { post, ask, after, db } = await shop(t, sessionId);
  await db.collection('orders').insertOne({
    orderNumber: 'GG-1',
    customerEmail: 'ada@example.com',
    status: 'shipped',
    shipping: { postalCode: '10001', carrier: 'UPS', trackingNumber: '1Z999AA10123456784' },
  });
  const messagesPath = `/api/concierge/sessions/${sessionId}/messages`;
  const say = (...ids: string[]) =>
    ask('PUT', messagesPath, {
      messages: ids.map((id) => ({ id, role: 'user', content: `Words of ${id}` })),
    });
  await say('m-1', 'm-2');
  await post('/api/concierge/shortlist', { items: [{ id: 'RNG-101' }] });
  const held = (await post('/api/concierge/capsule', {})).json();
  await post('/api/concierge/orders/status', { orderNumber: 'GG-1' });

  // looked at, it is written; then another process, as it may be behind a balancer
  const path = `/api/concierge/sessions/${sessionId}`;
  t.equal((await ask('GET', path)).statusCode, 200);
  const { app: second } = await build(t, { db, now: () => new Date(start.getTime() + 60_000), env: QUIET });
  const headers = { authorization: `Bearer ${KEY}` };
  const resumed = await second.inject({ method: 'GET', url: path, headers });
  t.match(resumed.json(), {
    identity: 'anonymous',
    lastOrderNumber: 'GG-1',
    shortlist: { items: [{ id: 'RNG-101', known: true }] },
    hold: { reservationId: held.reservationId, version: 1, extensions: 0 },
    messages: [{ id: 'm-1' }, { id: 'm-2' }],
  });
  t.notMatch(resumed.body, /ada@|\b10001\b|1Z999/, 'nothing of the order but its number');

  const updates = await call(second, '/api/concierge/order-updates', { sessionId });
  t.equal(updates.statusCode, 201, 'the order that was looked up on the first device');
  t.equal(updates.json().maskedDestination, '•••', 'whose address a number alone does not tell');
  await call(second, '/api/concierge/orders/status', {
    sessionId,
    orderNumber: 'GG-1',
    email: 'ada@example.com',
    postalCode: '10001',
  });
  const known = await call(second, '/api/concierge/order-updates', { sessionId });
  t.equal(known.json().maskedDestination, 'a•••@example.com');

  after(1);
  t.same(bodyOf(await say('m-1', 'm-2', 'm-3')), { ok: true, added: 1, totalMessages: 3 });
  const extended = await ask('PATCH', `/api/concierge/capsules/${held.reservationId}`, {
    action: 'extend',
    sessionId,
    version: 1,
  });
  t.match(extended.json(), { status: 'active', extensions: 1 });
});

t.test('journeys: whatever is done in whatever order, stock, uniqueness and states hold', async (t) => {
  const { app, db, after } = await shop(t, 'unused');
  const products = db.collection('products');
  const holds = db.collection('capsuleHolds');
  const sku = 'RNG-RARE';
  const rare = {
    name: 'Rare',
    category: 'ring',
    price: 100,
    metadata: { status: 'active', readyToShip: true },
  };
  await products.insertOne({ ...rare, inventory: { sku, available: 3 }, updatedAt: start });
  await app.catalogue.refresh();
  let run = 0;
  let hours = 0;
  let updates = 0;
  let available = 3;

  const session = fc.constantFrom('a', 'b', 'c', 'd');
  const action = fc.constantFrom('extend', 'release');
  const step = fc.oneof(
    fc.record({ do: fc.constant('hold' as const), session }),
    fc.record({ do: fc.constant('save' as const), session, pieces: fc.nat(3) }),
    fc.record({ do: fc.constant('change' as const), session, action }),
    fc.record({ do: fc.constant('wait' as const), hours: fc.constantFrom(1, 23, 48) }),
    fc.record({ do: fc.constant('stock' as const), available: fc.nat(4) }),
  );
  type Step = ReturnType<typeof step.generate>['value'];

  async function perform(one: Step, prefix: string): Promise<number> {
    switch (one.do) {
      case 'hold':
        return (
          await call(app, '/api/concierge/capsule', { sessionId: prefix + one.session, items: [{ id: sku }] })
        ).statusCode;
      case 'save': {
        const items = Array.from({ length: one.pieces }, (_, nth) => ({ id: `P-${nth}` }));
        return (await call(app, '/api/concierge/shortlist', { sessionId: prefix + one.session, items }))
          .statusCode;
      }
      case 'change': {
        const sessionId = prefix + one.session;
        const hold = await holds.findOne({ sessionId }, { sort: { createdAt: -1 } });
        const { statusCode } = await app.inject({
          method: 'PATCH',
          url: `/api/concierge/capsules/${hold?.reservationId ?? 'cap_none'}`,
          headers: { authorization: `Bearer ${KEY}` },
          payload: { action: one.action, sessionId },
        });
        return statusCode;
      }
      case 'wait':
        hours += one.hours;
        after(hours);
        await app.dispatcher.drain();
        return 200;
      case 'stock': {
        available = one.available;
        const $set = { 'inventory.available': available, updatedAt: new Date(start.getTime() + ++updates) };
        await products.updateOne({ 'inventory.sku': sku }, { $set });
        await app.catalogue.refresh();
        return 200;
      }
    }
  }

  // How many are held may only grow up to what there is; it may be more only because the shelf has shrunk since.
  async function check(heldBefore: number): Promise<number> {
    const all = await holds.find().toArray();
    const active = all.filter(({ status }) => status === 'active');
    const claims = active.flatMap((hold) => hold.claims ?? []);
    if (new Set(claims).size !== claims.length) throw new Error('a piece is in two holds');
    if (claims.length > Math.max(available, heldBefore)) throw new Error('more is held than there is');
    if (all.some(({ status, claims: left }) => status !== 'active' && left))
      throw new Error('claims of the past');
    const owners = active.map(({ sessionId }) => sessionId);
    if (new Set(owners).size !== owners.length) throw new Error('two holds of one session');
    if (all.some(({ version, history, extensions }) => version !== history.length || extensions > 2))
      throw new Error('a version is not its history');
    const lists = await db.collection('widgetShortlists').find().toArray();
    if (new Set(lists.map(({ sessionId }) => sessionId)).size !== lists.length) throw new Error('two lists');
    return claims.length;
  }

  const batches = fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 });
  const property = fc.asyncProperty(batches, async (sequence) => {
    const prefix = `run-${run++}-`;
    for (const together of sequence) {
      const before = await check(Number.POSITIVE_INFINITY);
      // what moves the clock or the shelf goes first, and the calls of customers all at once
      const own: Step[] = together.filter((one) => one.do === 'wait' || one.do === 'stock');
      for (const one of own) await perform(one, prefix);
      const calls = together.filter((one) => !own.includes(one));
      const statuses = await Promise.all(calls.map((one) => perform(one, prefix)));
      if (statuses.some((status) => ![200, 201, 404, 409].includes(status)))
        throw new Error(`answered ${statuses.join(', ')}`);
      await check(before);
    }
    hours += 200;
    after(hours);
    await app.dispatcher.drain();
    if ((await check(Number.POSITIVE_INFINITY)) > 0) throw new Error('not all has been given back');
  });
  await t.resolves(fc.assert(property, { numRuns: 12 }));
});
