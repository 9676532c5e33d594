import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import t from 'tap';
import { OUTBOX_IDS, openCollections, outboxesOf } from '../../src/collections.js';
import { createBacklog } from '../../src/outbox/backlog.js';
import type { What } from '../../src/outbox/enqueue.js';
import { createOperations } from '../../src/outbox/operate.js';
import { environment } from '../helper.js';
import { built, clean, ROOT } from '../processes.js';
import { outbox, START, scripted } from './outbox.js';

const TICKET: What = { to: 'crm', kind: 'ticket.create' };
const MAIL: What = { to: 'email', kind: 'return.step' };
const run = promisify(execFile);

t.test('outbox: the dead are listed and shown, and go again when they are replayed', async (t) => {
  const refused = { outcome: 'rejected', reason: 'answered 422' } as const;
  const crm = scripted(refused, refused, refused, { outcome: 'delivered' });
  const email = scripted(refused);
  const { db, dispatcher, store, now } = await outbox(t, {
    handlers: { crm: crm.connector, email: email.connector },
    concurrency: 1,
  });
  const operations = createOperations(db, OUTBOX_IDS);
  t.same(await operations.list({ state: 'dead', limit: 10 }), []);
  const documents = [await store([TICKET, MAIL]), await store([TICKET]), await store([TICKET], 'returns')];
  t.equal((await operations.list({ state: 'pending', limit: 10 })).length, 4);
  await dispatcher.drain();

  const list = (options: { to?: 'crm' | 'email'; limit?: number } = {}) =>
    operations.list({ state: 'dead', limit: 10, ...options });
  t.equal((await list()).length, 4);
  t.equal((await list({ limit: 2 })).length, 2);
  t.match(await list({ to: 'email' }), [
    { collection: 'stylistTickets', delivery: { to: 'email', lastError: 'answered 422' } },
  ]);
  t.same(await operations.list({ state: 'pending', limit: 10 }), []);

  const [first] = documents;
  const [ticket] = first?.queued.deliveries ?? [];
  const shown = await operations.find(ticket?.id ?? '');
  t.match(shown, [{ delivery: { id: ticket?.id, state: 'dead' } }, { delivery: { to: 'email' } }]);
  t.same(await operations.find(shown[0]?.document ?? ''), shown, 'by the document, too');
  t.same(await operations.find('unheard-of'), []);

  t.equal(await operations.replay({ id: ticket?.id ?? '' }, now()), 1);
  t.match(await first?.read(), {
    deliveries: [{ id: ticket?.id, state: 'pending', attempts: 0, dueAt: START }, { state: 'dead' }],
    nextDeliveryAt: START,
    deadDeliveries: 1,
  });
  t.equal(await operations.replay({ id: ticket?.id ?? '' }, now()), 0, 'it is no longer dead');
  await dispatcher.drain();
  t.match(await first?.deliveries(), [{ id: ticket?.id, state: 'done' }, { state: 'dead' }]);
  t.match(await operations.find(ticket?.id ?? ''), [{ delivery: { state: 'done' } }, {}], 'found when done');

  t.equal(await operations.replay({ to: 'crm' }, now()), 2);
  await dispatcher.drain();
  t.match(await list(), [{ delivery: { to: 'email' } }]);
  t.equal((await list()).length, 1);
});

t.test('outbox: a replay never overwrites what has changed', async (t) => {
  const refused = scripted({ outcome: 'rejected', reason: 'answered 422' });
  const { db, dispatcher, store, now } = await outbox(t, { handlers: { crm: refused.connector } });
  const { insertedId, read, queued } = await store([TICKET]);
  await dispatcher.drain();
  const collection = db.collection('stylistTickets');
  const original = collection.updateOne.bind(collection);
  const racing = Object.assign(Object.create(collection), {
    async updateOne(filter: object, update: object) {
      await original({ _id: insertedId }, {
        $push: { deliveries: { ...queued.deliveries[0], id: 'new' } },
      } as object);
      return original(filter, update);
    },
  });
  const raced = { collection: (name: string) => (name === 'stylistTickets' ? racing : db.collection(name)) };
  t.equal(await createOperations(raced as unknown as typeof db, OUTBOX_IDS).replay({ to: 'crm' }, now()), 0);
  t.match(await read(), { deliveries: [{ state: 'dead' }, { id: 'new' }] });
});

t.test('outbox: the backlog is counted by destination', async (t) => {
  const crm = scripted({ outcome: 'rejected', reason: 'answered 422' });
  const email = scripted({ outcome: 'retry', reason: 'answered 503' });
  const { db, dispatcher, store, move, now } = await outbox(t, {
    handlers: { crm: crm.connector, email: email.connector },
  });
  const backlog = createBacklog(outboxesOf(openCollections(db)), now);
  t.same(await backlog.read(), {});
  await store([TICKET, MAIL]);
  await store([MAIL, { ...MAIL, dueAt: new Date(START.getTime() + 3_600_000) }], 'returns');
  await dispatcher.drain();
  t.same(await backlog.read(), {}, 'for five seconds it is the same');
  move(60_000);
  t.same(await backlog.read(), {
    crm: { pending: 0, dead: 1, oldestSeconds: 0 },
    email: { pending: 3, dead: 0, oldestSeconds: 60 },
  });
});

t.test('outbox: lists are read over indexes', async (t) => {
  const { db } = await outbox(t);
  for (const [field, filter] of [
    ['deadDeliveries', { deadDeliveries: { $gt: 0 }, 'deliveries.to': 'crm' }],
    ['nextDeliveryAt', { nextDeliveryAt: { $gt: new Date(0) } }],
    ['nextDeliveryAt', { nextDeliveryAt: { $lte: START } }],
  ] as const) {
    const plan = await db
      .collection('returns')
      .find(filter)
      .sort({ [field]: 1 })
      .explain();
    t.match(JSON.stringify(plan), new RegExp(`"indexName":"${field}_1"`), field);
  }
});

t.test('outbox: the command of the operators', async (t) => {
  const crm = scripted({ outcome: 'rejected', reason: 'answered 422' });
  const { db, dispatcher, store } = await outbox(t, { handlers: { crm: crm.connector } });
  const { queued, deliveries } = await store([TICKET]);
  const id = queued.deliveries[0]?.id ?? '';
  await dispatcher.drain();
  const env = clean(await environment(db));
  const command = (...args: string[]) =>
    run(process.execPath, [built('scripts/cli'), 'deliveries', ...args], { cwd: ROOT, env });
  const [list, show, wrong, none] = await Promise.all([
    command('list', '--to', 'crm'),
    command('show', id),
    command('replay', '--to', 'crm').catch((error) => error),
    command('list', '--to', 'nowhere').catch((error) => error),
  ]);
  t.match(
    list.stdout,
    new RegExp(`^${id}  crm  ticket\\.create  stylistTickets/.*1 attempts  answered 422\n1 dead`),
  );
  t.match(show.stdout, /"state": "dead"/);
  t.match(wrong, { code: 2, stderr: /--to with --dead/ });
  t.match(none, { code: 2, stderr: /Allowed choices are .*crm/ });
  t.match((await command('replay', '--to', 'crm', '--dead')).stdout, '1 due again, now');
  t.match(await deliveries(), [{ id, state: 'pending' }]);
});
