import type { Collection } from 'mongodb';
import { machineId } from '../../lib/ids.js';
import { isDuplicateKey } from '../../platform/mongodb/client.js';
import { listed } from './describe-list.js';
import type { SavedPiece, SavedShortlist } from './shortlist.js';

export interface Saving {
  sessionId: string;
  pieces: SavedPiece[];
  arrival: string;
  at: Date;
}

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
      return await shortlists.findOneAndUpdate(
        { sessionId, arrival: { $not: { $gt: arrival } } },
        {
          $set: { items: listed(pieces, before?.items ?? [], at), arrival, updatedAt: at },
          $setOnInsert: { shortlistId: machineId('list') },
        },
        { upsert: true, returnDocument: 'after', projection: { _id: 0 } },
      );
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      return null;
    }
  }

  const findBySession = (sessionId: string): Promise<SavedShortlist | null> =>
    shortlists.findOne({ sessionId }, { projection: { _id: 0 } });

  return { replace, findBySession };
}

export type ShortlistsRepository = ReturnType<typeof createShortlistsRepository>;
