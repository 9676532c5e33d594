import { defineCollection } from '../mongodb/define-collection.js';
import type { IdempotencyRecord } from './idempotency.js';

export const idempotencyKeys = defineCollection<IdempotencyRecord>('idempotencyKeys', {
  indexes: [{ key: { sessionId: 1 }, sparse: true }],
  retention: { after: 'expiresAt', days: 0 },
  personal: {
    fields: {
      fingerprint: false,
      sessionId: true,
      state: false,
      claim: false,
      leaseUntil: false,
      status: false,
      body: true,
      expiresAt: false,
    },
    foundBy: { sessions: ['sessionId'] },
  },
});
