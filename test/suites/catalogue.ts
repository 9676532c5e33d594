import { runInOneProcess } from '../in-one-process.js';

await runInOneProcess([
  'catalog',
  'catalog/search',
  'catalog/shop-forms',
  'catalog/snapshot',
  'catalog/values',
  'products',
  'shortlist',
  'shop/documents',
  'journeys/shopping',
  'sessions',
  'sessions/sessions',
  'csat',
  'scripts/seed',
]);
