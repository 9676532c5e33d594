import { Environment } from './environment.js';

/** How names of our settings begin; others in the environment are somebody else's. */
const OURS =
  /^(CONCIERGE|RATE_LIMIT|DASHBOARD|DELIVER|STYLIST|STUDIO|SESSION_ID|UPLOADS?|IMAGES?|RETURN|RESIZE|RMA|SHOP|S3|MONGODB|CLAMD|SMS|ORDER|ORDERS|LINK|ANALYTICS|WORKER|OVERLOAD|CONNECTOR|UNSCANNED)_/;
const MAX_EDITS = 2;

/** Names in the environment that look like settings of ours and are none, each with the one that is probably meant. */
export function misspelt(
  given: readonly string[],
  known: readonly string[],
): { given: string; meant: string }[] {
  const names = new Set(known.flatMap((name) => [name, `${name}_FILE`]));
  return given.flatMap((name) => {
    if (names.has(name) || !OURS.test(name)) return [];
    const meant = known.find((other) => editsBetween(name, other) <= MAX_EDITS);
    return meant ? [{ given: name, meant }] : [];
  });
}

/** Warns, once at the start, of names in the environment that are probably misspelt: what they should have set is as it was. */
export function warnOfMisspelt(log: { warn(message: string): void }): void {
  for (const { given, meant } of misspelt(Object.keys(process.env), Object.keys(Environment.properties)))
    log.warn(`${given} is no setting of this service: perhaps ${meant} is meant`);
}

/** How many letters have to be put in, taken out, changed or exchanged with the next to make the other one (Damerau and Levenshtein). */
function editsBetween(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > MAX_EDITS) return Number.POSITIVE_INFINITY;
  let before: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1] ? 0 : 1;
      next[j] = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1])
        next[j] = Math.min(next[j] ?? 0, (before[j - 2] ?? 0) + 1);
    }
    before = row;
    row = next;
  }
  return row[other.length] ?? 0;
}
