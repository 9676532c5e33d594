import { runInOneProcess } from '../in-one-process.js';

await runInOneProcess([
  'core/access',
  'core/flags',
  'core/http',
  'core/idempotency',
  'core/in-batches',
  'core/indexes',
  'core/limits',
  'core/operations',
  'core/queries',
  'lib/calendar',
  'lib/values',
  'config',
  'contract/contract',
  'scripts/dependencies',
]);
