import type { Collection } from 'mongodb';
import { defineCollection } from '../mongodb/define-collection.js';

/** One act of management: who did what to what, and when. It holds no personal data of customers. */
export interface AuditEntry {
  at: Date;
  /** The id of the key that was used; `service` for what the service did of itself. */
  key: string;
  /** Who used the key, as they name themselves. */
  by?: string;
  /** Such as `return.advanced`. */
  action: string;
  /** The id of what it was done to. */
  target: string;
  requestId?: string;
  details?: Record<string, unknown>;
}

interface AuditLog {
  info(details: object, message: string): void;
  error(details: object, message: string): void;
}

/**
 * Keeps each entry in the database and in the log. What has been done stands even when it cannot be written down there: the line in
 * the log then is the record.
 */
export function createAudit(collection: Collection<AuditEntry>, log: AuditLog) {
  return async function audit(entry: AuditEntry): Promise<void> {
    log.info({ audit: entry }, 'audit');
    try {
      await collection.insertOne({ ...entry });
    } catch (err) {
      log.error({ err, audit: entry }, 'an act could not be written to the audit log');
    }
  };
}

/** Who has done what: newest first, of one thing, of one person, of one kind of act, or of all. */
export const auditLog = defineCollection<AuditEntry>('auditLog', {
  indexes: [
    { key: { target: 1, at: -1 } },
    { key: { by: 1, at: -1 } },
    // the person with it: so many acts of each are counted from the index alone
    { key: { action: 1, at: -1, by: 1 } },
  ],
  retention: { after: 'at', days: 2 * 365 },
});
