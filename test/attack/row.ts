import type { Answer, Target } from './target.js';

export interface Outcome {
  /** Whether the service held. */
  holds: boolean;
  /** What came back, in a few words. */
  came: string;
}

/** One thing that is tried. */
export interface Row {
  /** What it is an attack on: a line of the OWASP API Security Top 10 of 2023, or a rule of our own. */
  on: string;
  /** What is done, in a few words. */
  what: string;
  /** Takes long: left out of the short form. */
  isLong?: true;
  run(target: Target): Promise<Outcome>;
}

/** The statuses of several answers, each with how often it came: `200 ×3, 429 ×17`. */
export function statusesOf(answers: readonly Pick<Answer, 'status'>[]): string {
  const counts = new Map<number, number>();
  for (const { status } of answers) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([status, count]) => (count === 1 ? `${status}` : `${status} ×${count}`))
    .join(', ');
}

export const range = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

/** One after the other: limits are tried, not sockets. */
export async function inTurn<T>(count: number, make: (n: number) => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  for (const n of range(count)) made.push(await make(n));
  return made;
}
