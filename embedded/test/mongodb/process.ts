// Starts the server in a process of its own.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SERVE = fileURLToPath(new URL('./serve.ts', import.meta.url));

interface ServerProcess {
  uri: string;
  loadMs: number;
  /** From the start of the process until it listened. */
  readyMs: number;
  /** Why it did not start. */
  error?: string;
  kill(): Promise<void>;
}

export async function startProcess(folder: string, compactAbove?: number): Promise<ServerProcess> {
  const started = performance.now();
  const args = [
    '--import',
    import.meta.resolve('tsx'),
    SERVE,
    folder,
    ...(compactAbove ? [String(compactAbove)] : []),
  ];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: plainEnvironment(),
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const last = () => child.kill('SIGKILL');
  process.once('exit', last);
  child.once('exit', () => process.off('exit', last));
  const line = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once('line', resolve);
    child.once('exit', () => reject(new Error('the server ended without a word')));
  });
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  return { ...JSON.parse(line), readyMs: performance.now() - started, kill };
}

// Coverage would be of what tsx makes of the files, and spoil that of the files.
const plainEnvironment = () => ({ ...process.env, _TAPJS_PROCESSINFO_COVERAGE_: '0' });
