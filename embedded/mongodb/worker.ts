// The server in a thread of its own; see index.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { type ListenOptions, listen } from './server.js';

const server = await listen(workerData as ListenOptions);
parentPort?.postMessage({ uri: server.uri, port: server.port, loadMs: server.loadMs });
parentPort?.once('message', async () => {
  await server.stop();
  parentPort?.close();
});
