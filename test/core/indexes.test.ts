import type { IndexDescriptionInfo } from 'mongodb';
import t from 'tap';
import { COLLECTIONS, DEFINITIONS, OUTBOX_IDS } from '../../src/collections.js';
import { compareIndexes, type IndexState } from '../../src/platform/mongodb/compare-indexes.js';
import { defineCollection, indexesOf } from '../../src/platform/mongodb/define-collection.js';
import { checkIndexes, ensureIndexes, replaceIndex } from '../../src/platform/mongodb/indexes.js';
import { database } from '../helper.js';
import { AGES, buildShop, createShopIndexes, INDEX_COMMANDS } from '../shop/database.js';

const NOW = new Date('2026-11-20T12:00:00Z');

t.test('collections: each stands in the list under its own name', async (t) => {
  for (const [name, definition] of Object.entries(COLLECTIONS)) t.equal(definition.name, name);
});

t.test(
  'collections: the outbox knows those with deliveries, and the field that names a document',
  async (t) => {
    t.same(OUTBOX_IDS, {
      capsuleHolds: 'reservationId',
      returns: 'rmaId',
      unconfirmedReturns: 'rmaId',
      stylistTickets: 'ticketId',
      customerTexts: 'threadId',
      csatFeedback: 'feedbackId',
      analyticsEvents: '_id',
      widgetOrderSubscriptions: 'subscriptionId',
      widgetInspiration: 'inspirationId',
      orderChanges: 'changeId',
      orderCodes: 'codeId',
      erasures: 'erasureId',
    });
  },
);

t.test('indexes: no collection lists a key twice, which MongoDB refuses as a whole', async (t) => {
  for (const definition of DEFINITIONS) {
    const keys = indexesOf(definition).map(({ key }) => JSON.stringify(key));
    t.same(
      keys.filter((key, at) => keys.indexOf(key) !== at),
      [],
      definition.name,
    );
  }
});

t.test(
  'indexes: none has a key of the shop’s under other options, which MongoDB refuses to the shop',
  async (t) => {
    const commands = AGES.flatMap((age) => INDEX_COMMANDS[age]);
    for (const definition of DEFINITIONS)
      for (const { key, servedBy: _, ...options } of indexesOf(definition)) {
        const same = commands.find(
          ([name, theirs]) => name === definition.name && JSON.stringify(theirs) === JSON.stringify(key),
        );
        if (same) t.same(options, same[2] ?? {}, `${definition.name} ${JSON.stringify(key)}`);
      }
  },
);

interface Note {
  noteId: string;
  code?: string;
  email?: string;
  at: Date;
}
const NOTES = defineCollection<Note>('notes', {
  id: 'noteId',
  indexes: [
    { key: { noteId: 1 }, unique: true, sparse: true },
    { key: { code: 1 }, unique: true, sparse: true },
    { key: { email: 1 } },
  ],
  retention: { after: 'at', days: 1 },
  personal: {
    fields: { noteId: false, code: false, email: true, at: false },
    foundBy: { emails: ['email'] },
  },
});
const SHOPS = defineCollection('things', {
  isShops: true,
  indexes: [{ key: { number: 1, createdAt: -1 }, servedBy: { number: 1 } }],
});
const DAY = 24 * 60 * 60;

