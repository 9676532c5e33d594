import { type AnyKind, type Connectors, createHandlers } from './delivery-kind.js';
import { type Delivery, isInline, type WithDeliveries } from './enqueue.js';
import type { OutboxCollection, OutboxIds } from './outbox-collections.js';
import { type InlineHandlers, type OutboxLog, runInline } from './run-inline.js';

interface OutboxOptions<Tools, Name extends string> {
  kinds: readonly AnyKind<Tools>[];
  tools: Tools;
  connectors: Partial<Connectors>;
  ids: OutboxIds<Name>;
  collections: Record<Name, Pick<OutboxCollection, 'updateOne'>>;
  now: () => Date;
  log: OutboxLog;
}

interface InlineOptions {
  /**
   * The document was there before this request: what an earlier one has left undone when its process died is done by this one, but
   * only when nobody is at work on it.
   */
  isExisting?: boolean;
  log?: OutboxLog;
}

/** What a request needs of the outbox: its own part of what it has enqueued is done before it answers. */
export function createOutbox<Tools, Name extends string>({
  kinds,
  tools,
  connectors,
  ids,
  collections,
  now,
  log: ownLog,
}: OutboxOptions<Tools, Name>) {
  const handlers = createHandlers(kinds, tools, connectors);
  const inline = kinds.filter(({ to }) => isInline(to));

  /**
   * Performs at once what a stored document carries for places of ours. What fails is left to the dispatcher, so that a request never
   * fails for it. Answers with the deliveries as they are then.
   */
  async function runInlineOf<Document extends WithDeliveries>(
    name: Name,
    document: Document,
    { isExisting = false, log = ownLog }: InlineOptions = {},
  ): Promise<Delivery[]> {
    const at = now();
    const { nextDeliveryAt, leasedUntil } = document;
    const isFree = nextDeliveryAt && nextDeliveryAt <= at && !(leasedUntil && leasedUntil > at);
    if (isExisting && !isFree) return document.deliveries;
    const fields: Record<string, unknown> = Object.fromEntries(Object.entries(document));
    const byKind: InlineHandlers = Object.fromEntries(
      inline.map(({ to, kind }) => [kind, (delivery) => perform(handlers[to], delivery, fields)]),
    );
    const filter = { [ids[name]]: fields[ids[name]] };
    const source = { collection: collections[name], filter, queued: document };
    return runInline(source, byKind, at, log);
  }

  return { handlers, runInline: runInlineOf };
}

export type Outbox<Name extends string> = ReturnType<typeof createOutbox<unknown, Name>>;

async function perform(
  handler: ReturnType<typeof createHandlers>[keyof ReturnType<typeof createHandlers>],
  { id, kind, attempts, payload }: Delivery,
  document: Record<string, unknown>,
): Promise<void> {
  const message = { id, kind, attempt: attempts + 1, payload, document };
  const outcome = await handler?.deliver(message, new AbortController().signal);
  if (outcome?.outcome !== 'delivered')
    throw new Error(outcome && 'reason' in outcome ? outcome.reason : `nothing here performs ${kind}`);
}
