import t, { type Test } from 'tap';
import { type Owing, owe, oweMore, withDone } from '../../src/outbox/owe.js';
import { performNow } from '../../src/outbox/perform-now.js';
import { database } from '../helper.js';

const now = new Date('2099-05-01T10:00:00.000Z');
const later = new Date('2099-05-01T10:00:01.000Z');
const lease = new Date('2099-05-01T10:00:30.000Z');
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const EFFECT = { to: 'orders', kind: 'order.return' } as const;
const LABEL = { to: 'email', kind: 'return.label' } as const;

const idsOf = ({ deliveries }: Owing, ...kinds: string[]): Set<string> =>
  new Set(deliveries.filter(({ kind }) => kinds.length === 0 || kinds.includes(kind)).map(({ id }) => id));

t.test('a document that owes nothing has no time to deliver', async (t) => {
  t.same(owe([], now), { deliveries: [] });
});

t.test('what is owed is pending, due at once, and has an id of its own', async (t) => {
  const { deliveries, nextDeliveryAt } = owe([LABEL, { to: 'crm', kind: 'ticket.create' }], now);
  t.same(nextDeliveryAt, now);
  t.match(deliveries, [
    { id: UUID, ...LABEL, state: 'pending', attempts: 0 },
    { id: UUID, to: 'crm', kind: 'ticket.create', state: 'pending', attempts: 0 },
  ]);
  t.not(deliveries[0]?.id, deliveries[1]?.id);
  t.same(Object.keys(deliveries[0] ?? {}).sort(), ['attempts', 'id', 'kind', 'owedSince', 'state', 'to']);
});

t.test('what is not due yet waits for its time', async (t) => {
  const dueAt = new Date('2099-05-03T10:00:00.000Z');
  const reminder = owe([{ ...LABEL, dueAt }], now);
  t.match(reminder, { deliveries: [{ dueAt, owedSince: dueAt }], nextDeliveryAt: dueAt });
  t.same(owe([{ ...LABEL, dueAt }, LABEL], now).nextDeliveryAt, now, 'the first of them counts');
  const withEffect = owe([{ ...LABEL, dueAt }, EFFECT], now);
  t.same(withEffect.nextDeliveryAt, lease);
  t.same(withDone(withEffect, idsOf(withEffect, EFFECT.kind), later).nextDeliveryAt, dueAt);
});

t.test('a document that is there owes more', async (t) => {
  const { $push, $min } = oweMore([LABEL], now);
  t.match($push.deliveries.$each, [{ id: UUID, ...LABEL, state: 'pending' }]);
  t.same($min, { nextDeliveryAt: now });
  const dueAt = new Date('2099-05-03T10:00:00.000Z');
  t.same(oweMore([{ ...LABEL, dueAt }], now).$min, { nextDeliveryAt: dueAt });
});

t.test('an effect on an order gives the request half a minute for it', async (t) => {
  t.same(owe([EFFECT], now).nextDeliveryAt, lease);
  t.same(owe([LABEL, EFFECT], now).nextDeliveryAt, lease, 'wherever it stands');
});

t.test('so does an object to be removed from the store', async (t) => {
  t.same(owe([{ to: 'storage', kind: 'object.remove' }], now).nextDeliveryAt, lease);
});

t.test('what cannot be read off the document travels with the delivery', async (t) => {
  const payload = { key: 'a' };
  const owing = owe([{ ...LABEL, payload }], now);
  t.same(owing.deliveries[0]?.payload, payload);
  t.same(withDone(owing, idsOf(owing), later).deliveries[0]?.payload, payload);
});

t.test('the last delivery done leaves nothing to do', async (t) => {
  const owing = owe([EFFECT], now);
  const after = withDone(owing, idsOf(owing), later);
  t.same(after, { deliveries: [{ ...owing.deliveries[0], state: 'done', attempts: 1, doneAt: later }] });
  t.same(owing.deliveries[0]?.state, 'pending', 'what was given is not changed');
});

t.test('with one done, what is left is due at once', async (t) => {
  const owing = owe([EFFECT, LABEL], now);
  const after = withDone(owing, idsOf(owing, EFFECT.kind), later);
  t.same(after.nextDeliveryAt, later);
  t.equal(after.deliveries[0]?.state, 'done');
  t.same(after.deliveries[1], owing.deliveries[1]);
});

t.test('what is not owed changes nothing but the time', async (t) => {
  const owing = owe([LABEL], now);
  for (const done of [new Set<string>(), new Set(['another'])])
    t.same(withDone(owing, done, later), { ...owing, nextDeliveryAt: later });
});

