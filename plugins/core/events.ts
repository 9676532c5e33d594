import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { ServiceEventName } from '../../src/domain/analytics/funnels.js';
import { hookRoute } from './request-id.js';

/** What a call is counted as, once it has been answered. */
interface ServiceEvent {
  name: ServiceEventName;
  intent: string;
  /** Whether it was a success; any 2xx is that a rule of the shop does not decline, where this is left out. */
  succeeded?: (reply: FastifyReply) => boolean;
  /** What else to count by; it is cleaned like that of any other event, and order numbers are hashed. */
  properties?: (request: FastifyRequest) => Record<string, unknown>;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A call of this route is an event: noted when it has been performed, whatever came of it. */
    event?: ServiceEvent;
  }
  interface FastifyRequest {
    /** Whether its handler was called: what was refused before says nothing of a customer. */
    isPerformed: boolean;
  }
}

/** Notes the service's own events, for the routes that say what a call of them is. The last of the scope's hooks. */
export default fp(
  async (app) => {
    app.decorateRequest('isPerformed', false);

    app.addHook('onRoute', (route) => {
      const event = route.config?.event;
      if (!event) return;
      hookRoute(route, 'preHandler', (request, _reply, done) => {
        request.isPerformed = true;
        done();
      });
      hookRoute(route, 'onResponse', (request, reply, done) => {
        if (request.isPerformed)
          app.analytics.note({
            event: event.name,
            sessionId: request.sessionId,
            intent: event.intent,
            success: event.succeeded?.(reply) ?? (reply.statusCode < 300 && !request.isDeclined),
            requestId: request.id,
            properties: event.properties?.(request) ?? {},
          });
        done();
      });
    });
  },
  { name: 'events', fastify: '5.x', dependencies: ['analytics', 'session-id', 'idempotency'] },
);
