import type { Collection } from 'mongodb';
import { defineCollection } from '../../platform/mongodb/define-collection.js';
import { upsertAgain } from '../../platform/mongodb/write.js';
import type { Viewer } from '../viewer.js';

/** That someone of the staff has a thing of the queue before them. */
interface Presence {
  /** The thing, and who it is. */
  _id: string;
  place: string;
  name: string;
  until: Date;
}

/** A page says so every 20 seconds. */
const SEEN_MS = 45_000;
const MAX_LISTED = 10;

export function createPresence(presences: Collection<Presence>, now: () => Date) {
  /** Notes that someone looks at a thing, and answers with the names of the others who do. */
  return async function seen({ key, name }: Viewer, place: string): Promise<string[]> {
    const at = now();
    const _id = `${place} ${key} ${name}`;
    const until = new Date(at.getTime() + SEEN_MS);
    const [others] = await Promise.all([
      presences
        .find({ place, until: { $gt: at }, _id: { $ne: _id } }, { projection: { _id: 0, name: 1 } })
        .limit(MAX_LISTED)
        .toArray(),
      upsertAgain(() => presences.updateOne({ _id }, { $set: { place, name, until } }, { upsert: true })),
    ]);
    return others.map((one) => one.name).sort();
  };
}

/** Who has what before them: forgotten within a minute. */
export const staffPresence = defineCollection<Presence>('staffPresence', {
  indexes: [{ key: { place: 1 } }],
  retention: { after: 'until', days: 0 },
});
