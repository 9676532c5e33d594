/** So many failures in a row, and a place counts as down. */
const MAX_FAILURES = 5;
const FIRST_PAUSE_MS = 30_000;
const MAX_PAUSE_MS = 5 * 60_000;

/**
 * Whether a place is worth a call. After some failures in a row it counts as down for a while, and so it does at once when it refuses for a
 * reason that lies in our configuration. Then a single call probes it, and closes the circuit again or opens it for another, longer while.
 */
export function createCircuit() {
  let failures = 0;
  let openUntil: number | undefined;
  let pauseMs = FIRST_PAUSE_MS;
  let probing = false;

  /** Whether a call may be made; once the pause is over, one may. */
  function admits(now: number): boolean {
    if (openUntil === undefined) return true;
    if (probing || now < openUntil) return false;
    probing = true;
    return true;
  }

  /** When it is probed next; undefined while it is closed. */
  const probedAt = (): number | undefined => openUntil;

  /** Whether it was open until now. */
  function succeeded(): boolean {
    const wasOpen = openUntil !== undefined;
    failures = 0;
    openUntil = undefined;
    pauseMs = FIRST_PAUSE_MS;
    probing = false;
    return wasOpen;
  }

  /** Whether that has opened it. */
  function failed(now: number, isMisconfigured = false): boolean {
    failures += 1;
    probing = false;
    if (!isMisconfigured && failures < MAX_FAILURES && openUntil === undefined) return false;
    const wasClosed = openUntil === undefined;
    if (!wasClosed) pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS);
    openUntil = now + pauseMs;
    return wasClosed;
  }

  /** A call that nothing can be learnt from. */
  function leftOff(): void {
    probing = false;
  }

  return { admits, probedAt, succeeded, failed, leftOff };
}
