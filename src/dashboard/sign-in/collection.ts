import { defineCollection } from '../../platform/mongodb/define-collection.js';
import type { Presence } from './presence.js';
import type { StaffMember } from './staff-members.js';
import type { StaffSession } from './staff-sessions.js';

/** Who was signed in when is of use for some time after it has ended. */
export const staffSessions = defineCollection<StaffSession>('staffSessions', {
  indexes: [
    { key: { sessionHash: 1 }, unique: true },
    { key: { key: 1, signedInAt: -1 } },
    { key: { publicId: 1 } },
  ],
  retention: { after: 'until', days: 90 },
});

/** Who has what before them: forgotten within a minute. */
export const staffPresence = defineCollection<Presence>('staffPresence', {
  indexes: [{ key: { place: 1 } }],
  retention: { after: 'until', days: 0 },
});

/** To whom a ticket can be given: who has signed in within some months. */
export const staffMembers = defineCollection<StaffMember>('staffMembers', {
  retention: { after: 'signedInAt', days: 90 },
});
