import type { Outcome } from '../connectors/connector.js';
import type { Delivery, Destination } from './enqueue.js';
import type { Handler, Handlers, Message } from './handlers.js';
import { createLane, type Lane, type LaneClock } from './lane.js';
import type { OutboxDocument } from './outbox-collections.js';
import type { Result } from './settle.js';

export interface AttemptOptions {
  handlers: Handlers;
  /** How long a handler may take. */
  timeoutMs: number;
  clock: LaneClock;
}

const ABORTED = Symbol('the process ends');

/** Performs single deliveries: through the lane of their destination, and never for longer than the timeout. */
export function createAttempts({ handlers, timeoutMs, clock }: AttemptOptions) {
  const lanes = new Map<Destination, Lane>();
  const underWay = new Set<AbortController>();
  let ending = false;

  async function attempt(delivery: Delivery, document: OutboxDocument): Promise<Result> {
    const { to } = delivery;
    const handler = handlers[to];
    if (!handler) return { outcome: 'skipped', reason: `Nothing is configured for ${to}` };
    const lane = laneOf(to, handler);
    const entry = await lane.enter();
    if (entry === 'down') return { outcome: 'spared', reason: `Not called: ${to} has failed repeatedly` };
    if (entry !== 'enter') return { outcome: 'postponed', until: entry.until };
    const startedAt = clock.now().getTime();
    const outcome = await perform(handler, messageOf(delivery, document));
    lane.leave(outcome, clock.now().getTime() - startedAt);
    return outcome ?? { outcome: 'left' };
  }

  function laneOf(to: Destination, { limits = {} }: Handler): Lane {
    const lane = lanes.get(to) ?? createLane(limits, clock);
    lanes.set(to, lane);
    return lane;
  }

  /** Undefined when it was broken off. A handler that does not listen to its signal is not waited for. */
  async function perform(handler: Handler, message: Message): Promise<Outcome | undefined> {
    if (ending) return undefined;
    const controller = new AbortController();
    const { signal } = controller;
    underWay.add(controller);
    const late = new Error(`No answer within ${timeoutMs} ms`);
    const timer = setTimeout(() => controller.abort(late), timeoutMs);
    const over = new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    try {
      return await Promise.race([handler.deliver(message, signal), over]);
    } catch (error) {
      if (signal.reason === ABORTED) return undefined;
      return { outcome: 'retry', reason: reasonOf(signal.aborted ? signal.reason : error) };
    } finally {
      clearTimeout(timer);
      underWay.delete(controller);
    }
  }

  /** Ends what is under way, and lets nothing follow. */
  function abortAll(): void {
    ending = true;
    for (const controller of underWay) controller.abort(ABORTED);
  }

  return { attempt, abortAll };
}

// What the outbox keeps on a document is nobody else's: a message is the same at every attempt.
function messageOf({ id, kind, attempts, payload }: Delivery, queued: OutboxDocument): Message {
  const { deliveries: _, nextDeliveryAt: __, deadDeliveries: ___, ...document } = queued;
  return { id, kind, attempt: attempts + 1, ...(payload && { payload }), document };
}

const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)) || 'It failed without a reason';
