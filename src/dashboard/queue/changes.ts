import { setTimeout as pause } from 'node:timers/promises';
import type { Queue } from './queue.js';
import type { QueueKind } from './queue-item.js';

export type Look = Awaited<ReturnType<Queue['look']>>;
/** Of which kinds how many things have come since the last look. */
export type News = Partial<Record<QueueKind, number>>;

/**
 * Tells those who look that the queue has changed. It looks as long as someone else does, once for all of them: there is no need of a
 * change stream, which not every database has.
 */
export function createChanges(
  look: () => Promise<Look>,
  everyMs: number,
  onFailure: (error: unknown) => void,
) {
  const listeners = new Set<(news: News) => void>();
  let watching = false;

  async function watch(): Promise<void> {
    let last: Look | undefined;
    while (listeners.size > 0) {
      const current = await look().catch((error: unknown) => {
        onFailure(error);
        return undefined;
      });
      if (last && current && current.print !== last.print) {
        const news = newsOf(last, current);
        for (const listener of listeners) listener(news);
      }
      last = current ?? last;
      await pause(everyMs, undefined, { ref: false });
    }
    watching = false;
  }

  /** Calls back at each change until the answer is called. */
  function listen(listener: (news: News) => void): () => void {
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

// What is among the latest and was not: nothing that had come before what was known as the latest then.
function newsOf(last: Look, current: Look): News {
  const known = new Set(last.latest.map(({ id }) => id));
  const since = last.latest.at(-1)?.at ?? 0;
  const news: News = {};
  for (const { kind, id, at } of current.latest)
    if (!known.has(id) && at >= since) news[kind] = (news[kind] ?? 0) + 1;
  return news;
}