t.test('only what is pending becomes done', async (t) => {
  for (const state of ['done', 'dead', 'skipped'] as const) {
    const settled = { id: 'd-1', ...EFFECT, state, attempts: 3, doneAt: now };
    t.same(withDone({ deliveries: [settled] }, new Set(['d-1']), later), { deliveries: [settled] }, state);
  }
});

/** A stored document that owes an effect and a label, and a log. */
async function stored(t: Test, what: Parameters<typeof owe>[0] = [EFFECT, LABEL]) {
  const collection = (await database(t)).collection('returns');
  const owing = owe(what, now);
  await collection.insertOne({ rmaId: 'RMA-1', ...owing });
  const warnings: [details: object, message: string][] = [];
  const log = { warn: (details: object, message: string) => void warnings.push([details, message]) };
  const read = () => collection.findOne({ rmaId: 'RMA-1' }, { projection: { _id: 0, rmaId: 0 } });
  return {
    debtor: { collection, filter: { rmaId: 'RMA-1' }, owing },
    owing,
    collection,
    warnings,
    log,
    read,
  };
}

const performed = async () => {};

t.test('what is performed is recorded and answered, and the rest is due at once', async (t) => {
  const { debtor, owing, warnings, log, read } = await stored(t);
  const calls: unknown[] = [];
  const perform = async (delivery: unknown) => void calls.push(delivery);
  const deliveries = await performNow(debtor, { [EFFECT.kind]: perform, 'not.owed': perform }, later, log);
  const [effect, label] = owing.deliveries;
  t.same(calls, [effect], 'once, with the delivery');
  t.same(warnings, []);
  t.same(deliveries, [{ ...effect, state: 'done', attempts: 1, doneAt: later }, label]);
  t.same(await read(), { deliveries, nextDeliveryAt: later });
});

t.test('with nothing left, the document has no time to deliver', async (t) => {
  const { debtor, log, read } = await stored(t, [EFFECT]);
  await performNow(debtor, { [EFFECT.kind]: performed }, later, log);
  const after = await read();
  t.equal(after?.deliveries[0].state, 'done');
  t.notOk(after && 'nextDeliveryAt' in after);
});

t.test('what is not due is not performed yet', async (t) => {
  const dueAt = new Date('2099-05-03T10:00:00.000Z');
  const { debtor, log } = await stored(t, [{ ...EFFECT, dueAt }]);
  await performNow(debtor, { [EFFECT.kind]: async () => void t.fail('performed') }, later, log);
});

t.test('what was settled is not performed again', async (t) => {
  const { debtor, owing, log } = await stored(t);
  const settled = { ...debtor, owing: withDone(owing, idsOf(owing), later) };
  await performNow(settled, { [EFFECT.kind]: async () => void t.fail('performed again') }, later, log);
});

t.test('what fails stays owed, the others are done, and the request goes on', async (t) => {
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
    const { debtor, owing, warnings, log, read } = await stored(t);
    await performNow(debtor, { [EFFECT.kind]: perform, [LABEL.kind]: performed }, later, log);
    const after = await read();
    t.same(after?.deliveries[0], owing.deliveries[0], `${name}: still pending`);
    t.equal(after?.deliveries[1].state, 'done', `${name}: the other is done`);
    t.ok(after?.nextDeliveryAt, `${name}: to be tried again`);
    t.match(warnings, [[{ err, kind: EFFECT.kind }, /stays owed/]], `${name} is logged`);
  }
});

t.test('what cannot be recorded stays owed, to be performed again', async (t) => {
  const { debtor, owing, warnings, log, read } = await stored(t);
  const err = new Error('not now');
  const collection = { updateOne: () => Promise.reject(err) };
  await t.resolves(performNow({ ...debtor, collection }, { [EFFECT.kind]: performed }, later, log));
  t.same(await read(), owing);
  t.match(warnings, [[{ err }, /performed again/]]);
});

t.test('when another has taken over meanwhile, nothing is recorded', async (t) => {
  const { debtor, owing, collection, log, read } = await stored(t);
  await collection.updateOne(debtor.filter, { $set: { nextDeliveryAt: lease.getTime() } });
  await performNow(debtor, { [EFFECT.kind]: performed }, later, log);
  t.same((await read())?.deliveries, owing.deliveries);
});

t.test('a document that is there no more is not made anew', async (t) => {
  const { debtor, collection, log, read } = await stored(t);
  await collection.deleteOne(debtor.filter);
  await performNow(debtor, { [EFFECT.kind]: performed }, later, log);
  t.equal(await read(), null);
});
