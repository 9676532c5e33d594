/** So much is added to the count of a key; 0 only looks. */
export interface Hit {
  key: string;
  windowMs: number;
  amount: 0 | 1;
}

export interface Count {
  count: number;
  /** Until the window of this key ends, and the count with it. */
  leftMs: number;
}

/** Counts in fixed windows, each of which begins with the first hit of its key. */
export interface Counter {
  count(hit: Hit): Count | Promise<Count>;
  close(): void;
}

/** Keys that are counted at once, of each length of window; the one that was begun first is forgotten first. */
const MAX_KEYS = 50_000;

interface Window {
  count: number;
  endsAt: number;
}

/** Counts in this process. */
export function createMemoryCounter(now: () => Date, maxKeys = MAX_KEYS): Counter {
  const byLength = new Map<number, Map<string, Window>>();

  function count({ key, windowMs, amount }: Hit): Count {
    const at = now().getTime();
    const windows = windowsOf(windowMs);
    const window = windows.get(key);
    if (window && window.endsAt > at) {
      window.count += amount;
      return { count: window.count, leftMs: window.endsAt - at };
    }
    if (window) windows.delete(key);
    if (amount > 0) begin(windows, key, { count: amount, endsAt: at + windowMs });
    return { count: amount, leftMs: windowMs };
  }

  function windowsOf(windowMs: number): Map<string, Window> {
    const known = byLength.get(windowMs) ?? new Map<string, Window>();
    byLength.set(windowMs, known);
    return known;
  }

  function begin(windows: Map<string, Window>, key: string, window: Window): void {
    if (windows.size >= maxKeys) {
      const [oldest] = windows.keys();
      if (oldest !== undefined) windows.delete(oldest);
    }
    windows.set(key, window);
  }

  return { count, close: () => byLength.clear() };
}
