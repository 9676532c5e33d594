import type { Connector } from '../connectors/connector.js';
import type { Destination } from './owe.js';
import type { Performers } from './perform-now.js';

/** A place of ours as a destination: what a request could not finish is performed in the same way by the dispatcher. */
export const ownEffects = (
  to: Destination,
  performersOf: (document: Record<string, unknown>) => Performers,
): Connector => ({
  name: to,
  async deliver({ id, kind, payload, document }) {
    const performers = performersOf(document);
    const perform = Object.hasOwn(performers, kind) ? performers[kind] : undefined;
    if (!perform) return { outcome: 'rejected', reason: `Nothing here performs ${kind}` };
    await perform({ id, ...(payload && { payload }) });
    return { outcome: 'delivered' };
  },
});
