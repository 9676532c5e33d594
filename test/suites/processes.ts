import { runInOneProcess } from '../in-one-process.js';

await runInOneProcess([
  'core/start',
  'core/keys',
  'core/outages',
  'core/tracing',
  'returns/crash',
  'widget',
  'embedded',
]);
