import { defineCollection } from '../mongodb/define-collection.js';
import type { AuditEntry } from './audit.js';

/** Who has done what: newest first, of one thing or of all. */
export const auditLog = defineCollection<AuditEntry>('auditLog', {
  indexes: [{ key: { target: 1, at: -1 } }],
  retention: { after: 'at', days: 2 * 365 },
});
