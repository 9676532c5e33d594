interface PollerOptions {
  /** Does a piece of work; false when there was none. */
  step: () => Promise<boolean>;
  /** How long to rest when there is none; twice as long after each failure in a row, up to a limit. */
  idleMs: number;
  /** Where there is none again and again, it rests twice as long each time, up to this; the same without it. */
  quietMs?: number;
  random: () => number;
  onFailure: (error: unknown) => void;
}

export type Poller = ReturnType<typeof startPoller>;

const MAX_REST_MS = 5000;
/** What many calls in a row have stored is looked for once, not after each of them. */
const SOON_MS = 5;
/** Rests differ by up to this part of them, so that processes do not ask in step. */
const JITTER = 0.25;

/** Takes a step after the other, at once while there is work. */
export function startPoller({ step, idleMs, quietMs = idleMs, random, onFailure }: PollerOptions) {
  let stopped = false;
  let nudged = false;
  let soon: NodeJS.Timeout | undefined;
  let failures = 0;
  /** How often in a row there was nothing to do. */
  let quiet = 0;
  let endRest = (): void => {};

  async function run(): Promise<void> {
    while (!stopped) {
      nudged = false;
      const worked = await step().then(
        (more) => {
          failures = 0;
          quiet = more ? 0 : quiet + 1;
          return more;
        },
        (error) => {
          if (failures === 0) onFailure(error);
          failures += 1;
          return false;
        },
      );
      if (!worked && !stopped) await rest();
    }
  }

  // a nudge does not hurry what has just failed
  function rest(): Promise<void> | undefined {
    if (nudged && failures === 0) return undefined;
    const ms =
      failures > 0
        ? Math.min(idleMs * 2 ** failures, Math.max(idleMs, MAX_REST_MS))
        : Math.min(idleMs * 2 ** Math.max(0, quiet - 1), quietMs);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms * (1 - JITTER * random()));
      endRest = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  const ended = run();

  return {
    /** There may be work: looks within a moment. */
    nudge(): void {
      soon ??= setTimeout(() => {
        soon = undefined;
        nudged = true;
        quiet = 0;
        if (failures === 0) endRest();
      }, SOON_MS);
    },
    /** Resolves when the step under way has ended. */
    stop(): Promise<void> {
      stopped = true;
      clearTimeout(soon);
      endRest();
      return ended;
    },
  };
}
