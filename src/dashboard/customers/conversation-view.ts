import type { Collections } from '../../collections.js';
import type { PictureAddresses } from '../../domain/inspiration/picture-address.js';
import { readTicket } from '../../domain/stylist/read-ticket.js';
import { notFound } from '../queue/act-on-item.js';
import { shownEmail, shownName, shownPhone, type Viewer } from '../viewer.js';
import { knownCustomers } from './known-customers.js';
import { findSessionImages, shownImage } from './session-images.js';

interface ConversationOptions {
  collections: Collections;
  pictures: PictureAddresses;
  now: () => Date;
}

const NEWEST = { limit: 50, sort: { createdAt: -1 }, projection: { _id: 0 } } as const;

/** What one session of the widget has said and done. */
export function createConversationView({ collections, pictures, now }: ConversationOptions) {
  const { widgetSessions, stylistTickets, capsuleHolds, csatFeedback, returns, widgetInspiration } =
    collections;

  /** @throws ApiError 404 */
  return async function conversation(viewer: Viewer, sessionId: string) {
    const of = { sessionId };
    const [session, tickets, holds, ratings, rmas, images, known] = await Promise.all([
      widgetSessions.findOne(of, { projection: { _id: 0 } }),
      stylistTickets.find(of, NEWEST).toArray(),
      capsuleHolds.find(of, NEWEST).toArray(),
      csatFeedback.find(of, NEWEST).toArray(),
      returns.find(of, NEWEST).toArray(),
      findSessionImages(widgetInspiration, [sessionId]),
      knownCustomers(collections, [sessionId]),
    ]);
    const read = tickets.map(readTicket);
    // a session is forgotten sooner than what came of it
    if (!session && [read, holds, ratings, rmas, images].every((list) => list.length === 0))
      throw notFound({ id: sessionId });
    const { name, email, phone } = known.get(sessionId) ?? {};
    const messages = session?.messages ?? read[0]?.transcript ?? [];
    return {
      sessionId,
      customer: {
        name: name && shownName(viewer, name),
        email: email && shownEmail(viewer, email),
        phone: phone && shownPhone(viewer, phone),
      },
      identity: session?.identity ?? read[0]?.identity ?? ('anonymous' as const),
      createdAt: session?.createdAt,
      lastSeenAt: session?.lastSeenAt,
      intents: session?.intents ?? [],
      orders: [...new Set([session?.lastOrderNumber, ...(session?.verifiedOrders ?? [])])].filter(
        (orderNumber) => orderNumber !== undefined,
      ),
      messages: messages.map(({ role, text, at }) => ({ role, text, at: at?.toISOString() })),
      images: images.map((image) => shownImage(image, pictures, now())),
      things: [
        ...read.map(({ ticketId: id, status, createdAt }) => ({
          kind: 'tickets',
          id,
          state: status as string,
          createdAt,
        })),
        ...holds.map(({ reservationId: id, status, createdAt }) => ({
          kind: 'capsules',
          id,
          state: status,
          createdAt,
        })),
        ...ratings.map(({ feedbackId: id, score, createdAt }) => ({
          kind: 'feedback',
          id,
          state: `${score} of 5`,
          createdAt,
        })),
        ...rmas.map(({ rmaId: id, status, createdAt }) => ({
          kind: 'returns',
          id,
          state: status,
          createdAt,
        })),
      ],
    };
  };
}
