import type { Db } from 'mongodb';
import { type SeedReport, seedCollection } from './seed-collection.js';
import { creators } from './seed-data/creators.js';

export async function seedCreators(db: Db): Promise<SeedReport> {
  return { creators: await seedCollection(db, 'creators', 'creatorCode', creators) };
}
