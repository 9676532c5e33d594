import type { Db } from 'mongodb';
import { type CollectionDefinition, indexesOf } from './define-collection.js';

/** Creates what is missing; an index that is there already is left alone. All collections at once. */
export async function ensureIndexes(db: Db, definitions: readonly CollectionDefinition[]): Promise<void> {
  const entries = definitions.map((definition) => ({
    name: definition.name,
    indexes: indexesOf(definition),
  }));
  await Promise.all(
    entries.map(({ name, indexes }) => indexes.length > 0 && db.collection(name).createIndexes(indexes)),
  );
}
