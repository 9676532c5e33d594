import { runInOneProcess } from '../in-one-process.js';

await runInOneProcess([
  'core/start',
  'core/keys',
  'core/outages',
  'core/tracing',
  'returns/crash',
  'widget',
  'embedded',
  'scripts/processes',
  'scripts/cli',
  'outbox/kill',
  'inspiration/fuzz-uploads',
  'docs',
]);
