import { runInOneProcess } from '../in-one-process.js';

await runInOneProcess(['core/start', 'returns/crash', 'widget', 'embedded', 'scripts/processes']);
