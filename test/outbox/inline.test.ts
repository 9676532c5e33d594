import { setImmediate } from 'node:timers/promises';
import type { Db, Document } from 'mongodb';
import t from 'tap';
import { build, call } from '../helper.js';
import { receiver } from './outbox.js';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const INLINE = { DISPATCHER: 'inline', DELIVERY_POLL_MS: '10' };

/** The only document of a collection, once nothing of it is pending. */
async function settled(db: Db, collection: string): Promise<Document> {
  for (;;) {
    const document = await db.collection(collection).findOne();
    if (document && !('nextDeliveryAt' in document)) return document;
    await setImmediate();
  }
}

t.test(
  'outbox: a service with a dispatcher delivers what its requests enqueue, and skips what is not configured',
  async (t) => {
    const received: { id: string | undefined; body: Document }[] = [];
    const url = await receiver(t, (request, response, body) => {
      received.push({ id: request.headers['webhook-id']?.toString(), body: JSON.parse(body) });
      response.writeHead(204).end();
    });
    const { app, db } = await build(t, {
      env: { ...INLINE, FULFILMENT_WEBHOOK_URL: url, FULFILMENT_WEBHOOK_SECRET: SECRET },
    });
    await db.collection('orders').insertOne({
      orderNumber: 'GG-1',
      status: 'delivered',
      items: [{ lineId: 'a', sku: 'RNG-120', title: 'Ring', quantity: 1 }],
      shipping: { deliveredAt: new Date() },
    });
    const body = { option: 'return', orderNumber: 'GG-1' };
    const answer = await call(app, '/api/concierge/orders/returns', body);
    t.equal(answer.statusCode, 201);
    const { deliveries } = await settled(db, 'returns');
    t.match(deliveries, [
      { to: 'orders', state: 'done', attempts: 1 },
      { to: 'storage', state: 'done', attempts: 1 },
      { to: 'email', state: 'skipped', lastError: 'Nothing is configured for email' },
      { to: 'fulfilment', state: 'done', attempts: 1 },
    ]);
    t.match(received, [{ id: deliveries[3].id, body: { type: 'return.initiated' } }]);
    t.equal(received.length, 1);
    t.match(app.dispatcher.stats(), { email: { skipped: 1 }, fulfilment: { delivered: 1, attempts: 1 } });
  },
);

t.test('outbox: what a request could not finish is finished by the dispatcher', async (t) => {
  const { app: service, db } = await build(t);
  await db.collection('orders').insertOne({
    orderNumber: 'GG-1',
    status: 'delivered',
    items: [{ lineId: 'a', sku: 'RNG-120', title: 'Ring', quantity: 1 }],
    shipping: { deliveredAt: new Date() },
  });
  service.storage.put = () => Promise.reject(new Error('no store'));
  const body = { option: 'return', orderNumber: 'GG-1' };
  t.equal((await call(service, '/api/concierge/orders/returns', body)).statusCode, 201);
  // as if the process had died before it could record anything
  const returns = db.collection('returns');
  const rma = await returns.findOne();
  const pending = rma?.deliveries.map(({ doneAt: _, ...delivery }: Document) => ({
    ...delivery,
    state: 'pending',
    attempts: 0,
  }));
  await returns.updateOne({}, { $set: { deliveries: pending } });

  await build(t, { db, env: INLINE });
  const { deliveries } = await settled(db, 'returns');
  t.same(
    deliveries.map(({ state }: Document) => state),
    ['done', 'done', 'skipped', 'skipped'],
  );
  const again = await call(service, '/api/concierge/orders/returns', body);
  t.match(again.json(), { duplicate: true, labelUrl: /^http/ }, 'the slip is there');
  const order = await db.collection('orders').findOne();
  t.equal(order?.status, 'return_pending');
  t.equal(order?.statusHistory.length, 1, 'the order is told once');
});
