import { randomBytes } from 'node:crypto';

/**
 * Names the order in which requests come: by the clock, in the same millisecond by a count, and, of two processes, by chance. As
 * texts they compare as they came.
 */
export function createArrivals(now: () => Date) {
  const process = randomBytes(3).toString('hex');
  let latest = 0;
  let nth = 0;
  return (): string => {
    const at = now().getTime();
    nth = at > latest ? 0 : nth + 1;
    latest = Math.max(latest, at);
    return `${new Date(latest).toISOString()}/${String(nth).padStart(9, '0')}/${process}`;
  };
}
