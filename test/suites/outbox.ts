import { runInOneProcess } from '../in-one-process.js';

await runInOneProcess([
  'outbox/dispatcher',
  'outbox/enqueue',
  'outbox/inline',
  'outbox/lane',
  'outbox/operate',
  'outbox/outage',
  'outbox/schedule',
  'connectors/http',
  'connectors/settings',
  'connectors/vendors',
  'crm-news',
  'outgoing',
  'vendors/vendors',
  'inspiration',
  'inspiration/cloudinary',
  'inspiration/processing',
  'core/hostile',
  'assistants',
  'demo',
  'inspiration/failing-uploads',
]);
