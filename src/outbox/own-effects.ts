import type { Connector } from '../connectors/connector.js';
import type { Destination } from './enqueue.js';
import type { Handlers } from './run-inline.js';

/** A place of ours as a destination: what a request could not finish is performed in the same way by the dispatcher. */
export const ownEffects = (
  to: Destination,
  performersOf: (document: Record<string, unknown>) => Handlers,
): Connector => ({
  name: to,
  async deliver({ id, kind, payload, document }) {
    const handlers = performersOf(document);
    const perform = Object.hasOwn(handlers, kind) ? handlers[kind] : undefined;
    if (!perform) return { outcome: 'rejected', reason: `Nothing here performs ${kind}` };
    await perform({ id, ...(payload && { payload }) });
    return { outcome: 'delivered' };
  },
});
