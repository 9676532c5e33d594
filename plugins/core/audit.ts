import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { type AuditEntry, createAudit } from '../../src/platform/audit/audit.js';

/** What was done, to what; who, when and in which request is added. No personal data. */
type Act = Pick<AuditEntry, 'action' | 'target' | 'by' | 'details'>;

declare module 'fastify' {
  interface FastifyInstance {
    /** Writes down an act of management, once it has been done; without a request, one of the service itself. */
    audit: (request: FastifyRequest | undefined, act: Act) => Promise<void>;
  }
}

/** The audit log: who has done what, when. */
export default fp(
  async (app) => {
    const record = createAudit(app.collections.auditLog, app.log);
    app.decorate('audit', (request, { action, target, by, details }) =>
      record({
        at: app.now(),
        key: request?.clientId ?? 'service',
        by,
        action,
        target,
        requestId: request?.id,
        details,
      }),
    );
  },
  { name: 'audit', fastify: '5.x', dependencies: ['mongodb', 'clock', 'request-id'] },
);
