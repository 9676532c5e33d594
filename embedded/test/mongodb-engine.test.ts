import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { Decimal128, Double, Long } from 'bson';
import t, { type Test } from 'tap';
import { SEED } from '../../test/properties.js';
import { decode, encode } from '../mongodb/codec.js';
import { runCommand } from '../mongodb/commands/index.js';
import { Cursors } from '../mongodb/cursors.js';
import { Database, type DatabaseOptions } from '../mongodb/database.js';
import { compileFilter } from '../mongodb/match.js';
import { compare, keyOf } from '../mongodb/order.js';
import type { Doc, Value } from '../mongodb/values.js';
import { codecRound } from './mongodb/fuzz/codec.js';
import { documentsRound } from './mongodb/fuzz/documents.js';
import { fuzz } from './mongodb/fuzz/run.js';
import { sortedRound } from './mongodb/fuzz/sorted.js';

const FILE = 'data.log';

t.test('random cases equal a plain model', async (t) => {
  const seed = `${SEED}`;
  t.ok(fuzz('filters', seed, 2000) >= 2000, 'filters');
  t.ok(fuzz('updates', seed, 3000) >= 3000, 'updates');
  for (let i = 0; i < 40; i++) sortedRound(`${seed}-${i}`);
  for (let i = 0; i < 200; i++) documentsRound(`${seed}-${i}`);
});

t.test('BSON is read and written as the bson package does it, damaged or not', async (t) => {
  t.doesNotThrow(() => {
    for (let i = 0; i < 5000; i++) codecRound(`${SEED}-${i}`);
  });
});

t.test('a seed gives the same cases again', async (t) => {
  t.doesNotThrow(() => fuzz('updates', 'again', 1, 7));
  t.doesNotThrow(() => fuzz('filters', 'again', 1, 7));
});

t.test('numbers have one exact order', async (t) => {
  const ascending: Value[] = [
    Number.NaN,
    Number.NEGATIVE_INFINITY,
    -Number.MAX_VALUE,
    Long.MIN_VALUE,
    Long.fromString('-9007199254740993'),
    -9007199254740992,
    -1.5,
    Decimal128.fromString('-1E-400'),
    0,
    Decimal128.fromString('1E-400'),
    Number.MIN_VALUE,
    Decimal128.fromString('0.1'),
    0.1,
    Decimal128.fromString('0.1000000000000000055511151231257828'),
    1,
    Decimal128.fromString('1.000000000000000000000000000000001'),
    2 ** 53,
    Long.fromString('9007199254740993'),
    Decimal128.fromString('9007199254740993.5'),
    Long.fromString('9007199254740994'),
    Long.MAX_VALUE,
    2 ** 63,
    Number.MAX_VALUE,
    Number.POSITIVE_INFINITY,
  ];
  const wrong = ascending.filter((v, i) => i > 0 && compare(ascending[i - 1] ?? null, v) >= 0);
  t.same(wrong, []);
  const ones: Value[] = [
    1,
    Long.ONE,
    new Double(1),
    Decimal128.fromString('1'),
    Decimal128.fromString('1.000'),
  ];
  t.equal(new Set(ones.map(keyOf)).size, 1, 'one value of five types has one key');
  t.throws(() => keyOf(Decimal128.fromString('1E6000')), { code: 2 });
});

function open(folder: string, options: Partial<DatabaseOptions> = {}) {
  const database = new Database({ folder, ...options });
  const context = { database, cursors: new Cursors() };
  // replies as they go over the wire
  const later = async (command: Doc) =>
    decode(encode(await runCommand({ ...command, $db: 'test' }, context)));
  const run = (command: Doc): Doc => {
    const reply = runCommand({ ...command, $db: 'test' }, context);
    if (reply instanceof Promise) throw new Error('a command that takes its time: use later()');
    return decode(encode(reply));
  };
  const docs = () => database.get('test.c')?.find({ filter: {}, sort: { _id: 1 } }).docs ?? [];
  return { database, run, later, docs };
}

