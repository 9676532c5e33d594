// A small MongoDB for development and tests, in a worker thread. It keeps what it is given in its data folder.
import { Worker } from 'node:worker_threads';

export interface MongodbOptions {
  /** The data folder. */
  path: string;
  /** A free port unless given. */
  port?: number;
  /** How often expired documents are deleted. */
  ttlSweepMs?: number;
}

export interface EmbeddedMongodb {
  uri: string;
  port: number;
  /** How long it took to read the data folder. */
  loadMs: number;
  stop(): Promise<void>;
}

type Started = Omit<EmbeddedMongodb, 'stop'>;

export async function startMongodb(options: MongodbOptions): Promise<EmbeddedMongodb> {
  const worker = makeWorker(options);
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  const started = await new Promise<Started>((resolve, reject) => {
    worker.once('message', (message) => {
      worker.off('error', reject); // from now on a fault in the worker is a fault of the process
      resolve(message);
    });
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('The embedded MongoDB ended before it was ready.')));
  });
  const stop = () => {
    worker.postMessage('stop');
    return exited;
  };
  return { ...started, stop };
}

// Node cannot start a worker from TypeScript, and a worker does not inherit the hooks of tsx: it has to register them
// itself, before it imports anything else. The options of this process are not handed on: those of a test runner would
// compile everything a second time, and measure the coverage of what tsx makes of the files.
function makeWorker(workerData: MongodbOptions): Worker {
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL('./worker.js', import.meta.url), { workerData });
  }
  const tsx = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const worker = JSON.stringify(new URL('./worker.ts', import.meta.url).href);
  const source = `import { register } from ${tsx}; register(); await import(${worker});`;
  const url = new URL(`data:text/javascript,${encodeURIComponent(source)}`);
  const { NODE_OPTIONS: _, ...env } = process.env;
  return new Worker(url, { workerData, env, execArgv: [] });
}
