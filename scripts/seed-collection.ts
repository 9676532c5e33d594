import type { Db, Document } from 'mongodb';

export interface SeedResult {
  inserted: number;
  unchanged: number;
}

/** What happened, by collection. */
export type SeedReport = Record<string, SeedResult>;

/**
 * Adds the documents that are missing, by their natural key. One that is there already stays as it is, whatever
 * has become of it since, so seeding can be repeated at any time.
 */
export async function seedCollection<T extends object>(
  db: Db,
  name: string,
  key: keyof T & string,
  documents: readonly T[],
): Promise<SeedResult> {
  const operations = documents.map((document) => {
    const { [key]: value, ...rest } = document;
    return { updateOne: { filter: { [key]: value }, update: { $setOnInsert: rest }, upsert: true } };
  });
  const { upsertedCount } = await db.collection<Document>(name).bulkWrite(operations, { ordered: false });
  return { inserted: upsertedCount, unchanged: documents.length - upsertedCount };
}

export function printReport(report: SeedReport): void {
  for (const [name, { inserted, unchanged }] of Object.entries(report)) {
    console.log(`${name}: ${inserted} inserted, ${unchanged} unchanged`);
  }
}
