import { defineCollection } from '../../platform/mongodb/define-collection.js';

/** Read as a whole; newest change first is how the catalogue notices that it is out of date. Never written. */
export const products = defineCollection('products', {
  isShops: true,
  indexes: [{ key: { updatedAt: -1 } }],
});

/** The shop's names for what pieces are made of, read as a whole with the catalogue; never written. */
export const materials = defineCollection('materials', { isShops: true });
export const gemstones = defineCollection('gemstones', { isShops: true });
