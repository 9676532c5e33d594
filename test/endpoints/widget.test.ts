import { readFile } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import t, { type Test } from 'tap';
import { parse } from 'yaml';
import { seedCatalogue } from '../../scripts/seed-database.js';
import { seedOrders } from '../../scripts/seed-mock.js';
import { build, call, database, KEY } from '../helper.js';
import { form, PNG } from '../images.js';

interface Operation {
  operationId: string;
  requestBody?: {
    content: Record<string, { example?: unknown; examples?: Record<string, { value: unknown }> }>;
  };
}

async function seeded(t: Test) {
  const db = await database(t);
  await Promise.all([seedCatalogue(db), seedOrders(db, new Date())]);
  return build(t, { db });
}

const upload = (app: FastifyInstance) =>
  app.inject({
    method: 'POST',
    url: '/api/concierge/inspiration',
    ...form({ authorization: `Bearer ${KEY}` }, [
      { name: 'sessionId', value: 's-widget' },
      { name: 'file', fileName: 'ring.png', type: 'image/png', body: PNG },
    ]),
  });

t.test('every example of openapi.yaml is answered with 2xx', async (t) => {
  const { app } = await seeded(t);
  const document = parse(await readFile(new URL('../../openapi.yaml', import.meta.url), 'utf8'));
  let examples = 0;
  for (const [path, operations] of Object.entries<{ post?: Operation }>(document.paths)) {
    const content = operations.post?.requestBody?.content['application/json'];
    const values = Object.values(content?.examples ?? {}).map(({ value }) => value);
    for (const value of content?.example ? [content.example, ...values] : values) {
      examples++;
      const response = await call(app, path, value);
      t.ok(
        response.statusCode >= 200 && response.statusCode < 300,
        `${path} ${JSON.stringify(value)}: ${response.statusCode}`,
      );
    }
  }
  t.ok(examples >= 14, `${examples} examples`);
  t.equal((await upload(app)).statusCode, 201, 'the upload');
});

t.test('one customer, from first call to last, with what the current widget sends', async (t) => {
  const { app, db } = await seeded(t);
  const sessionId = 'b2f4c1d8-0f5f-4a58-9a52-6d0e6e5a1f10';
  const extra = {
    requestId: 'shortlist-6f9619ff',
    originIntent: 'find_product',
    source: 'widget',
    action: { type: 'save' },
  };
  const say = async (path: string, body: object) => {
    const response = await call(
      app,
      path,
      { ...body, ...extra },
      { 'x-request-id': `${path.length}-6f9619ff-8b86-4d01` },
    );
    t.ok(response.statusCode < 300, `${path}: ${response.statusCode}`);
    return response.json();
  };

  const found = await say('/api/concierge/products', {
    category: 'ring',
    priceMax: 5000,
    priceLt: 5000,
    readyToShip: false,
  });
  t.ok(Array.isArray(found) && found.length > 0, 'a bare array');
  const cards = found.slice(0, 2).map((card: object) => ({ ...card, reason: 'Fits the brief', score: 0.93 }));

  const list = await say('/api/concierge/shortlist', { sessionId, items: cards });
  t.equal(list.totalItems, 2);
  const hold = await say('/api/concierge/capsule', {
    sessionId,
    shortlist: cards,
    shortlistId: list.shortlistId,
    customerEmail: '',
  });
  t.equal(hold.shortlistCount, 2);

  const status = await say('/api/concierge/orders/status', { orderId: 'gg-12006', sessionId });
  t.equal(status.reference, 'GG-12006');
  const rma = await say('/api/concierge/orders/returns', { option: 'return', sessionId, notes: '' });
  t.equal(rma.orderNumber, 'GG-12006', 'the order that the session has just looked up');
  const updates = await say('/api/concierge/order-updates', { sessionId, orderNumber: 'GG-12004' });
  t.equal(updates.channel, 'email', 'to the address of the order');

  t.equal((await upload(app)).statusCode, 201);
  const ticket = await say('/api/concierge/stylist', {
    sessionId,
    name: '',
    email: 'ada@example.com',
    notes: '',
    phone: '',
  });
  const rating = await say('/api/analytics/csat', {
    sessionId,
    rating: 'needs_follow_up',
    notes: '',
    orderNumber: 'GG-12006',
  });
  t.equal(rating.score, 2);

  const stored = await db.collection('stylistTickets').findOne({ ticketId: ticket.ticketId });
  t.equal(stored?.shortlist.length, 2, 'the ticket has what the session saved');
  t.equal(stored?.orderNumber, 'GG-12004', 'and the order that it last acted on');
  const order = await db.collection('orders').findOne({ orderNumber: 'GG-12006' });
  t.match(order, { status: 'return_pending', csatRating: 2 });
});
