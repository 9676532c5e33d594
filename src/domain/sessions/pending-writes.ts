import type { AnyBulkWriteOperation } from 'mongodb';
import { type Identity, MAX_REMEMBERED, type Session, type SessionFacts, sessionExpiry } from './session.js';

/** What was noted of a session and is not written yet. */
export interface Waiting {
  at: Date;
  latest: Pick<Session, 'lastOrderNumber' | 'shortlistId' | 'email'>;
  intents: NonNullable<Session['intents']>;
  verifiedOrders: string[];
  followedOrders: string[];
  inspirationIds: string[];
}

const NOTHING: Omit<Waiting, 'at'> = {
  latest: {},
  intents: [],
  verifiedOrders: [],
  followedOrders: [],
  inspirationIds: [],
};

/** What waits after one more call. */
export function joined(before: Waiting | undefined, facts: SessionFacts, at: Date): Waiting {
  const { latest, intents, verifiedOrders, followedOrders, inspirationIds } = before ?? NOTHING;
  const { intent, email, lastOrderNumber, verifiedOrder, followedOrder, shortlistId, inspirationId } = facts;
  return {
    at,
    latest: {
      ...latest,
      ...(email && { email }),
      ...(lastOrderNumber && { lastOrderNumber }),
      ...(shortlistId && { shortlistId }),
    },
    intents: added(intents, intent && { intent, at }),
    verifiedOrders: added(verifiedOrders, verifiedOrder),
    followedOrders: added(followedOrders, followedOrder),
    inspirationIds: added(inspirationIds, inspirationId),
  };
}

const added = <T>(list: T[], one: T | '' | undefined): T[] =>
  one ? [...list, one].slice(-MAX_REMEMBERED) : list;

/** One write for all that was noted. */
export function upsertOf(
  sessionId: string,
  { at, latest, ...lists }: Waiting,
): AnyBulkWriteOperation<Session> {
  const identity = identityOf(latest.email, lists.verifiedOrders);
  const pushes = Object.entries(lists)
    .filter(([, list]) => list.length > 0)
    .map(([name, list]) => [name, { $each: list, $slice: -MAX_REMEMBERED }]);
  return {
    updateOne: {
      filter: { sessionId },
      update: {
        $setOnInsert: { createdAt: at, ...(lists.followedOrders.length === 0 && { followedOrders: [] }) },
        $set: { lastSeenAt: at, expiresAt: sessionExpiry(at), ...latest },
        ...(identity && { $max: { identity } }),
        ...(pushes.length > 0 && { $push: Object.fromEntries(pushes) }),
      },
      upsert: true,
    },
  };
}

function identityOf(email: string | undefined, verifiedOrders: string[]): Identity | undefined {
  if (verifiedOrders.length > 0) return 'verified';
  return email ? 'claimed' : undefined;
}
