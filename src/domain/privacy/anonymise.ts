import type { Document } from 'mongodb';
import type { Delivery } from '../../outbox/enqueue.js';

const ERASED = 'erased-';

/** In the place of a session, and unlike any other. */
export const erased = (id: string): string => `${ERASED}${id}`;
export const isErased = (sessionId: string): boolean => sessionId.startsWith(ERASED);

export const withoutNotes = (history: Document[] = []): Document[] =>
  history.map(({ note: _, ...act }) => act);

const TO_PEOPLE = new Set<Delivery['to']>(['crm', 'email', 'notifications']);

/** What goes to people and to the CRM is not sent any more; what the service and the fulfilment team have to put right is. */
export const unsent = (deliveries: Delivery[] = []): Delivery[] =>
  deliveries.map((delivery) =>
    delivery.state === 'pending' && TO_PEOPLE.has(delivery.to)
      ? { ...delivery, state: 'skipped', lastError: 'The customer has been forgotten' }
      : delivery,
  );

/** Objects that are on their way out of the store are named by the deliveries alone. */
export const queuedKeys = (deliveries: Delivery[] = []): string[] =>
  deliveries.flatMap(({ payload }) => (payload as { keys?: string[] } | undefined)?.keys ?? []);