const insert = (...documents: Doc[]): Doc => ({ insert: 'c', documents });

t.test('the log, cut at every byte of its last record', async (t) => {
  const folder = t.testdir();
  const { database, run } = open(join(folder, 'whole'));
  run(insert({ _id: 1, a: 'first' }));
  run({ createIndexes: 'c', indexes: [{ key: { a: 1 }, name: 'a_1' }] });
  database.flush();
  const before = database.log.size;
  run(insert({ _id: 2, a: 'last' }));
  database.flush();
  const after = database.log.size;
  database.close();
  const bytes = readFileSync(join(folder, 'whole', FILE));
  let recovered = 0;
  for (let cut = before; cut <= after; cut++) {
    const copy = join(folder, `cut-${cut}`);
    mkdirSync(copy);
    writeFileSync(join(copy, FILE), bytes.subarray(0, cut));
    recovered += Number(recovers(copy, cut === after));
  }
  t.equal(recovered, after - before + 1);
});

// After the cut there is what was there before the last record, and it can be gone on from.
function recovers(folder: string, whole: boolean): boolean {
  const first = open(folder);
  const had = first.docs().length;
  first.run(insert({ _id: 3, a: 'more' }));
  first.database.flush();
  first.database.close();
  const second = open(folder);
  const ids = second.docs().map((doc) => doc._id);
  const indexes = second.database.get('test.c')?.indexes.length;
  second.database.close();
  return had === (whole ? 2 : 1) && indexes === 2 && ids.join() === (whole ? '1,2,3' : '1,3');
}

t.test('damage before the end is not passed over', async (t) => {
  const folder = t.testdir();
  const { database, run } = open(join(folder, 'whole'));
  for (let i = 0; i < 5; i++) run(insert({ _id: i, a: 'x'.repeat(50) }));
  database.flush();
  database.close();
  const bytes = readFileSync(join(folder, 'whole', FILE));
  const damaged = (name: string, change: (copy: Buffer) => Buffer) => {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, FILE), change(Buffer.from(bytes)));
    return () => open(join(folder, name));
  };
  const flip = (at: number) => (copy: Buffer) => {
    copy[at] = (copy[at] ?? 0) ^ 1;
    return copy;
  };
  t.throws(damaged('body', flip(150)), /is damaged at byte \d+\. Move the file away/);
  t.throws(damaged('length', flip(16)), /is damaged at byte 16/);
  t.throws(damaged('other', flip(3)), /is damaged at byte 0/, 'another kind of file');
  const zeros = damaged('zeros', (copy) => Buffer.concat([copy, Buffer.alloc(300)]))();
  t.equal(zeros.docs().length, 5, 'zeros at the end, as a power cut leaves them');
  zeros.database.close();
});

t.test('compaction', async (t) => {
  const folder = t.testdir();
  const { database, run, docs } = open(folder, { compactAbove: 20_000 });
  run({ createIndexes: 'c', indexes: [{ key: { n: 1 }, name: 'n_1', unique: true, sparse: true }] });
  run(insert({ _id: 1, n: 0, text: 'x'.repeat(500) }, { _id: 2, text: 'kept' }));
  const sizes: number[] = [];
  for (let i = 0; i < 300; i++) {
    run({ update: 'c', updates: [{ q: { _id: 1 }, u: { $inc: { n: 1 } } }] });
    database.flush();
    await database.compacted();
    sizes.push(statSync(join(folder, FILE)).size);
  }
  t.ok(Math.max(...sizes) < 25_000, 'the file does not grow without end');
  t.equal(sizes.at(-1), database.log.size);
  const expected = docs();
  database.close();
  writeFileSync(join(folder, `${FILE}.new`), 'left by a crash');
  const again = open(folder);
  t.same(again.docs(), expected);
  t.equal(again.database.get('test.c')?.indexes.length, 2);
  t.notOk(existsSync(join(folder, `${FILE}.new`)));
  again.database.close();
});

