/** So much is added to the count of a key; 0 only looks, -1 gives back what was counted before. */
export interface Hit {
  /** The name of the limit, a space, and whom it counts. */
  key: string;
  windowMs: number;
  amount: -1 | 0 | 1;
}

export interface Count {
  count: number;
  /** Until the window of this key ends, and the count with it. */
  leftMs: number;
}

/** One of the different things that a key asks for. */
export interface Arrival {
  key: string;
  windowMs: number;
  member: string;
  /** So many different ones are admitted. */
  max: number;
}

export interface Admission {
  /** It is one of the first, or has been admitted before. */
  isAdmitted: boolean;
  /** How many different ones have been. */
  count: number;
  leftMs: number;
}

/** Counts in fixed windows, each of which begins with the first hit of its key. */
export interface Counter {
  count(hit: Hit): Count | Promise<Count>;
  admit(arrival: Arrival): Admission | Promise<Admission>;
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

  function count({ key, windowMs, amount }: Hit): Count {
    const at = now().getTime();
    const windows = windowsOf(key);
    const window = current(windows, key, at);
    if (!window) {
      if (amount > 0) begin(windows, key, { count: amount, endsAt: at + windowMs }, at);
      return { count: Math.max(0, amount), leftMs: windowMs };
    }
    window.count = Math.max(0, window.count + amount);
    return { count: window.count, leftMs: window.endsAt - at };
  }

  function admit({ key, windowMs, member, max }: Arrival): Admission {
    const at = now().getTime();
    const windows = windowsOf(key);
    const window = current(windows, key, at) ?? { count: 0, members: new Set(), endsAt: at + windowMs };
    const members = window.members ?? new Set();
    const isAdmitted = members.has(member) || members.size < max;
    if (members.size === 0) begin(windows, key, window, at);
    if (isAdmitted) members.add(member);
    return { isAdmitted, count: members.size, leftMs: window.endsAt - at };
  }

  function windowsOf(key: string): Map<string, Window> {
    const limit = key.slice(0, key.indexOf(' '));
    const known = byLimit.get(limit) ?? new Map<string, Window>();
    byLimit.set(limit, known);
    return known;
  }

  function current(windows: Map<string, Window>, key: string, at: number): Window | undefined {
    const window = windows.get(key);
    if (!window || window.endsAt > at) return window;
    windows.delete(key);
    return undefined;
  }

  function begin(windows: Map<string, Window>, key: string, window: Window, at: number): void {
    begun += 1;
    if (windows.size >= maxKeys || begun % CLEAR_EVERY === 0) clear(windows, at);
    windows.set(key, window);
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

  return { count, admit, close: () => byLimit.clear() };
}
