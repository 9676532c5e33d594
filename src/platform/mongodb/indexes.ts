import { type Collection, type Db, MongoServerError } from 'mongodb';
import { StartError } from '../../lib/log-error.js';
import { compareIndexes, type ExistingIndex, type IndexFinding } from './compare-indexes.js';
import type { CollectionDefinition, IndexWish } from './define-collection.js';

interface IndexLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

/** How an operator has the indexes looked at, and one of them replaced. */
export const INDEXES_COMMAND = 'concierge indexes';

/** What is there, and what we want, of every collection. */
export async function checkIndexes(
  db: Db,
  definitions: readonly CollectionDefinition[],
): Promise<IndexFinding[]> {
  const collections = await db.listCollections({}, { nameOnly: true }).toArray();
  const names = new Set(collections.map(({ name }) => name));
  const findings = definitions.map(async (definition) => {
    const existing = names.has(definition.name) ? await db.collection(definition.name).indexes() : [];
    return compareIndexes(definition, existing as ExistingIndex[]);
  });
  return (await Promise.all(findings)).flat();
}

/**
 * Builds what is missing, and leaves alone what is there. What differs or cannot be built is told: the service works without, more
 * slowly or with less protection.
 * @throws StartError when an index makes writes of ours fail
 */
export async function ensureIndexes(
  db: Db,
  definitions: readonly CollectionDefinition[],
  log?: IndexLog,
): Promise<void> {
  const findings = await checkIndexes(db, definitions);
  const harmful = findings.filter(({ state }) => state === 'harmful');
  if (harmful.length > 0) throw new StartError(harmful.map(sayHarm).join('\n'));
  for (const finding of findings.filter(({ state }) => state === 'differs'))
    log?.warn(
      { collection: finding.collection, index: finding.existing?.name, because: finding.because },
      'an index is not as the service wants it; the service works all the same',
    );
  const failures = await buildMissing(db, findings, log);
  for (const { collection, key, error } of failures)
    log?.warn(
      { collection, key, err: error },
      'an index could not be built; the service works without it, more slowly or with less protection',
    );
}

function sayHarm({ collection, existing, because }: IndexFinding): string {
  const name = `${collection}.${existing?.name}`;
  return `The service cannot write to ${collection}: of the index ${existing?.name} ${JSON.stringify(existing?.key)}, which is not its own, ${because}. To have it replaced: ${INDEXES_COMMAND} --apply ${name}`;
}

interface BuildFailure {
  collection: string;
  key: IndexWish['key'];
  error: unknown;
}

/** Builds what is missing: all of a collection together, and one by one when that is refused. Answers with what could not be built. */
export async function buildMissing(
  db: Db,
  findings: readonly IndexFinding[],
  log?: IndexLog,
): Promise<BuildFailure[]> {
  const missing = new Map<string, IndexWish[]>();
  for (const { collection, state, wanted } of findings)
    if (state === 'missing' && wanted) missing.set(collection, [...(missing.get(collection) ?? []), wanted]);
  if (missing.size > 0)
    log?.info({ collections: missing.size }, 'indexes are being built; this may take a while');
  const failures = [...missing].map(([name, wishes]) => build(db.collection(name), wishes));
  return (await Promise.all(failures)).flat();
}

async function build(collection: Collection, wishes: IndexWish[]): Promise<BuildFailure[]> {
  try {
    await collection.createIndexes(wishes.map(({ servedBy: _, ...index }) => index));
    return [];
  } catch (error) {
    if (!(error instanceof MongoServerError)) throw error;
    const [only, ...others] = wishes;
    if (only && others.length === 0) return [{ collection: collection.collectionName, key: only.key, error }];
    const failures: BuildFailure[] = [];
    for (const wish of wishes) failures.push(...(await build(collection, [wish])));
    return failures;
  }
}

/** Puts ours in the place of an index that is there, named as `collection.index`. */
export async function replaceIndex(
  db: Db,
  definitions: readonly CollectionDefinition[],
  name: string,
): Promise<IndexFinding> {
  const findings = await checkIndexes(db, definitions);
  const finding = findings.find(
    ({ collection, existing }) => existing && name === `${collection}.${existing.name}`,
  );
  if (!finding?.existing?.name) throw new Error(`There is no index ${name}`);
  if (!finding.isReplaceable)
    throw new Error(
      finding.state === 'there'
        ? `${name} serves as it is`
        : `${name} is not ours to replace: only one of the service's own collections that differs or does harm is`,
    );
  await db.collection(finding.collection).dropIndex(finding.existing.name);
  return finding;
}
