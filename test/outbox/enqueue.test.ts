import t, { type Test } from 'tap';
import { enqueue, enqueueMore, type WithDeliveries, withDone } from '../../src/outbox/enqueue.js';
import { runInline } from '../../src/outbox/run-inline.js';
import { database } from '../helper.js';

const now = new Date('2099-05-01T10:00:00.000Z');
const later = new Date('2099-05-01T10:00:01.000Z');
const lease = new Date('2099-05-01T10:00:30.000Z');
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const EFFECT = { to: 'orders', kind: 'order.return' } as const;
const LABEL = { to: 'email', kind: 'return.label' } as const;

const idsOf = ({ deliveries }: WithDeliveries, ...kinds: string[]): Set<string> =>
  new Set(deliveries.filter(({ kind }) => kinds.length === 0 || kinds.includes(kind)).map(({ id }) => id));

t.test('outbox: a document without deliveries has no time to deliver', async (t) => {
  t.same(enqueue([], now), { deliveries: [] });
});

t.test('outbox: what is enqueued is pending, due at once, and has an id of its own', async (t) => {
  const { deliveries, nextDeliveryAt } = enqueue([LABEL, { to: 'crm', kind: 'ticket.create' }], now);
  t.same(nextDeliveryAt, now);
  t.match(deliveries, [
    { id: UUID, ...LABEL, state: 'pending', attempts: 0 },
    { id: UUID, to: 'crm', kind: 'ticket.create', state: 'pending', attempts: 0 },
  ]);
  t.not(deliveries[0]?.id, deliveries[1]?.id);
  t.same(Object.keys(deliveries[0] ?? {}).sort(), ['attempts', 'id', 'kind', 'owedSince', 'state', 'to']);
});

t.test('outbox: what is not due yet waits for its time', async (t) => {
  const dueAt = new Date('2099-05-03T10:00:00.000Z');
  const reminder = enqueue([{ ...LABEL, dueAt }], now);
  t.match(reminder, { deliveries: [{ dueAt, owedSince: dueAt }], nextDeliveryAt: dueAt });
  t.same(enqueue([{ ...LABEL, dueAt }, LABEL], now).nextDeliveryAt, now, 'the first of them counts');
  const withEffect = enqueue([{ ...LABEL, dueAt }, EFFECT], now);
  t.same(withEffect.nextDeliveryAt, lease);
  t.same(withDone(withEffect, idsOf(withEffect, EFFECT.kind), later).nextDeliveryAt, dueAt);
});

t.test('outbox: more is enqueued on a document that is there', async (t) => {
  const { $push, $min } = enqueueMore([LABEL], now);
  t.match($push.deliveries.$each, [{ id: UUID, ...LABEL, state: 'pending' }]);
  t.same($min, { nextDeliveryAt: now });
  const dueAt = new Date('2099-05-03T10:00:00.000Z');
  t.same(enqueueMore([{ ...LABEL, dueAt }], now).$min, { nextDeliveryAt: dueAt });
});

t.test('outbox: an effect on an order gives the request half a minute for it', async (t) => {
  t.same(enqueue([EFFECT], now).nextDeliveryAt, lease);
  t.same(enqueue([LABEL, EFFECT], now).nextDeliveryAt, lease, 'wherever it stands');
});

t.test('outbox: so does an object to be removed from the store', async (t) => {
  t.same(enqueue([{ to: 'storage', kind: 'object.remove' }], now).nextDeliveryAt, lease);
});

t.test('outbox: what cannot be read off the document travels with the delivery', async (t) => {
  const payload = { key: 'a' };
  const queued = enqueue([{ ...LABEL, payload }], now);
  t.same(queued.deliveries[0]?.payload, payload);
  t.same(withDone(queued, idsOf(queued), later).deliveries[0]?.payload, payload);
});

t.test('outbox: the last delivery done leaves nothing to do', async (t) => {
  const queued = enqueue([EFFECT], now);
  const after = withDone(queued, idsOf(queued), later);
  t.same(after, { deliveries: [{ ...queued.deliveries[0], state: 'done', attempts: 1, doneAt: later }] });
  t.same(queued.deliveries[0]?.state, 'pending', 'what was given is not changed');
});

t.test('outbox: with one done, what is left is due at once', async (t) => {
  const queued = enqueue([EFFECT, LABEL], now);
  const after = withDone(queued, idsOf(queued, EFFECT.kind), later);
  t.same(after.nextDeliveryAt, later);
  t.equal(after.deliveries[0]?.state, 'done');
  t.same(after.deliveries[1], queued.deliveries[1]);
});

t.test('outbox: what is not pending changes nothing but the time', async (t) => {
  const queued = enqueue([LABEL], now);
  for (const done of [new Set<string>(), new Set(['another'])])
    t.same(withDone(queued, done, later), { ...queued, nextDeliveryAt: later });
});

