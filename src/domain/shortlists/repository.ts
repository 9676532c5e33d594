import type { Collection } from 'mongodb';
import { machineId } from '../../lib/ids.js';
import { isDuplicateKey } from '../../platform/mongodb/client.js';
import { listed } from './describe-list.js';
import { readShortlist, type SavedPiece, type SavedShortlist, SHORTLIST_DAYS } from './shortlist.js';

export interface Saving {
  sessionId: string;
  pieces: SavedPiece[];
  arrival: string;
  at: Date;
}

const DAY_MS = 24 * 60 * 60_000;
/** Two first lists of a session may meet; a third attempt finds one of them. */
const ATTEMPTS = 3;

export function createShortlistsRepository(shortlists: Collection<SavedShortlist>) {
  /**
   * Puts a list in the place of the session's saved one, whose id stays, and answers with what is saved then: when a request that
   * came later was written first, that is its list.
   */
  async function replace(saving: Saving): Promise<SavedShortlist> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const before = await findBySession(saving.sessionId);
      if (before?.arrival && before.arrival > saving.arrival) return before;
      const saved = await write(saving, before);
      if (saved) return saved;
    }
    throw new Error(`A shortlist could not be saved in ${ATTEMPTS} attempts`);
  }

  /** Null when another list was written meanwhile that came later, or is the first. */
  async function write(
    { sessionId, pieces, arrival, at }: Saving,
    before: SavedShortlist | null,
  ): Promise<SavedShortlist | null> {
    try {
      const items = listed(pieces, before?.items ?? [], at);
      const expiresAt = new Date(at.getTime() + SHORTLIST_DAYS * DAY_MS);
      const shortlistId = machineId('list');
      // a list of the shop's earlier pages has no id, and gets one
      const isEarlier = before !== null && before.shortlistId === '';
      return await shortlists.findOneAndUpdate(
        { sessionId, arrival: { $not: { $gt: arrival } } },
        {
          $set: { items, arrival, updatedAt: at, expiresAt, ...(isEarlier && { shortlistId }) },
          ...(!isEarlier && { $setOnInsert: { shortlistId } }),
        },
        { upsert: true, returnDocument: 'after', projection: { _id: 0 } },
      );
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      return null;
    }
  }

  async function findBySession(sessionId: string): Promise<SavedShortlist | null> {
    const found = await shortlists.findOne({ sessionId }, { projection: { _id: 0 } });
    return found && readShortlist(found);
  }

  return { replace, findBySession };
}

export type ShortlistsRepository = ReturnType<typeof createShortlistsRepository>;
