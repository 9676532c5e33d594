const MOST = 50_000;

/**
 * The same function, which makes what it is asked for again only once: pieces have much in common, and what is equal is then also
 * kept once. What it makes is not to be changed. All is forgotten when there is more than a shop has.
 */
export function memoize<T>(make: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    if (known.size >= MOST) known.clear();
    const made = make(text);
    known.set(text, made);
    return made;
  };
}

const SEPARATOR = '\u0000';
const listOf = (key: string): string[] => (key === '' ? [] : key.split(SEPARATOR));
const sharedList = memoize((key): readonly string[] => listOf(key));
const sharedSet = memoize((key): ReadonlySet<string> => new Set(listOf(key)));

/** One list for all that are equal. */
export const shareList = (texts: readonly string[]): readonly string[] => sharedList(texts.join(SEPARATOR));

/** One set for all that were made of equal lists. */
export const shareSet = (texts: readonly string[]): ReadonlySet<string> => sharedSet(texts.join(SEPARATOR));
