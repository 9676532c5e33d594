import type { Collection } from 'mongodb';
import { upsertAgain } from '../database/write.js';
import { machineId } from '../ids.js';
import type { SavedPiece, SavedShortlist } from './shortlist.js';

export function createShortlistsRepository(shortlists: Collection<SavedShortlist>) {
  /** Puts a list in the place of the session's saved one; its id stays. */
  const replace = (sessionId: string, items: SavedPiece[], at: Date): Promise<SavedShortlist> =>
    upsertAgain(() => upsert(sessionId, items, at));

  async function upsert(sessionId: string, items: SavedPiece[], at: Date): Promise<SavedShortlist> {
    const saved = await shortlists.findOneAndUpdate(
      { sessionId },
      { $set: { items, updatedAt: at }, $setOnInsert: { shortlistId: machineId('list') } },
      { upsert: true, returnDocument: 'after', projection: { _id: 0 } },
    );
    if (!saved) throw new Error('The upsert of a shortlist returned nothing');
    return saved;
  }

  const findBySession = (sessionId: string): Promise<SavedShortlist | null> =>
    shortlists.findOne({ sessionId }, { projection: { _id: 0 } });

  return { replace, findBySession };
}

export type ShortlistsRepository = ReturnType<typeof createShortlistsRepository>;