t.test('outbox: only what is pending becomes done', async (t) => {
  for (const state of ['done', 'dead', 'skipped'] as const) {
    const settled = { id: 'd-1', ...EFFECT, state, attempts: 3, doneAt: now };
    t.same(withDone({ deliveries: [settled] }, new Set(['d-1']), later), { deliveries: [settled] }, state);
  }
});

/** A stored document with an effect and a label enqueued, and a log. */
async function stored(t: Test, what: Parameters<typeof enqueue>[0] = [EFFECT, LABEL]) {
  const collection = (await database(t)).collection('returns');
  const queued = enqueue(what, now);
  await collection.insertOne({ rmaId: 'RMA-1', ...queued });
  const warnings: [details: object, message: string][] = [];
  const log = { warn: (details: object, message: string) => void warnings.push([details, message]) };
  const read = () => collection.findOne({ rmaId: 'RMA-1' }, { projection: { _id: 0, rmaId: 0 } });
  return {
    source: { collection, filter: { rmaId: 'RMA-1' }, queued },
    queued,
    collection,
    warnings,
    log,
    read,
  };
}

const performed = async () => {};

t.test('outbox: what is performed is recorded and answered, and the rest is due at once', async (t) => {
  const { source, queued, warnings, log, read } = await stored(t);
  const calls: unknown[] = [];
  const perform = async (delivery: unknown) => void calls.push(delivery);
  const deliveries = await runInline(source, { [EFFECT.kind]: perform, 'not.enqueued': perform }, later, log);
  const [effect, label] = queued.deliveries;
  t.same(calls, [effect], 'once, with the delivery');
  t.same(warnings, []);
  t.same(deliveries, [{ ...effect, state: 'done', attempts: 1, doneAt: later }, label]);
  t.same(await read(), { deliveries, nextDeliveryAt: later });
});

t.test('outbox: with nothing left, the document has no time to deliver', async (t) => {
  const { source, log, read } = await stored(t, [EFFECT]);
  await runInline(source, { [EFFECT.kind]: performed }, later, log);
  const after = await read();
  t.equal(after?.deliveries[0].state, 'done');
  t.notOk(after && 'nextDeliveryAt' in after);
});

t.test('outbox: what is not due is not performed yet', async (t) => {
  const dueAt = new Date('2099-05-03T10:00:00.000Z');
  const { source, log } = await stored(t, [{ ...EFFECT, dueAt }]);
  await runInline(source, { [EFFECT.kind]: async () => void t.fail('performed') }, later, log);
});

t.test('outbox: what was settled is not performed again', async (t) => {
  const { source, queued, log } = await stored(t);
  const settled = { ...source, queued: withDone(queued, idsOf(queued), later) };
  await runInline(settled, { [EFFECT.kind]: async () => void t.fail('performed again') }, later, log);
});

t.test('outbox: what fails stays pending, the others are done, and the request goes on', async (t) => {
  const err = new Error('no primary');
  const failing: [name: string, perform: () => Promise<void>][] = [
    ['a rejection', () => Promise.reject(err)],
    [
      'an exception',
      () => {
        throw err;
      },
    ],
  ];
  for (const [name, perform] of failing) {
    const { source, queued, warnings, log, read } = await stored(t);
    await runInline(source, { [EFFECT.kind]: perform, [LABEL.kind]: performed }, later, log);
    const after = await read();
    t.same(after?.deliveries[0], queued.deliveries[0], `${name}: still pending`);
    t.equal(after?.deliveries[1].state, 'done', `${name}: the other is done`);
    t.ok(after?.nextDeliveryAt, `${name}: to be tried again`);
    t.match(warnings, [[{ err, kind: EFFECT.kind }, /stays pending/]], `${name} is logged`);
  }
});

t.test('outbox: what cannot be recorded stays pending, to be run again', async (t) => {
  const { source, queued, warnings, log, read } = await stored(t);
  const err = new Error('not now');
  const collection = { updateOne: () => Promise.reject(err) };
  await t.resolves(runInline({ ...source, collection }, { [EFFECT.kind]: performed }, later, log));
  t.same(await read(), queued);
  t.match(warnings, [[{ err }, /performed again/]]);
});

t.test('outbox: when another has taken over meanwhile, nothing is recorded', async (t) => {
  const { source, queued, collection, log, read } = await stored(t);
  await collection.updateOne(source.filter, { $set: { nextDeliveryAt: lease.getTime() } });
  await runInline(source, { [EFFECT.kind]: performed }, later, log);
  t.same((await read())?.deliveries, queued.deliveries);
});

t.test('outbox: a document that is there no more is not made anew', async (t) => {
  const { source, collection, log, read } = await stored(t);
  await collection.deleteOne(source.filter);
  await runInline(source, { [EFFECT.kind]: performed }, later, log);
  t.equal(await read(), null);
});
