import { runInOneProcess } from '../in-one-process.js';

// a command of theirs that docs/commands.md does not list is a failure
process.env.COMPARE_COMMANDS = 'yes';

await runInOneProcess([
  'order-status',
  'order-updates',
  'order-webhook',
  'orders/disclosure',
  'orders/finding',
  'orders/proof',
  'orders/timeline',
  'orders/unproved',
  'opting-out',
  'privacy',
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
  'wire/shapes',
  'inspiration/fuzz-uploads',
  'docs',
]);
