import { runInOneProcess } from '../in-one-process.js';

await runInOneProcess([
  'dashboard/answering',
  'dashboard/figures',
  'dashboard/openid',
  'dashboard/pages',
  'dashboard/support',
  'analytics/analytics',
]);
