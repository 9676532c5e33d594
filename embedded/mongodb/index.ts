// A small MongoDB for development and tests, in a worker thread. It keeps what it is given in its data folder.
import { Worker } from 'node:worker_threads';

interface MongodbOptions {
  /** The data folder. */
  path: string;
  /** A free port unless given. */
  port?: number;
  /** How often expired documents are deleted. */
  ttlSweepMs?: number;
}

interface EmbeddedMongodb {
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

// Node cannot start a worker from TypeScript, and a worker does not inherit hooks: it has to register those by which this process loads
// TypeScript itself, before it imports anything else. The options of this process are not handed on: those of a test runner would measure
// the coverage of the worker.
function makeWorker(workerData: MongodbOptions): Worker {
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL('./worker.js', import.meta.url), { workerData });
  }
  const { NODE_OPTIONS: _, TYPESCRIPT_LOADER, ...env } = process.env;
  const hooks = TYPESCRIPT_LOADER
    ? `import ${JSON.stringify(TYPESCRIPT_LOADER)};`
    : `import { register } from ${JSON.stringify(import.meta.resolve('tsx/esm/api'))}; register();`;
  const worker = JSON.stringify(new URL('./worker.ts', import.meta.url).href);
  const url = new URL(`data:text/javascript,${encodeURIComponent(`${hooks} await import(${worker});`)}`);
  return new Worker(url, { workerData, env, execArgv: [] });
}
