import type { Db } from 'mongodb';
import { isMain, runWithDatabase } from './run.js';
import { printReport, type SeedReport, seedCollection } from './seed-collection.js';
import { creators } from './seed-data/creators.js';

export async function seedCreators(db: Db): Promise<SeedReport> {
  return { creators: await seedCollection(db, 'creators', 'creatorCode', creators) };
}

if (isMain(import.meta.url)) await runWithDatabase(async (db) => printReport(await seedCreators(db)));
