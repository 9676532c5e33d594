import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { DecoderRequest } from './decoder.js';
import { type Drawn, TIMEOUT_SECONDS } from './re-encode-image.js';

interface RenderSettings {
  maxPixels: number;
}

/** More than the largest photo takes; a service is given more than that beside it. */
const MAX_MEMORY_BYTES = 448 * 1024 * 1024;
/** Two pictures are drawn, each within its time. */
const TIMEOUT_MS = (2 * TIMEOUT_SECONDS + 5) * 1000;
/** A process that has nothing to decode for so long ends. */
const IDLE_MS = 30_000;

/** The process that decodes has died over an image, had to be ended, or lacked memory or time for it: another attempt may go better. */
export class DecoderFailed extends Error {}

/**
 * Draws images anew (`draw-image.ts`) in processes of their own: one for each that is drawn at the same time, kept for the next. A process
 * that dies takes nothing along but the image that it was at work on.
 * @throws DecoderFailed when it dies, takes too long, or cannot say what the image is.
 */
export function createRenderer({ maxPixels }: RenderSettings) {
  /** Those that wait for an image, each with the time at which it ends. */
  const idle = new Map<ChildProcess, NodeJS.Timeout>();
  const limits = { maxPixels, maxMemoryBytes: MAX_MEMORY_BYTES };

  return async function render(bytes: Uint8Array, contentType: string): Promise<Drawn> {
    const decoder = take() ?? start(leave);
    keepAlive(decoder, true);
    try {
      const drawn = await ask(decoder, { bytes, contentType, ...limits });
      keepAlive(decoder, false);
      if (decoder.connected) idle.set(decoder, setTimeout(() => end(decoder), IDLE_MS).unref());
      return drawn;
    } catch (error) {
      decoder.kill('SIGKILL');
      throw error;
    }
  };

  function take(): ChildProcess | undefined {
    const [decoder] = idle.keys();
    if (decoder) leave(decoder);
    return decoder;
  }

  function leave(decoder: ChildProcess): void {
    clearTimeout(idle.get(decoder));
    idle.delete(decoder);
  }

  function end(decoder: ChildProcess): void {
    leave(decoder);
    if (decoder.connected) decoder.disconnect();
  }
}

export type Render = ReturnType<typeof createRenderer>;

function start(onExit: (decoder: ChildProcess) => void): ChildProcess {
  const isSource = import.meta.url.endsWith('.ts');
  // by what this process itself loads TypeScript, if that says so
  const loader = isSource ? ['--import', process.env.TYPESCRIPT_LOADER ?? import.meta.resolve('tsx')] : [];
  const decoder = fork(new URL(isSource ? './decoder.ts' : './decoder.js', import.meta.url), {
    execArgv: ['--max-old-space-size=128', ...loader],
    // no secrets; and threads that decode would keep memory each
    env: { PATH: process.env.PATH, MALLOC_ARENA_MAX: '2' },
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  decoder.once('exit', () => onExit(decoder));
  // told by its exit
  decoder.on('error', () => {});
  return decoder;
}

// An idle one does not keep its parent from ending.
function keepAlive(decoder: ChildProcess, isNeeded: boolean): void {
  if (isNeeded) {
    decoder.ref();
    decoder.channel?.ref();
  } else {
    decoder.unref();
    decoder.channel?.unref();
  }
}

async function ask(decoder: ChildProcess, request: DecoderRequest): Promise<Drawn> {
  const over = new AbortController();
  const timer = setTimeout(() => decoder.kill('SIGKILL'), TIMEOUT_MS);
  try {
    decoder.send(request, () => {});
    const options = { signal: over.signal };
    const died = once(decoder, 'exit', options).then(([code, signal]) => {
      throw new DecoderFailed(`The decoder has ended over an image (${signal ?? code})`);
    });
    const [answer] = await Promise.race([once(decoder, 'message', options), died]);
    if (answer.outcome === 'failed') throw new DecoderFailed(answer.reason);
    return answer;
  } finally {
    clearTimeout(timer);
    over.abort();
  }
}
