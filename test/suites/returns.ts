import { runInOneProcess } from '../in-one-process.js';

await runInOneProcess([
  'returns',
  'returns-management',
  'returns/return-policy',
  'returns/return-slip',
  'returns/strangers',
  'capsule',
  'stylist',
  'stylist/studio-hours',
  'messages',
  'journeys/aftercare',
]);
