import type { Outcome, Place } from '../connectors/connector.js';
import type { Handler, Handlers, Message } from './delivery-kind.js';
import type { Delivery } from './enqueue.js';
import { createLane, type Lane, type LaneClock } from './lane.js';
import type { OutboxDocument } from './outbox-collections.js';
import type { Result } from './settle.js';

interface AttemptOptions {
  handlers: Handlers;
  /** How long a handler may take. */
  timeoutMs: number;
  clock: LaneClock;
  random?: () => number;
  /** A place is down, or refuses us; or it is back, and what waits for it can go on. */
  onChange?: (place: string, change: 'opened' | 'closed') => void;
}

const ABORTED = Symbol('the process ends');

/** Performs single deliveries: through the lane of their place, and never for longer than the timeout. */
export function createAttempts({
  handlers,
  timeoutMs,
  clock,
  random,
  onChange = () => undefined,
}: AttemptOptions) {
  const lanes = new Map<string, Lane>();
  const underWay = new Set<AbortController>();
  let ending = false;

  async function attempt(delivery: Delivery, document: OutboxDocument): Promise<Result> {
    const { to } = delivery;
    const handler = handlers[to];
    if (!handler) return { outcome: 'skipped', reason: `Nothing is configured for ${to}` };
    const message = messageOf(delivery, document);
    // several destinations may have a vendor of the same name: two webhooks are two places
    const carrier = handler.placeOf?.(message);
    const place = carrier?.name ?? to;
    const lane = laneOf(place, carrier ?? handler);
    const entry = await lane.enter();
    if (entry !== 'enter') {
      const { held, until } = entry;
      if (!held) return { outcome: 'postponed', until };
      return {
        outcome: 'held',
        until,
        heldFor: place,
        reason: `Not called, because ${place} is paused: ${held}`,
      };
    }
    const startedAt = clock.now().getTime();
    const outcome = await perform(handler, message);
    const change = lane.leave(outcome, clock.now().getTime() - startedAt);
    if (change) onChange(place, change);
    if (outcome?.outcome === 'misconfigured')
      return {
        ...outcome,
        heldFor: place,
        until: lane.afterProbe(),
        isStrike: lane.hasDeliveredSince(delivery.lastAttemptAt),
      };
    if (outcome?.outcome === 'retry' && lane.isOpen()) return { ...outcome, heldFor: place };
    return outcome ?? { outcome: 'left' };
  }

  function laneOf(place: string, { limits = {} }: Place): Lane {
    const lane = lanes.get(place) ?? createLane(limits, clock, random);
    lanes.set(place, lane);
    return lane;
  }

  /** Undefined when it was broken off. A handler that does not listen to its signal is not waited for. */
  async function perform(handler: Handler, message: Message): Promise<Outcome | undefined> {
    if (ending) return undefined;
    const controller = new AbortController();
    const { signal } = controller;
    underWay.add(controller);
    const late = new Error(`No answer within ${timeoutMs} ms; if it lasts, see its log`);
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
  const {
    deliveries: _,
    nextDeliveryAt: __,
    leasedUntil: ___,
    deadDeliveries: ____,
    heldFor: _____,
    suspectDelivery: ______,
    deliveryClaims = 1,
    ...document
  } = queued;
  // a claim of which nothing was recorded may have been an attempt
  return { id, kind, attempt: attempts + deliveryClaims, payload, document };
}

const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)) || 'It failed without a reason: see the log';
