import { defineCollection } from '../../platform/mongodb/define-collection.js';
import { erased, unsent } from '../privacy/personal-data.js';
import type { CapsuleHold } from './capsule-hold.js';

export const capsuleHolds = defineCollection<CapsuleHold>('capsuleHolds', {
  id: 'reservationId',
  indexes: [
    { key: { reservationId: 1 }, unique: true, sparse: true },
    { key: { sessionId: 1 } },
    { key: { customerEmail: 1 }, sparse: true },
    // one active hold a session: the field is there only while the hold is active
    { key: { activeSessionId: 1 }, unique: true, sparse: true },
    // what waits for the staff, the oldest first
    { key: { status: 1, createdAt: 1, reservationId: 1 } },
    // and what ends first
    { key: { status: 1, expiresAt: 1, reservationId: 1 } },
    { key: { createdAt: 1 } },
    // one hold a piece: each entry names one piece off the shelf
    { key: { claims: 1 }, unique: true, sparse: true },
  ],
  retention: { after: 'expiresAt', days: 3 },
  deliveries: true,
  personal: {
    fields: {
      reservationId: false,
      sessionId: true,
      activeSessionId: true,
      items: false,
      claims: false,
      shortlistId: false,
      customerEmail: true,
      status: false,
      extensions: false,
      version: false,
      history: false,
      createdAt: false,
      convertedAt: false,
      expiresAt: false,
      erasedAt: false,
    },
    foundBy: { sessions: ['sessionId'], emails: ['customerEmail'] },
    // the pieces stay held, and are given back in their time
    anonymous: ({ reservationId, deliveries }) => ({
      set: { sessionId: erased(reservationId), deliveries: unsent(deliveries) },
      unset: ['customerEmail', 'activeSessionId'],
    }),
  },
});
