import type { FastifyInstance } from 'fastify';

/** What is under way may take this long to finish. */
const GRACE_MS = 25_000;

interface StopOptions {
  /** Runs while everything still works, such as until balancers have taken notice. */
  before?: () => Promise<unknown>;
  /** Runs when the service has closed. */
  after?: () => Promise<unknown>;
}

/**
 * Closes the service on SIGTERM and SIGINT: it stops listening, finishes what is under way, writes what it has buffered,
 * then leaves its connections. A second signal, or the end of the grace, ends it at once.
 */
export function runUntilStopped(app: FastifyInstance, { before, after }: StopOptions = {}): void {
  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) process.exit(1);
    stopping = true;
    app.log.info({ signal }, 'closing');
    setTimeout(() => process.exit(1), GRACE_MS).unref();
    try {
      await before?.();
      await app.close();
      await after?.();
      process.exit(0);
    } catch (err) {
      app.log.error({ err }, 'the service did not close in order');
      process.exit(1);
    }
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
