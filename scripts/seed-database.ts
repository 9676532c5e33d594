import type { Db } from 'mongodb';
import { type SeedReport, seedCollection } from './seed-collection.js';
import { gemstones } from './seed-data/gemstones.js';
import { materials } from './seed-data/materials.js';
import { products } from './seed-data/products.js';

export async function seedCatalogue(db: Db): Promise<SeedReport> {
  return {
    products: await seedCollection(db, 'products', '_id', products),
    materials: await seedCollection(db, 'materials', 'id', materials),
    gemstones: await seedCollection(db, 'gemstones', 'id', gemstones),
  };
}
