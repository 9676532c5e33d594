import { randomBytes } from 'node:crypto';
import type { Collection } from 'mongodb';
import { DAY_MS } from '../../lib/calendar.js';
import { machineId } from '../../lib/ids.js';
import { coalesce, duplicatesOf, inBatches, insertsInBatches } from '../../platform/mongodb/in-batches.js';
import { listed } from './describe-list.js';
import { readShortlist, type SavedPiece, type SavedShortlist, SHORTLIST_DAYS } from './shortlist.js';

interface Saving {
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
    const list: SavedShortlist = {
      // a list of the shop's earlier pages has no id, and gets one
      shortlistId: before?.shortlistId || machineId('list'),
      sessionId,
      items: listed(pieces, before?.items ?? [], at),
      arrival,
      updatedAt: at,
      expiresAt: new Date(at.getTime() + SHORTLIST_DAYS * DAY_MS),
    };
    const isWritten = await (before ? put(list) : insert(list));
    return isWritten ? list : null;
  }

  const insert = insertsInBatches(shortlists);

  /** False when there is one that came later: then there is nothing to update, and no place for another one. */
  const put = inBatches<SavedShortlist, boolean>(async (lists) => {
    const refused = await duplicatesOf(() =>
      shortlists.bulkWrite(
        lists.map(({ sessionId, arrival, ...list }) => ({
          updateOne: {
            filter: { sessionId, arrival: { $not: { $gt: arrival } } },
            update: { $set: { ...list, arrival } },
            upsert: true,
          },
        })),
        { ordered: false },
      ),
    );
    return lists.map((_, index) => !refused.has(index));
  });

  const findStored = coalesce<string, SavedShortlist>({
    namesOf: (sessionId) => [sessionId],
    nameOf: ({ sessionId }) => sessionId,
    most: 1,
    find: (all, limit) =>
      shortlists
        .find({ sessionId: { $in: all } }, { projection: { _id: 0 } })
        .limit(limit)
        .toArray(),
  });

  async function findBySession(sessionId: string): Promise<SavedShortlist | null> {
    const [found] = await findStored(sessionId);
    return found ? readShortlist(found) : null;
  }

  return { replace, findBySession };
}

export type ShortlistsRepository = ReturnType<typeof createShortlistsRepository>;

/**
 * Names the order in which requests come: by the clock, in the same millisecond by a count, and, of two processes, by chance. As
 * texts they compare as they came.
 */
export function createArrivals(now: () => Date) {
  const process = randomBytes(3).toString('hex');
  let latest = 0;
  let nth = 0;
  return (): string => {
    const at = now().getTime();
    nth = at > latest ? 0 : nth + 1;
    latest = Math.max(latest, at);
    return `${new Date(latest).toISOString()}/${String(nth).padStart(9, '0')}/${process}`;
  };
}