/** What is there; what it is; which of ours it takes the place of, by its first field. */
const CASES: [name: string, there: Partial<IndexDescriptionInfo>, state: IndexState, of?: string][] = [
  ['the same', { key: { email: 1 } }, 'there', 'email'],
  [
    'a stricter one, where a document of ours may be the second',
    { key: { email: 1 }, unique: true },
    'harmful',
    'email',
  ],
  ['a sparse one in the place of a whole one', { key: { email: 1 }, sparse: true }, 'differs', 'email'],
  ['a partial one', { key: { email: 1 }, partialFilterExpression: { at: { $gt: 1 } } }, 'differs', 'email'],
  ['a hidden one', { key: { email: 1 }, hidden: true }, 'differs', 'email'],
  ['one with a collation', { key: { email: 1 }, collation: { locale: 'en' } }, 'differs', 'email'],
  ['the other direction is another key', { key: { email: -1 } }, 'foreign'],
  ['more fields are another key', { key: { email: 1, at: 1 } }, 'foreign'],
  ['not unique', { key: { noteId: 1 } }, 'differs', 'noteId'],
  ['unique and sparse', { key: { noteId: 1 }, unique: true, sparse: true }, 'there', 'noteId'],
  [
    'unique, and of the shop’s documents lets in one',
    { key: { noteId: 1 }, unique: true },
    'differs',
    'noteId',
  ],
  ['unique over a field that ours may lack', { key: { code: 1 }, unique: true }, 'harmful', 'code'],
  ['unique over what is unique already', { key: { noteId: 1, email: 1 }, unique: true }, 'foreign'],
  ['unique over a field that ours never have', { key: { theirs: 1 }, unique: true }, 'harmful'],
  ['the same, sparse', { key: { theirs: 1 }, unique: true, sparse: true }, 'foreign'],
  [
    'the same, partial by such a field',
    { key: { theirs: 1 }, unique: true, partialFilterExpression: { theirs: { $type: 'string' } } },
    'foreign',
  ],
  [
    'unique and partial by a field that ours have',
    { key: { theirs: 1 }, unique: true, partialFilterExpression: { email: { $exists: true } } },
    'harmful',
  ],
  ['unique over a part of ours', { key: { 'email.host': 1 }, unique: true, sparse: true }, 'harmful'],
  ['the same time to live', { key: { at: 1 }, expireAfterSeconds: DAY }, 'there', 'at'],
  ['another time to live', { key: { at: 1 }, expireAfterSeconds: 60 }, 'differs', 'at'],
  ['no time to live', { key: { at: 1 } }, 'differs', 'at'],
  ['a time to live where ours have none', { key: { email: 1 }, expireAfterSeconds: 60 }, 'differs', 'email'],
  ['a time to live of a field that ours never have', { key: { gone: 1 }, expireAfterSeconds: 0 }, 'foreign'],
  ['a time to live in the other direction', { key: { at: -1 }, expireAfterSeconds: 60 }, 'differs'],
  ['a text index', { key: { _fts: 'text', _ftsx: 1 }, weights: { email: 1 } }, 'foreign'],
  ['numbers of another type', { key: { email: 1.0 } }, 'there', 'email'],
];

t.test('indexes: what is there is compared by its key, whatever its name', async (t) => {
  for (const [name, there, state, of] of CASES) {
    const existing = { v: 2, name: 'any_name', ...there } as IndexDescriptionInfo;
    const found = compareIndexes(NOTES, [{ v: 2, key: { _id: 1 }, name: '_id_' }, existing]);
    const finding = found.find((one) => one.existing === existing);
    t.equal(finding?.state, state, name);
    t.equal(Object.keys(finding?.wanted?.key ?? {})[0], of, `${name}: stands for ours`);
    t.equal(Boolean(finding?.because), ['differs', 'harmful'].includes(state), `${name}: says why`);
    const missing = found.filter((one) => one.state === 'missing').length;
    t.equal(missing, of ? 3 : 4, `${name}: the others are missing`);
  }
});

t.test('indexes: in a collection of the shop’s nothing is harmful or replaced', async (t) => {
  const unique = { v: 2, name: 'number_1', key: { number: 1 }, unique: true };
  t.match(compareIndexes(SHOPS, [unique]), [{ state: 'there', existing: unique }], 'its own serves');
  const partial = { ...unique, partialFilterExpression: { number: { $type: 'string' } } };
  t.match(compareIndexes(SHOPS, [partial]), [
    { state: 'missing' },
    { state: 'foreign', isReplaceable: false },
  ]);
  const twin = { v: 2, name: 'x', key: { number: 1, createdAt: -1 }, sparse: true };
  t.match(compareIndexes(SHOPS, [twin]), [{ state: 'differs', isReplaceable: false }]);
});

