import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { Declined, Refusal } from '../../schemas/declined.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether it was refused by a rule of the shop: then it counts as no success, and its idempotency key stays free. */
    isDeclined: boolean;
  }
}

/** A refusal by a rule of the shop is an answer, not an error: the customer reads its message. */
export default fp(
  async (app) => {
    app.decorateRequest('isDeclined', false);
  },
  { name: 'declined', fastify: '5.x' },
);

/** The answer to a request that a rule of the shop does not allow. */
export function declined(request: FastifyRequest, { reason, message, errors }: Refusal): Declined {
  request.isDeclined = true;
  return { ok: false, status: 'declined', reason, message, errors, requestId: request.id };
}
