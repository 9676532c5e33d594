import type { FastifyInstance } from 'fastify';
import t from 'tap';
import { build, call, KEY, STAFF_KEY } from '../helper.js';

const RETURNS = '/api/concierge/orders/returns';
const LINE = { lineId: 'a', title: 'Ring', quantity: 1 };

const asStaff = { authorization: `Bearer ${STAFF_KEY}` };

const read = async (app: FastifyInstance): Promise<string> =>
  (await app.inject({ url: '/metrics', headers: asStaff })).body;

t.test('what the staff does is written down: who, what, when, in which request', async (t) => {
  const at = new Date('2026-05-04T10:00:00Z');
  const { app, db } = await build(t, { staff: true, now: () => at });
  await db.collection('orders').insertOne({
    orderNumber: 'GG-70001',
    status: 'delivered',
    items: [LINE],
    createdAt: at,
  });
  const { rmaId } = (await call(app, RETURNS, { option: 'return', orderNumber: 'GG-70001' })).json();
  const advance = (status: string) =>
    app.inject({
      method: 'PATCH',
      url: `/api/concierge/returns/${rmaId}`,
      headers: { ...asStaff, 'x-request-id': 'audited-request-1' },
      payload: { status, by: 'Fatima', note: 'Ada called' },
    });
  for (const status of ['approved', 'approved', 'initiated']) await advance(status);
  t.same(
    await db
      .collection('auditLog')
      .find({}, { projection: { _id: 0 } })
      .toArray(),
    [
      {
        at,
        key: 'staff',
        by: 'Fatima',
        action: 'return.advanced',
        target: rmaId,
        requestId: 'audited-request-1',
        details: { from: 'initiated', to: 'approved' },
      },
    ],
  );
});

t.test(
  'metrics: for those with the scope, of routes and keys by their names, never of what callers send',
  async (t) => {
    const { app, db } = await build(t, { staff: true });
    await db.collection('orders').insertOne({
      orderNumber: 'GG-70002',
      status: 'delivered',
      items: [LINE],
      createdAt: new Date(),
    });
    t.equal((await app.inject({ url: '/metrics' })).statusCode, 401);
    const widget = { authorization: `Bearer ${KEY}` };
    t.equal((await app.inject({ url: '/metrics', headers: widget })).statusCode, 403);

    const body = { option: 'resize', orderNumber: 'GG-70002', sessionId: 'marked-session' };
    for (const idempotencyKey of ['first-key', 'first-key', 'second-key'])
      await call(app, RETURNS, { ...body, idempotencyKey });
    await app.inject({ url: '/marked-path?marked=query' });
    const text = await read(app);
    for (const line of [
      /^http_request_duration_seconds_count\{route="\/api\/concierge\/orders\/returns",method="POST",status="201"\} 2$/m,
      /^http_request_duration_seconds_count\{route="\(unknown path\)",method="GET",status="404"\} 1$/m,
      /^http_requests_in_flight 1$/m,
      /^http_requests_by_key_total\{key="[0-9a-f]{8}",status="2xx"\} 3$/m,
      /^concierge_accepted_total\{what="returns",kind="resize",status="201"\} 1$/m,
      /^concierge_accepted_total\{what="returns",kind="resize",status="200"\} 1$/m,
      /^nodejs_eventloop_lag_p99_seconds /m,
    ])
      t.match(text, line);
    t.notMatch(text, /marked|GG-|first-key/);
  },
);
