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

/** So many lists of at most so many pieces are kept at hand: some megabytes. */
const MAX_RECENT = 1000;
const MAX_RECENT_PIECES = 20;

export function createShortlistsRepository(shortlists: Collection<SavedShortlist>) {
  // Lists that this process has saved last: whoever adds a piece does so again soon, and then nothing has to be read.
  const recent = new Map<string, SavedShortlist>();

  /**
   * Puts a list in the place of the session's saved one, whose id stays, and answers with what is saved then: when a request that
   * came later was written first, that is its list.
   */
  async function replace(saving: Saving): Promise<SavedShortlist> {
    const { sessionId, arrival } = saving;
    const known = recent.get(sessionId);
    // of two changes at once only one goes by it
    recent.delete(sessionId);
    if (known && known.arrival < arrival) {
      const list = listOf(saving, known);
      if (await change({ list, from: known.arrival })) return remember(list);
    }
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const before = await findBySession(sessionId);
      if (before?.arrival && before.arrival > arrival) return before;
      const list = listOf(saving, before);
      // refused when another list was written meanwhile that came later, or is the first
      if (await (before ? put(list) : insert(list))) return remember(list);
    }
    throw new Error(`A shortlist could not be saved in ${ATTEMPTS} attempts`);
  }

  const listOf = (
    { sessionId, pieces, arrival, at }: Saving,
    before: SavedShortlist | null,
  ): SavedShortlist => ({
    // a list of the shop's earlier pages has no id, and gets one
    shortlistId: before?.shortlistId || machineId('list'),
    sessionId,
    items: listed(pieces, before?.items ?? [], at),
    arrival,
    updatedAt: at,
    expiresAt: new Date(at.getTime() + SHORTLIST_DAYS * DAY_MS),
  });

  function remember(list: SavedShortlist): SavedShortlist {
    if (list.items.length > MAX_RECENT_PIECES) return list;
    recent.set(list.sessionId, list);
    const [oldest] = recent.keys();
    if (recent.size > MAX_RECENT && oldest !== undefined) recent.delete(oldest);
    return list;
  }

  /**
   * False when the list is no longer the one that came `from` then. Of several the database says only how many it has changed: when some were
   * not, each is tried by itself, and one that had been written is then found and written again.
   */
  const change = inBatches<{ list: SavedShortlist; from: string }, boolean>(async (changes) => {
    const writes = changes.map(({ list: { sessionId, ...list }, from }) => ({
      updateOne: { filter: { sessionId, arrival: from }, update: { $set: list } },
    }));
    const { matchedCount } = await shortlists.bulkWrite(writes, { ordered: false });
    if (changes.length > 1 && matchedCount < changes.length)
      throw new Error('Some of the lists were changed meanwhile');
    return changes.map(() => matchedCount > 0);
  });

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