t.test('compaction: what is written while it goes on is in the new log', async (t) => {
  const folder = t.testdir();
  const { database, run, later, docs } = open(folder, { compactAbove: 200_000 });
  const text = 'x'.repeat(1000);
  await later(insert(...Array.from({ length: 1000 }, (_, i) => ({ _id: i, n: 0, text }))));
  run({ insert: 'gone', documents: [{ _id: 1 }] });
  database.flush();
  await database.compacted();
  const change = (n: number) => {
    run({ update: 'c', updates: [{ q: { _id: { $lt: 990 } }, u: { $set: { n } }, multi: true }] });
    database.flush();
  };
  for (let n = 1; !database.log.isCompacting; n++) change(n);
  let indexed: Promise<unknown> | undefined;
  for (let i = 0; database.log.isCompacting; i++) {
    run({ update: 'c', updates: [{ q: { _id: i % 990 }, u: { $inc: { n: 1000 } } }] });
    run({ delete: 'c', deletes: [{ q: { _id: 990 + (i % 5) }, limit: 1 }] });
    run(insert({ _id: 5000 + i }));
    if (i === 1) indexed = later({ createIndexes: 'c', indexes: [{ key: { n: 1 }, name: 'n_1' }] });
    if (i === 2) run({ drop: 'gone' });
    if (i === 3) run({ insert: 'made', documents: [{ _id: 1 }] });
    database.flush();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await database.compacted();
  t.match(await indexed, { ok: 1 });
  database.flush();
  t.equal(statSync(join(folder, FILE)).size, database.log.size);
  const expected = docs();
  const state = () => [...database.collections].map(([ns, c]) => [ns, c.docs.size, c.indexes.length]);
  const before = state();
  database.close();
  const again = open(folder);
  t.same(again.docs(), expected);
  t.same(
    [...again.database.collections].map(([ns, c]) => [ns, c.docs.size, c.indexes.length]).sort(),
    before.sort(),
  );
  again.database.close();
});

t.test('compaction: a server that is closed in the middle leaves the old log', async (t) => {
  const folder = t.testdir();
  const { database, run, docs } = open(folder, { compactAbove: 20_000 });
  run(insert(...Array.from({ length: 100 }, (_, i) => ({ _id: i, text: 'x'.repeat(300) }))));
  while (!database.log.isCompacting) {
    run({ update: 'c', updates: [{ q: {}, u: { $inc: { n: 1 } }, multi: true }] });
    database.flush();
  }
  const expected = docs();
  t.ok(existsSync(join(folder, `${FILE}.new`)));
  database.close();
  t.notOk(existsSync(join(folder, `${FILE}.new`)));
  await database.compacted();
  const again = open(folder);
  t.same(again.docs(), expected);
  again.database.close();
});

t.test('an index built over many documents has what is written meanwhile', async (t) => {
  const { database, run, later } = open(t.testdir());
  const all = Array.from({ length: 30_000 }, (_, i) => ({ _id: i, n: i, tags: [i % 7, `t${i % 5}`] }));
  await later(insert(...all));
  const index = (key: Doc, options: Doc = {}) =>
    later({ createIndexes: 'c', indexes: [{ key, name: Object.keys(key).join(), ...options }] });
  let built = false;
  const building = Promise.all([index({ n: 1 }, { unique: true }), index({ tags: 1 })]).finally(() => {
    built = true;
  });
  for (let i = 0; !built; i++) {
    run({ update: 'c', updates: [{ q: { _id: (i * 7) % 30_000 }, u: { $set: { n: 100_000 + i } } }] });
    run({ delete: 'c', deletes: [{ q: { _id: (i * 11) % 30_000 }, limit: 1 }] });
    run(insert({ _id: 60_000 + i, n: 500_000 + i, tags: ['new'] }));
    await new Promise((resolve) => setImmediate(resolve));
  }
  t.match(await building, [
    { ok: 1, numIndexesAfter: 2 },
    { ok: 1, numIndexesAfter: 3 },
  ]);
  const collection = database.get('test.c');
  const filters: Doc[] = [{ n: { $gte: 0 } }, { tags: 't3' }, { tags: 'new' }, { n: { $gte: 100_000 } }];
  for (const filter of filters) {
    const byIndex = collection?.find({ filter });
    t.ok(byIndex?.plan.scans, 'by the index');
    const all = Array.from(collection?.docs.values() ?? [], ({ doc }) => doc);
    const byScan = all.filter(compileFilter(filter));
    t.same(byIndex?.docs.map((doc) => doc._id).sort(), byScan.map((doc) => doc._id).sort());
  }
  t.match(run(insert({ _id: 'x', n: 500_000 })), { writeErrors: [{ code: 11000 }] });
  database.close();
});

t.test('an index that cannot be built over many documents is not there', async (t) => {
  const { database, run, later } = open(t.testdir());
  await later(insert(...Array.from({ length: 50_000 }, (_, i) => ({ _id: i, n: i, l: i }))));
  const unique = (field: string) =>
    later({ createIndexes: 'c', indexes: [{ key: { [field]: 1 }, name: field, unique: true }] });
  const building = unique('n');
  run({ update: 'c', updates: [{ q: { _id: 49_999 }, u: { $set: { n: 1 } } }] });
  t.match(await building, { ok: 0, code: 11000 });
  const dropped = unique('l');
  run({ drop: 'c' });
  run(insert({ _id: 1 }));
  t.match(await dropped, { ok: 0, code: 276 });
  t.equal(database.get('test.c')?.indexes.length, 1);
  database.close();
});

t.test(
  'a bulk of many statements lets others have their turn, and goes on with what they leave',
  async (t) => {
    const folder = t.testdir();
    const { database, run, later, docs } = open(folder);
    const text = 'x'.repeat(1000);
    const inserting = later(insert(...Array.from({ length: 20_000 }, (_, i) => ({ _id: i, n: 0, text }))));
    const first = docs().length;
    t.ok(first > 0 && first < 20_000, 'it is not done at once');
    run({ update: 'c', updates: [{ q: {}, u: { $set: { n: 1 } }, multi: true }] });
    t.equal(docs().length, first, 'what is written meanwhile is whole');
    run({ drop: 'c' });
    run(insert({ _id: 19_999 }));
    t.match(await inserting, { ok: 1, n: 19_999, writeErrors: [{ index: 19_999, code: 11000 }] });
    const left = 20_000 - first;
    t.equal(docs().length, left, 'those after the drop are there');
    const q = (i: number): Doc => ({ q: { _id: i }, u: { $inc: { n: 1 } } });
    const updating = later({
      update: 'c',
      ordered: true,
      updates: [...Array.from({ length: 20_000 }, (_, i) => q(i)), { q: {}, u: { $inc: { n: 'x' } } }],
    });
    t.ok((run({ count: 'c', query: { n: 1 } }).n as number) < left - 1);
    t.match(await updating, { n: left, nModified: left, writeErrors: [{ index: 20_000, code: 14 }] });
    database.flush();
    const expected = docs();
    database.close();
    const again = open(folder);
    t.same(again.docs(), expected);
    const deletes = Array.from({ length: 20_000 }, (_, i): Doc => ({ q: { _id: i }, limit: 1 }));
    const deleting = again.later({ delete: 'c', deletes });
    again.database.close();
    t.match(await deleting, { ok: 0, code: 11600 }, 'a server that is closed does not go on');
  },
);

t.test('drops are remembered', async (t) => {
  const folder = t.testdir();
  const { database, run } = open(folder);
  run(insert({ _id: 1 }));
  run({ insert: 'd', documents: [{ _id: 1 }] });
  run({ drop: 'c' });
  run({ delete: 'd', deletes: [{ q: {}, limit: 0 }] });
  database.flush();
  database.close();
  const again = open(folder);
  t.same([...again.database.collections.keys()], ['test.d']);
  t.equal(again.database.get('test.d')?.docs.size, 0);
  again.database.close();
});

t.test('a write that fails ends the work', async (t) => {
  const folder = t.testdir();
  let room = 10_000;
  const write = (fd: number, data: Uint8Array) => {
    if (room < data.length) {
      writeSync(fd, data.subarray(0, room));
      throw new Error('ENOSPC: no space left on device, write');
    }
    room -= data.length;
    return writeSync(fd, data);
  };
  const { database, run, docs } = open(folder, { write });
  run(insert({ _id: 1 }));
  database.flush();
  room = 40;
  run(insert({ _id: 2, text: 'does not fit' }));
  t.throws(() => database.flush(), /ENOSPC/);
  t.match(run(insert({ _id: 3 })), { ok: 0, code: 42, codeName: 'LogWriteFailed', errmsg: /ENOSPC/ });
  t.match(run({ find: 'c' }), { ok: 0, code: 42 }, 'nothing is read that would be gone after a restart');
  t.match(run({ ping: 1 }), { ok: 1 });
  t.equal(docs().length, 2);
  database.close();
  const again = open(folder);
  t.same(again.docs(), [{ _id: 1 }]);
  again.database.close();
});

t.test('what has expired is deleted', async (t) => {
  const { database, run, docs } = open(t.testdir());
  const at = (seconds: number) => new Date(seconds * 1000);
  run({ createIndexes: 'c', indexes: [{ key: { at: 1 }, name: 'ttl', expireAfterSeconds: 10 }] });
  const dates = {
    old: at(80),
    edge: at(90),
    young: at(91),
    none: null,
    number: 5,
    text: 'x',
    oldest: [at(200), at(70)],
  };
  run(insert(...Object.entries(dates).map(([_id, v]): Doc => ({ _id, at: v })), { _id: 'missing' }));
  t.equal(database.expire(100_000), 3);
  t.same(
    docs().map((doc) => doc._id),
    ['missing', 'none', 'number', 'text', 'young'],
  );
  t.equal(database.expire(100_000), 0);
  database.close();
});

t.test('cursors', async (t) => {
  const { database, run } = open(t.testdir());
  run(insert(...Array.from({ length: 10 }, (_, i) => ({ _id: i }))));
  const start = () => (run({ find: 'c', batchSize: 4 }) as { cursor: { id: Long } }).cursor.id;
  const id = start();
  t.match(run({ getMore: id, collection: 'other' }), { ok: 0, code: 13 });
  t.match(run({ getMore: id, collection: 'c', batchSize: 4 }), { cursor: { nextBatch: { length: 4 } } });
  t.match(run({ getMore: id, collection: 'c' }), { cursor: { nextBatch: { length: 2 } } });
  t.match(run({ getMore: id, collection: 'c' }), { ok: 0, code: 43 });
  const killed = start();
  t.match(run({ killCursors: 'c', cursors: [killed, id] }), {
    cursorsKilled: [killed],
    cursorsNotFound: [id],
  });
  const cursors = new Cursors();
  cursors.start('test.c', [{ _id: 1 }, { _id: 2 }], 1);
  cursors.closeIdle(Date.now() + 700_000);
  t.throws(() => cursors.next(Long.ONE, 'test.c', 1), { code: 43 }, 'a cursor left alone is closed');
  database.close();
});

t.test('types come back as they were', async (t: Test) => {
  const folder = t.testdir();
  const doc = {
    _id: 1,
    double: new Double(5),
    long: Long.fromNumber(5),
    decimal: Decimal128.fromString('1.10'),
    int: 5,
    zero: -0,
  };
  const first = open(folder);
  first.run(insert(doc));
  first.database.flush();
  first.database.close();
  copyFileSync(join(folder, FILE), join(folder, 'copy'));
  appendFileSync(join(folder, FILE), Buffer.from([1, 2, 3]));
  const second = open(folder);
  t.strictSame(second.docs(), [doc]);
  second.database.close();
  t.same(readFileSync(join(folder, FILE)), readFileSync(join(folder, 'copy')), 'the torn tail is cut off');
});
