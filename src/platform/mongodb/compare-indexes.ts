import { isDeepStrictEqual } from 'node:util';
import type { IndexDescriptionInfo } from 'mongodb';
import { type CollectionDefinition, type IndexWish, indexesOf } from './define-collection.js';

/** An index as `listIndexes` tells of it. */
export type ExistingIndex = IndexDescriptionInfo;

/**
 * What an index means for the service:
 * - `there`: it is as we want it, or serves as well
 * - `missing`: it is built when the service starts
 * - `differs`: one with its key is there under other options, and does not do what ours would; the service works, and says so
 * - `harmful`: it makes writes of ours fail; the service does not start
 * - `foreign`: the shop's, which does not concern us
 */
export type IndexState = 'there' | 'missing' | 'differs' | 'harmful' | 'foreign';

export interface IndexFinding {
  collection: string;
  state: IndexState;
  /** What we want; not there for an index that is none of ours. */
  wanted?: IndexWish;
  /** What is there. */
  existing?: ExistingIndex;
  /** What it prevents, or why it does not serve; not there where all is well. */
  because?: string;
  /** Whether `indexes --apply` may put ours in its place. */
  isReplaceable: boolean;
}

/** Compares what a collection has with what we want, by key. Nothing here depends on the names of indexes. */
export function compareIndexes(
  definition: CollectionDefinition,
  existing: readonly ExistingIndex[],
): IndexFinding[] {
  const { name: collection, isShops = false } = definition;
  const wishes = indexesOf(definition);
  const others = existing.filter(({ key }) => !hasKey(key, { _id: 1 }));
  const harmful = others.flatMap((index): IndexFinding[] => {
    const because = isShops ? undefined : harmOf(definition, index);
    const wanted = wishes.find(({ key }) => hasKey(index.key, key));
    return because
      ? [{ collection, state: 'harmful', wanted, existing: index, because, isReplaceable: true }]
      : [];
  });
  const used = new Set(harmful.map((finding) => finding.existing));
  const findings = wishes
    .filter((wanted) => !harmful.some((finding) => finding.wanted === wanted))
    .map((wanted): IndexFinding => {
      const twins = others.filter(({ key }) => hasKey(key, wanted.key));
      const serving =
        twins.find((index) => differenceOf(index, wanted) === undefined) ??
        others.find((index) => wanted.servedBy && hasKey(index.key, wanted.servedBy) && isWhole(index));
      for (const index of serving ? [serving] : twins) used.add(index);
      if (serving) return { collection, state: 'there', wanted, existing: serving, isReplaceable: false };
      const [twin] = twins;
      if (!twin) return { collection, state: 'missing', wanted, isReplaceable: false };
      const because = differenceOf(twin, wanted);
      return { collection, state: 'differs', wanted, existing: twin, because, isReplaceable: !isShops };
    });
  const rest = others
    .filter((index) => !used.has(index))
    .map((index): IndexFinding => {
      const because = isShops ? undefined : removalOf(definition, index);
      return {
        collection,
        state: because ? 'differs' : 'foreign',
        existing: index,
        because,
        isReplaceable: because !== undefined,
      };
    });
  return [...findings, ...harmful, ...rest];
}

// In MongoDB the order of the fields is part of a key.
const hasKey = (one: object, other: object): boolean =>
  isDeepStrictEqual(Object.entries(one).map(plain), Object.entries(other).map(plain));
const plain = ([field, direction]: [string, unknown]) => [
  field,
  typeof direction === 'string' ? direction : Number(direction),
];

/** Whether every document is in it, and can be found through it. */
const isWhole = ({ sparse, partialFilterExpression, collation, hidden }: ExistingIndex): boolean =>
  !sparse && !partialFilterExpression && !collation && !hidden;

/** Why an index with the key that we want does not serve; undefined when it does. An equal or a stricter one serves. */
function differenceOf(index: ExistingIndex, wanted: IndexWish): string | undefined {
  const { sparse, partialFilterExpression: filter, expireAfterSeconds: seconds } = index;
  if (index.hidden) return 'it is hidden: no query uses it';
  if (index.collation) return 'it has a collation: no query of ours uses it';
  if (wanted.unique && !index.unique) return 'it is not unique: two documents could have the same';
  const isSelective = wanted.sparse || wanted.partialFilterExpression;
  if (wanted.unique && isSelective && isWhole(index))
    return 'it is whole: of the documents that have no such field, and are not ours, it lets in one';
  if (sparse && !isSelective) return 'it is sparse: not every document is in it';
  if (filter && !isDeepStrictEqual(filter, wanted.partialFilterExpression))
    return 'it is partial: not every document is in it';
  if (seconds === wanted.expireAfterSeconds)
    return seconds !== undefined && wanted.partialFilterExpression && !filter
      ? 'it removes documents that are not ours, too'
      : undefined;
  return wanted.expireAfterSeconds === undefined
    ? `it removes documents ${seconds} s after that time`
    : `it does not remove documents ${wanted.expireAfterSeconds} s after that time`;
}

/** What an index of someone else's removes of our documents. */
const removalOf = (definition: CollectionDefinition, index: ExistingIndex): string | undefined =>
  index.expireAfterSeconds !== undefined &&
  holdsOurs(definition, { ...index, sparse: true }, Object.keys(index.key))
    ? `it removes documents ${index.expireAfterSeconds} s after that time`
    : undefined;

/**
 * What a unique index prevents in a collection that we write to; undefined when it prevents nothing. It does no harm when a unique
 * index of ours says as much already, or when no document of ours is in it.
 */
function harmOf(definition: CollectionDefinition, index: ExistingIndex): string | undefined {
  if (!index.unique) return undefined;
  const fields = Object.keys(index.key);
  const isImplied = indexesOf(definition).some(
    ({ key, unique, sparse }) =>
      unique &&
      Object.keys(key).every((field) => fields.includes(field)) &&
      // documents of ours that lack an optional field are in no sparse index, and all the same in a whole one
      (!sparse || !isWhole(index) || fields.includes(definition.id ?? '')),
  );
  if (isImplied || !holdsOurs(definition, index, fields)) return undefined;
  return `it refuses a second document with the same ${fields.join(' and ')}`;
}

// A document of ours is known by the fields that it may have. Without knowing them, it may be in any index.
function holdsOurs(
  { personal }: CollectionDefinition,
  { sparse, partialFilterExpression: filter }: ExistingIndex,
  fields: readonly string[],
): boolean {
  if (!personal) return true;
  const mayHave = (path: string) => Object.hasOwn(personal.fields, path.split('.')[0] ?? '');
  if (filter) return Object.keys(filter).every((path) => path.startsWith('$') || mayHave(path));
  return !sparse || fields.some(mayHave);
}