t.test('indexes: built once on an empty database; the shop’s commands work afterwards', async (t) => {
  const db = await database(t);
  await ensureIndexes(db, DEFINITIONS);
  const states = new Set((await checkIndexes(db, DEFINITIONS)).map(({ state }) => state));
  t.same([...states], ['there']);
  await createShopIndexes(db, 'newest');
});

for (const age of ['first', 'unified'] as const)
  t.test(
    `indexes: built beside those of the shop, age "${age}", and of its documents none is in the way`,
    async (t) => {
      const db = await database(t);
      await buildShop(db, age, NOW);
      const before: Record<string, IndexDescriptionInfo[]> = {};
      for (const name of ['orders', 'products', 'creators'])
        before[name] = await db.collection(name).indexes();
      const warned: object[] = [];
      await ensureIndexes(db, DEFINITIONS, { info: () => {}, warn: (details) => warned.push(details) });
      t.same(warned, []);
      const states = new Set((await checkIndexes(db, DEFINITIONS)).map(({ state }) => state));
      t.same([...states].sort(), ['foreign', 'there']);
      for (const [name, indexes] of Object.entries(before)) {
        const after = await db.collection(name).indexes();
        t.same(after.slice(0, indexes.length), indexes, `${name}: those of the shop are as they were`);
      }
      await createShopIndexes(db, age);
    },
  );

t.test(
  'indexes: one that makes our writes fail ends the start with what to do, and is replaced by name',
  async (t) => {
    const db = await database(t);
    await buildShop(db, 'newest', NOW);
    await t.rejects(ensureIndexes(db, DEFINITIONS), {
      message:
        /widgetOrderSubscriptions.*sessionId_1.*same sessionId.*--apply widgetOrderSubscriptions\.sessionId_1/s,
    });
    t.same(
      (await db.collection('csatFeedback').indexes()).map(({ name }) => name),
      ['_id_', 'sessionId_1', 'score_1', 'timestamp_-1', 'intent_1'],
      'nothing has been built',
    );
    await replaceIndex(db, DEFINITIONS, 'widgetOrderSubscriptions.sessionId_1');
    await ensureIndexes(db, DEFINITIONS);
    const states = new Set((await checkIndexes(db, DEFINITIONS)).map(({ state }) => state));
    t.same([...states].sort(), ['foreign', 'there']);
  },
);

t.test('indexes: only what is ours and differs is replaced', async (t) => {
  const db = await database(t);
  await db.collection('orders').createIndex({ orderNumber: 1, createdAt: -1 }, { sparse: true, name: 'o' });
  await db.collection('returns').createIndex({ orderNumber: 1 }, { sparse: true, name: 'r' });
  await ensureIndexes(db, DEFINITIONS);
  for (const [name, message] of [
    ['orders.o', /not ours to replace/],
    ['orders.none', /There is no index/],
    ['returns.rmaId_1', /serves as it is/],
  ] as const)
    await t.rejects(replaceIndex(db, DEFINITIONS, name), { message }, name);
  await replaceIndex(db, DEFINITIONS, 'returns.r');
  await ensureIndexes(db, DEFINITIONS);
  const index = (await db.collection('returns').indexes()).find(({ key }) => 'orderNumber' in key);
  t.same([index?.name, index?.sparse], ['orderNumber_1', undefined]);
});

t.test('indexes: what cannot be built is told, and the rest is built', async (t) => {
  const db = await database(t);
  await db.collection('returns').insertMany([{ rmaId: 'same' }, { rmaId: 'same' }]);
  const warned: object[] = [];
  await ensureIndexes(db, DEFINITIONS, { info: () => {}, warn: (details) => warned.push(details) });
  t.match(warned, [{ collection: 'returns', key: { rmaId: 1 }, err: { code: 11000 } }]);
  const missing = (await checkIndexes(db, DEFINITIONS)).filter(({ state }) => state === 'missing');
  t.match(missing, [{ collection: 'returns', wanted: { key: { rmaId: 1 } } }]);
});
