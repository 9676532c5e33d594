interface Asked {
  /** The name of the limit: each has its own counts. */
  limit: string;
  /** Whom, or what, it counts. */
  of: string;
  windowMs: number;
}

/** So much is added to a count; 0 only looks, -1 gives back what was counted before. */
export interface Hit extends Asked {
  amount: -1 | 0 | 1;
}

/** One of the different things that are asked for. */
export interface Arrival extends Asked {
  member: string;
  /** So many different ones are admitted. */
  max: number;
}

export interface Count {
  /** Of an arrival, how many different ones have been admitted. */
  count: number;
  /** Until the window ends, and the count with it. */
  leftMs: number;
  /** Of an arrival, whether it is one of the first, or has been admitted before; a hit always is. */
  isAdmitted: boolean;
}

/** Counts in fixed windows, each of which begins with the first hit of its kind. */
export interface Counter {
  /** All that one call is counted by, in one look-up and in its order. What is counted in memory is known at once. */
  count(asked: readonly (Hit | Arrival)[]): Count[] | Promise<Count[]>;
  close(): void;
}

/** Keys that one limit counts at once; the one that was begun first is forgotten first. */
const MAX_KEYS = 50_000;
/** So many windows are begun until those that have ended are forgotten. */
const CLEAR_EVERY = 1000;

interface Window {
  count: number;
  /** Of a limit on different things. */
  members?: Set<string>;
  endsAt: number;
}

/**
 * Counts in this process. Each limit has its own room: whoever invents sessions makes the limits by session forget, never the count of a key,
 * of an order, of a telephone number, or of all.
 */
export function createMemoryCounter(now: () => Date, maxKeys = MAX_KEYS): Counter {
  const byLimit = new Map<string, Map<string, Window>>();
  let begun = 0;

  function count(asked: readonly (Hit | Arrival)[]): Count[] {
    const at = now().getTime();
    return asked.map((one) => ('member' in one ? admit(one, at) : add(one, at)));
  }

  function add({ limit, of, windowMs, amount }: Hit, at: number): Count {
    const windows = windowsOf(limit);
    const window = current(windows, of, at);
    if (!window) {
      if (amount > 0) begin(windows, of, { count: amount, endsAt: at + windowMs }, at);
      return { count: Math.max(0, amount), leftMs: windowMs, isAdmitted: true };
    }
    window.count = Math.max(0, window.count + amount);
    return { count: window.count, leftMs: window.endsAt - at, isAdmitted: true };
  }

  function admit({ limit, of, windowMs, member, max }: Arrival, at: number): Count {
    const windows = windowsOf(limit);
    const window = current(windows, of, at) ?? { count: 0, members: new Set(), endsAt: at + windowMs };
    const members = window.members ?? new Set();
    const isAdmitted = members.has(member) || members.size < max;
    if (members.size === 0) begin(windows, of, window, at);
    if (isAdmitted) members.add(member);
    return { isAdmitted, count: members.size, leftMs: window.endsAt - at };
  }

  function windowsOf(limit: string): Map<string, Window> {
    let windows = byLimit.get(limit);
    if (!windows) {
      windows = new Map();
      byLimit.set(limit, windows);
    }
    return windows;
  }

  function current(windows: Map<string, Window>, of: string, at: number): Window | undefined {
    const window = windows.get(of);
    if (!window || window.endsAt > at) return window;
    windows.delete(of);
    return undefined;
  }

  function begin(windows: Map<string, Window>, of: string, window: Window, at: number): void {
    begun += 1;
    if (windows.size >= maxKeys || begun % CLEAR_EVERY === 0) clear(windows, at);
    windows.set(of, window);
  }

  // The windows of one limit are equally long: those that end first stand first. Many at once: a map steps over what has been deleted before.
  function clear(windows: Map<string, Window>, at: number): void {
    let left = windows.size >= maxKeys ? Math.ceil(maxKeys / 16) : 0;
    for (const [oldest, { endsAt }] of windows) {
      if (endsAt > at && left <= 0) break;
      windows.delete(oldest);
      left -= 1;
    }
  }

  return { count, close: () => byLimit.clear() };
}
