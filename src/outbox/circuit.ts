/** So many failures in a row, and a destination counts as down. */
const MAX_FAILURES = 5;
const PAUSE_MS = 30_000;

/**
 * Whether a destination is worth a call. After some failures in a row it counts as down for a while; then a single call probes it,
 * and closes the circuit again or opens it for another while.
 */
export function createCircuit() {
  let failures = 0;
  let downUntil = 0;
  let probing = false;

  /** Whether a call may be made; once the pause is over, one may. */
  function admits(now: number): boolean {
    if (failures < MAX_FAILURES) return true;
    if (probing || now < downUntil) return false;
    probing = true;
    return true;
  }

  function succeeded(): void {
    failures = 0;
    probing = false;
  }

  function failed(now: number): void {
    failures += 1;
    probing = false;
    if (failures >= MAX_FAILURES) downUntil = now + PAUSE_MS;
  }

  /** A call that nothing can be learnt from. */
  function leftOff(): void {
    probing = false;
  }

  return { admits, succeeded, failed, leftOff };
}
