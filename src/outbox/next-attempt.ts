const UNITS_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const STEP = /^(\d+)(ms|s|m|h|d)$/;

/** However the dice fall, a retry does not follow on the heels of a failure. */
const MIN_MS = 1000;

/** `5s 1m 2h` → milliseconds, one entry a retry; undefined for what is not a schedule. */
export function parseSchedule(text: string): number[] | undefined {
  const steps = text
    .trim()
    .split(/[\s,]+/)
    .map((step) => STEP.exec(step));
  const schedule = steps.map((step) =>
    step ? Number(step[1]) * UNITS_MS[step[2] as keyof typeof UNITS_MS] : 0,
  );
  return schedule.every((ms) => ms > 0) ? schedule : undefined;
}

/**
 * How long to wait, in milliseconds, after so many failed attempts; undefined when the schedule is exhausted. Anything up to the
 * step of the schedule ("full jitter"), so that what failed together does not come back together; never sooner than the receiver
 * asks for, and never later than the longest step.
 */
export function nextAttempt(
  attempts: number,
  schedule: readonly number[],
  random: () => number,
  retryAfterMs = 0,
): number | undefined {
  const step = schedule[Math.max(attempts, 1) - 1];
  if (step === undefined) return undefined;
  const jittered = Math.max(Math.round(random() * step), Math.min(MIN_MS, step));
  return Math.min(Math.max(jittered, retryAfterMs), Math.max(...schedule));
}
