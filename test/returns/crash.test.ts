import type { Db } from 'mongodb';
import t, { type Test } from 'tap';
import { build, call, database, environment, KEY } from '../helper.js';
import { ended, startService, stoppingProxy } from '../processes.js';

const PATH = '/api/concierge/orders/returns';

/** Stores a delivered order of one piece. */
async function store(db: Db, orderNumber: string) {
  await db.collection('orders').insertOne({
    orderNumber,
    status: 'delivered',
    items: [{ lineId: 'a', sku: 'RNG-120', title: 'Ring', quantity: 1 }],
    shipping: { deliveredAt: new Date() },
  });
  return { option: 'return', orderNumber };
}

function post(address: string, body: object, key?: string) {
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
  return fetch(`${address}${PATH}`, {
    method: 'POST',
    headers: { ...headers, ...(key && { 'idempotency-key': key }) },
    body: JSON.stringify(body),
  });
}

/** As a client does: while the request is in flight elsewhere, it asks again. */
async function insist(address: string, body: object, key: string): Promise<Response> {
  for (;;) {
    const response = await post(address, body, key);
    if (response.status !== 409) return response;
    const { code } = (await response.json()) as { code: string };
    if (code !== 'idempotency.in_flight') throw new Error(`Refused: ${code}`);
  }
}

const historyOf = async (db: Db, orderNumber: string) =>
  (await db.collection('orders').findOne({ orderNumber }))?.statusHistory ?? [];

t.test('returns: fifty at once, over two processes on one database: one RMA', async (t: Test) => {
  const db = await database(t);
  const env = await environment(db);
  const services = await Promise.all([startService(t, env), startService(t, env)]);
  const address = (n: number) => services[n % 2]?.address ?? '';
  const fifty = <T>(ask: (n: number) => Promise<T>) =>
    Promise.all(Array.from({ length: 50 }, (_, n) => ask(n)));

  const keyed = await store(db, 'GG-50001');
  const answers = await fifty(async (n) => {
    const response = await insist(address(n), keyed, 'one-key-for-all');
    return { status: response.status, body: await response.text() };
  });
  t.equal(new Set(answers.map(({ body }) => body)).size, 1, 'with a key: fifty equal answers');
  t.same([...new Set(answers.map(({ status }) => status))], [201]);

  const unkeyed = await store(db, 'GG-50002');
  const responses = await fifty((n) => post(address(n), unkeyed));
  const bodies = (await Promise.all(responses.map((response) => response.json()))) as {
    rmaId: string;
    duplicate?: true;
  }[];
  t.equal(new Set(bodies.map(({ rmaId }) => rmaId)).size, 1, 'without a key: one RMA in fifty answers');
  t.equal(bodies.filter(({ duplicate }) => !duplicate).length, 1);
  t.same(responses.map(({ status }) => status).sort(), [...Array(49).fill(200), 201]);

  for (const orderNumber of ['GG-50001', 'GG-50002']) {
    t.equal(
      await db.collection('returns').countDocuments({ orderNumber }),
      1,
      `${orderNumber}: one document`,
    );
    t.equal((await historyOf(db, orderNumber)).length, 1, `${orderNumber}: the order is told once`);
  }
});

t.test('kill -9 between the write and the answer: the retry finds what was made', async (t: Test) => {
  const db = await database(t);
  const env = await environment(db);
  for (const key of ['the-same-key-again', undefined]) {
    const orderNumber = key ? 'GG-60001' : 'GG-60002';
    const body = await store(db, orderNumber);
    const proxy = await stoppingProxy(t, env.MONGODB_URI ?? '', 'returns');
    const { child, address } = await startService(t, {
      ...env,
      MONGODB_URI: proxy.uri,
    });
    const lost = post(address, body, key).catch((error) => error);
    await proxy.reached;
    const end = ended(child);
    child.kill('SIGKILL');
    t.equal(await end, 'SIGKILL');
    t.ok((await lost) instanceof Error, 'the client has had no answer');
    const made = await db.collection('returns').findOne({ orderNumber });
    t.ok(made, 'the RMA has been written');
    t.same(await historyOf(db, orderNumber), [], 'and the order does not know of it yet');

    // the lease of the dead process has run out
    const now = () => new Date(Date.now() + 60_000);
    const { app } = await build(t, { db, now });
    const headers: Record<string, string> = key ? { 'idempotency-key': key } : {};
    const again = await call(app, PATH, body, headers);
    t.equal(again.statusCode, key ? 201 : 200);
    t.match(again.json(), { rmaId: made?.rmaId, labelUrl: /^http/ });
    t.equal((await call(app, PATH, body, headers)).json().rmaId, made?.rmaId);
    t.equal((await historyOf(db, orderNumber)).length, 1, 'the order is told once');
    t.equal((await db.collection('orders').findOne({ orderNumber }))?.status, 'return_pending');
  }
});
