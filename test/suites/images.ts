import { runInOneProcess } from '../in-one-process.js';

await runInOneProcess([
  'inspiration',
  'inspiration/cloudinary',
  'inspiration/processing',
  'core/hostile',
  'assistants',
  'demo',
]);
