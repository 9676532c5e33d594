// Random filters on changing data: a collection with indexes and one without both answer like the plain model.
import { Collection } from '../../../mongodb/collection.js';
import { ServerError } from '../../../mongodb/errors.js';
import { droppedIndexes, newIndexes } from '../../../mongodb/index-specs.js';
import type { Query } from '../../../mongodb/requests.js';
import type { Doc } from '../../../mongodb/values.js';
import { textOf } from '../case.js';
import { fields, filter, frozen, path, value } from './generate.js';
import { matches } from './model-match.js';
import { sorted } from './model-sort.js';
import { type Random, randomFrom } from './random.js';

export const CASES_PER_ROUND = 100;

const INDEXES: Doc[] = [
  { key: { a: 1 }, name: 'a' },
  { key: { b: -1 }, name: 'b' },
  { key: { n: 1, a: 1 }, name: 'na' },
  { key: { a: 1, n: -1 }, name: 'an' },
  { key: { n: 1, b: 1, c: 1 }, name: 'nbc' },
  { key: { 'l.x': 1 }, name: 'lx' },
  { key: { 'l.x': 1, 'l.y': 1 }, name: 'lxy' },
  { key: { l: 1 }, name: 'l' },
  { key: { 'o.x': 1 }, name: 'ox', sparse: true },
  { key: { c: 1 }, name: 'c', sparse: true },
  { key: { 'o.l.x': 1, c: 1 }, name: 'olx', sparse: true },
  { key: { _id: 1, a: 1 }, name: 'ida', unique: true },
];

/** One round, of a hundred cases; throws with all there is to know about the first that fails. */
export function filterRound(seed: string): void {
  const random = randomFrom(seed);
  const plain = new Collection('fuzz.plain');
  const indexed = new Collection('fuzz.indexed');
  for (let i = 0; i < 20; i++) change(random, plain, indexed);
  for (let i = 0; i < CASES_PER_ROUND; i++) {
    change(random, plain, indexed);
    if (random.chance(0.2)) changeIndexes(random, indexed);
    compare(random, plain, indexed);
  }
}

// The indexes can refuse a document; then it stays as it is in both.
function change(random: Random, plain: Collection, indexed: Collection): void {
  const filter = { _id: random.below(40) };
  const update = random.chance(0.5)
    ? frozen(fields(random))
    : { $set: { [random.pick(['a', 'b', 'c', 'n'])]: value(random) } };
  const remove = random.chance(0.15);
  const apply = (collection: Collection) =>
    remove
      ? collection.delete({ filter })
      : collection.update({ filter, update: frozen(update), upsert: true });
  try {
    apply(indexed);
  } catch (error) {
    if (error instanceof ServerError && [171, 11000].includes(error.code)) return;
    throw error;
  }
  apply(plain);
}

function changeIndexes(random: Random, indexed: Collection): void {
  const spec = random.pick(INDEXES);
  const there = indexed.indexes.some((index) => index.spec.name === spec.name);
  try {
    if (there)
      indexed.setIndexes(
        indexed.indexes.filter((i) => !droppedIndexes(indexed.indexes, spec.name ?? '').includes(i)),
      );
    else {
      const added = newIndexes(indexed, [spec]);
      for (const index of added) index.fill(indexed.docs, indexed.ns);
      indexed.setIndexes([...indexed.indexes, ...added]);
    }
  } catch (error) {
    if (!(error instanceof ServerError) || error.code !== 171) throw error;
  }
}

function compare(random: Random, plain: Collection, indexed: Collection): void {
  const query = { filter: frozen(filter(random)), ...page(random) };
  const docs = Array.from(plain.docs.values(), ({ doc }) => doc);
  const found = docs.filter((doc) => matches(doc, query.filter));
  const expected = query.sort ? cut(sorted(found, query.sort), query) : found;
  for (const collection of [plain, indexed]) {
    const actual = results(collection, query);
    if (!actual) continue;
    const wanted = query.sort ? ids(expected) : ids(expected).sort();
    const got = query.sort ? ids(actual) : ids(actual).sort();
    if (wanted.join() === got.join()) continue;
    const names = collection.indexes.map((i) => i.spec.name).join(' ');
    throw new Error(
      `${collection.ns} (indexes ${names})\nquery ${textOf(query)}\nmodel  ${wanted}\nengine ${got}\n` +
        `${docs
          .filter((d) => wanted.includes(String(d._id)) !== got.includes(String(d._id)))
          .map(textOf)
          .join('\n')}`,
    );
  }
}

// Nothing where the documents cannot be sorted: by two arrays at once.
function results(collection: Collection, query: Query): Doc[] | undefined {
  try {
    return collection.find(query).docs;
  } catch (error) {
    if (error instanceof ServerError && error.message.includes('parallel arrays')) return undefined;
    throw error;
  }
}

interface Page {
  sort?: Doc;
  skip?: number;
  limit?: number;
}

// The _id ends every sort, so that there is one right order.
function page(random: Random): Page {
  if (random.chance(0.5)) return {};
  const direction = () => (random.chance(0.5) ? 1 : -1);
  const by = random.pick(['a', 'b', 'n', 'c', 'o.x', 'l.x', path(random)]);
  const sort: Doc = random.chance(0.7) ? { [by]: direction() } : { n: direction(), [by]: direction() };
  return {
    sort: { ...sort, _id: direction() },
    ...(random.chance(0.5) && { skip: random.below(4), limit: random.below(8) }),
  };
}

const cut = (docs: Doc[], { skip = 0, limit = 0 }: Page) =>
  docs.slice(skip, limit > 0 ? skip + limit : undefined);
const ids = (docs: Doc[]) => docs.map((doc) => String(doc._id));
