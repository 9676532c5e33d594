import type { Summary } from './figures.js';

/** What a shop holds its figures against. */
const TARGETS = {
  /** Of 5. */
  satisfaction: { isReached: ({ csat }: Summary, wanted: number) => atLeast(csat.average, wanted) },
  /** Minutes to the first response, on average. */
  response: {
    isReached: ({ responses }: Summary, wanted: number) =>
      responses.averageMinutes === undefined ? undefined : responses.averageMinutes <= wanted,
  },
  /** Per cent. */
  'in-time': {
    isReached: ({ responses }: Summary, wanted: number) => atLeast(responses.inTimeRate, wanted / 100),
  },
  automated: {
    isReached: ({ returns }: Summary, wanted: number) => atLeast(returns.automationRate, wanted / 100),
  },
  bought: { isReached: ({ holds }: Summary, wanted: number) => atLeast(holds.conversionRate, wanted / 100) },
} as const;
export type TargetName = keyof typeof TARGETS;
export type Targets = Partial<Record<TargetName, number>>;

const atLeast = (value: number | undefined, wanted: number): boolean | undefined =>
  value === undefined ? undefined : value >= wanted;

/** `satisfaction=4.5; response=60`; undefined for what is no such list. */
export function readTargets(list: string): Targets | undefined {
  const pairs = list.split(';').filter((pair) => pair.trim() !== '');
  const targets = pairs.map((pair) => /^\s*([a-z-]+)\s*=\s*(\d{1,6}(?:\.\d{1,3})?)\s*$/.exec(pair));
  if (!targets.every((target) => target?.[1] && Object.hasOwn(TARGETS, target[1]))) return undefined;
  return Object.fromEntries(targets.map((target) => [target?.[1], Number(target?.[2])]));
}

/** Which targets a period has reached; those of which there is nothing to say are left out. */
export function reachedTargets(summary: Summary, targets: Targets): Partial<Record<TargetName, boolean>> {
  return Object.fromEntries(
    (Object.keys(targets) as TargetName[]).flatMap((name) => {
      const isReached = TARGETS[name].isReached(summary, targets[name] ?? 0);
      return isReached === undefined ? [] : [[name, isReached]];
    }),
  );
}
