import { MongoNetworkError } from 'mongodb';
import t from 'tap';
import { coalesce, inBatches, insertsInBatches } from '../../src/platform/mongodb/in-batches.js';
import { database } from '../helper.js';
import fc from '../properties.js';

/** A task that is done when the test says so. */
function held<Task>() {
  const batches: { tasks: Task[]; answer(outcomes: unknown[]): void; fail(error: Error): void }[] = [];
  const run = (tasks: Task[]) =>
    new Promise<unknown[]>((answer, fail) => {
      batches.push({ tasks, answer, fail });
    });
  return { batches, run };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

t.test('batches: the first goes at once and alone, the others together when it has ended', async (t) => {
  const { batches, run } = held<number>();
  const ask = inBatches(run);
  const answers = [1, 2, 3].map(ask);
  t.same(
    batches.map(({ tasks }) => tasks),
    [[1]],
    'before anything is waited for',
  );
  batches[0]?.answer(['one']);
  await turn();
  t.same(batches[1]?.tasks, [2, 3]);
  batches[1]?.answer(['two', 'three']);
  t.same(await Promise.all(answers), ['one', 'two', 'three']);
});

t.test('batches: none is larger than 64', async (t) => {
  const sizes: number[] = [];
  const ask = inBatches(async (tasks: number[]) => {
    sizes.push(tasks.length);
    await turn();
    return tasks;
  });
  await Promise.all(Array.from({ length: 200 }, (_, n) => ask(n)));
  t.same(sizes, [1, 64, 64, 64, 7]);
});

t.test(
  'batches: while the database is away, all of a batch fail with it, and none is tried again',
  async (t) => {
    const { batches, run } = held<number>();
    const ask = inBatches(run);
    const answers = [1, 2, 3].map(ask);
    batches[0]?.answer([1]);
    await turn();
    batches[1]?.fail(new MongoNetworkError('gone'));
    const settled = await Promise.allSettled(answers);
    t.same(
      settled.map(({ status }) => status),
      ['fulfilled', 'rejected', 'rejected'],
    );
    t.equal(batches.length, 2);
    const next = ask(4);
    batches[2]?.answer([4]);
    t.equal(await next, 4, 'what comes later is tried');
  },
);

t.test('batches: each gets its own outcome, and what is at fault fails alone', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.record({ value: fc.nat(9), isBad: fc.boolean() }), { maxLength: 150 }),
      async (scheduler, tasks) => {
        let most = 0;
        let underWay = 0;
        const ask = inBatches(async (some: typeof tasks) => {
          // one by one after a failure, they may be under way together
          if (some.length > 1) underWay += 1;
          most = Math.max(most, underWay);
          await scheduler.schedule(Promise.resolve());
          if (some.length > 1) underWay -= 1;
          if (some.some(({ isBad }) => isBad)) throw new Error('bad');
          return some.map(({ value }) => value * 2);
        });
        const outcomes = tasks.map((task) =>
          scheduler
            .schedule(Promise.resolve())
            .then(() => ask(task))
            .catch(() => 'failed'),
        );
        await scheduler.waitFor(Promise.all(outcomes));
        const seen = await Promise.all(outcomes);
        const plain = tasks.map(({ value, isBad }) => (isBad ? 'failed' : value * 2));
        return most <= 1 && JSON.stringify(seen) === JSON.stringify(plain);
      },
    ),
    { numRuns: 100 },
  );
});

t.test('batches of look-ups: each gets what is theirs, however many others have', async (t) => {
  const db = await database(t);
  const shelf = db.collection<{ name: string; n: number }>('shelf');
  await shelf.createIndex({ name: 1 });
  const names = Array.from({ length: 12 }, (_, n) => `name-${n}`);
  await shelf.insertMany(
    names.flatMap((name, count) => Array.from({ length: count % 5 }, (_, n) => ({ name, n }))),
  );
  const lookUp = coalesce<string, { name: string; n: number }>({
    namesOf: (asked) => [asked],
    nameOf: ({ name }) => name,
    most: 3,
    find: (all, limit) =>
      shelf
        .find({ name: { $in: all } }, { projection: { _id: 0 } })
        .limit(limit)
        .toArray(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...names), { maxLength: 100 }), async (asked) => {
      const together = await Promise.all(asked.map(lookUp));
      return together.every(
        (found, index) =>
          found.length >= Math.min(3, names.indexOf(asked[index] ?? '') % 5) &&
          found.every(({ name }) => name === asked[index]),
      );
    }),
    { numRuns: 50 },
  );
});

t.test('batches of inserts: of equal ones one is inserted, and the others are told so', async (t) => {
  const db = await database(t);
  const shelf = db.collection<{ name: string; n: number }>('shelf');
  await shelf.createIndex({ name: 1 }, { unique: true });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(20), { maxLength: 90 }), async (numbers) => {
      await shelf.deleteMany({});
      const insert = insertsInBatches(shelf);
      const outcomes = await Promise.all(numbers.map((n, at) => insert({ name: `name-${n}`, n: at })));
      const stored = await shelf.find().toArray();
      const inserted = numbers.flatMap((n, at) => (outcomes[at] ? [`name-${n}/${at}`] : []));
      return (
        JSON.stringify(stored.map(({ name, n }) => `${name}/${n}`).sort()) ===
          JSON.stringify(inserted.sort()) && stored.length === new Set(numbers).size
      );
    }),
    { numRuns: 40 },
  );
});

t.test('batches of inserts: a document that the database does not take fails alone', async (t) => {
  const db = await database(t);
  const shelf = db.collection<{ name: string; when?: unknown }>('shelf');
  const insert = insertsInBatches(shelf);
  // deeper than MongoDB takes: the command is refused as a whole
  const bad = { name: 'bad', when: Array.from({ length: 200 }).reduce((inner) => [inner], 0) };
  const outcomes = await Promise.allSettled([{ name: 'a' }, { name: 'b' }, bad, { name: 'c' }].map(insert));
  t.same(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
  );
  t.same((await shelf.distinct('name')).sort(), ['a', 'b', 'c'], 'the others are stored');
});
