import { runInOneProcess } from '../in-one-process.js';

// more than a minute, most of which it waits for leases to end
await runInOneProcess(['outbox/kill']);
