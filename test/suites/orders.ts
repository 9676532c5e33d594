import { runInOneProcess } from '../in-one-process.js';

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
]);
