import type { Collection } from 'mongodb';
import { defineCollection } from '../../platform/mongodb/define-collection.js';
import { upsertAgain } from '../../platform/mongodb/write.js';

/** One of the staff, by the name that stands beside what they do. */
export interface StaffMember {
  _id: string;
  /** The id of the key, or of the person at the identity provider, that they signed in with last. */
  key: string;
  /** Whether they may act: a ticket is given to nobody who can only look. */
  acts: boolean;
  signedInAt: Date;
}

const MAX_LISTED = 200;

export function createStaffMembers(members: Collection<StaffMember>) {
  const note = ({ _id, ...member }: StaffMember) =>
    upsertAgain(() => members.updateOne({ _id }, { $set: member }, { upsert: true }));

  /** The names of those to whom a ticket can be given, in their order. */
  async function names(): Promise<string[]> {
    const found = await members
      .find({ signedInAt: { $gt: new Date(0) }, acts: true }, { projection: { _id: 1 } })
      .sort({ signedInAt: -1 })
      .limit(MAX_LISTED)
      .toArray();
    return found.map(({ _id }) => _id).sort((a, b) => a.localeCompare(b));
  }

  return { note, names };
}

/** To whom a ticket can be given: who has signed in within some months. */
export const staffMembers = defineCollection<StaffMember>('staffMembers', {
  retention: { after: 'signedInAt', days: 90 },
});
