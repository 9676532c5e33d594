import type { Collection } from 'mongodb';
import { isDuplicateKey } from '../../platform/mongodb/client.js';
import { MAX_MESSAGES, type Session, type SessionMessage, sessionExpiry } from './session.js';

/** Writers at the same moment that one append makes way for, before it gives up. */
const ATTEMPTS = 10;

/** The conversations, each on its session. */
export function createConversations(sessions: Collection<Session>) {
  /** Adds what is new at the end, the last 200 messages being kept; answers with how many were new, and how many there are. */
  async function append(sessionId: string, sent: SessionMessage[], at: Date) {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const known = await idsOf(sessionId);
      const fresh = freshOf(known, sent).slice(-MAX_MESSAGES);
      const total = Math.min(known.length + fresh.length, MAX_MESSAGES);
      if (fresh.length === 0 || (await push(sessionId, fresh, at))) return { added: fresh.length, total };
    }
    throw new Error(`No message could be added in ${ATTEMPTS} attempts`);
  }

  /** False when one of them has been added meanwhile. */
  async function push(sessionId: string, fresh: SessionMessage[], at: Date): Promise<boolean> {
    try {
      await sessions.updateOne(
        { sessionId, 'messages.id': { $nin: fresh.map(({ id }) => id) } },
        {
          $setOnInsert: { createdAt: at },
          $set: { lastSeenAt: at, expiresAt: sessionExpiry(at) },
          $push: { messages: { $each: fresh, $slice: -MAX_MESSAGES } },
        },
        { upsert: true },
      );
      return true;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      return false;
    }
  }

  async function idsOf(sessionId: string): Promise<string[]> {
    const session = await sessions.findOne({ sessionId }, { projection: { _id: 0, 'messages.id': 1 } });
    return (session?.messages ?? []).map(({ id }) => id);
  }

  /** The last messages, in their order. */
  async function last(sessionId: string, limit = MAX_MESSAGES): Promise<SessionMessage[]> {
    const session = await sessions.findOne({ sessionId }, { projection: { _id: 0, messages: 1 } });
    return (session?.messages ?? []).slice(-limit);
  }

  return { append, last };
}

export type Conversations = ReturnType<typeof createConversations>;

/**
 * The messages that are not known yet, each once. When as many are kept as can be, older ones have been let go: what is not known
 * and stands before what is known is one of them, and does not come back at the end.
 */
export function freshOf(known: readonly string[], sent: readonly SessionMessage[]): SessionMessage[] {
  const seen = new Set(known);
  const forgotten = known.length < MAX_MESSAGES ? 0 : sent.findLastIndex(({ id }) => seen.has(id)) + 1;
  return sent.slice(forgotten).filter(({ id }) => !seen.has(id) && seen.add(id));
}
