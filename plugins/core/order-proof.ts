import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { Config } from '../../src/config/load.js';
import { type Proof, proofOf } from '../../src/domain/orders/proof.js';
import type { Session } from '../../src/domain/sessions/session.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** What the caller has shown of an order, by the session that the call names and by its key; a session that is at hand is not read again. */
    proofOf: (request: FastifyRequest, orderNumber: string, session?: Session | null) => Promise<Proof>;
  }
}

export type OrderProofOptions = Pick<Config['orders'], 'proof'>;

/** Whether a caller has proved an order. */
export default fp<OrderProofOptions>(
  async (app, { proof }) => {
    app.decorate('proofOf', async ({ sessionId, clientKey }, orderNumber, session) => {
      const scopes = clientKey?.scopes ?? [];
      const known =
        session === undefined && sessionId ? await app.sessions.findProved(sessionId) : (session ?? null);
      return proofOf({ session: known, scopes }, orderNumber, proof);
    });
  },
  { name: 'order-proof', fastify: '5.x', dependencies: ['sessions', 'session-id'] },
);
