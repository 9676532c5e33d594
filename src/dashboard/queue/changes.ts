import { setTimeout as pause } from 'node:timers/promises';

/**
 * Tells those who look that the queue has changed. It looks as long as someone else does, once for all of them: there is no need of a
 * change stream, which not every database has.
 */
export function createChanges(
  fingerprint: () => Promise<string>,
  everyMs: number,
  onFailure: (error: unknown) => void,
) {
  const listeners = new Set<() => void>();
  let watching = false;

  async function watch(): Promise<void> {
    let last: string | undefined;
    while (listeners.size > 0) {
      const current = await fingerprint().catch(onFailure);
      if (last !== undefined && current !== undefined && current !== last)
        for (const listener of listeners) listener();
      last = current ?? last;
      await pause(everyMs, undefined, { ref: false });
    }
    watching = false;
  }

  /** Calls back at each change until the answer is called. */
  function listen(listener: () => void): () => void {
    listeners.add(listener);
    if (!watching) {
      watching = true;
      void watch();
    }
    return () => {
      listeners.delete(listener);
    };
  }

  return { listen };
}
