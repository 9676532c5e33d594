import underPressure from '@fastify/under-pressure';
import fp from 'fastify-plugin';
import type { Config } from '../../src/config/load.js';
import { unavailable } from '../../src/platform/http/problem.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether it is counted among those in flight. */
    isAdmitted: boolean;
  }
}

const SAMPLE_INTERVAL_MS = 500;

/** Refuses calls at once when they could only wait: health stays as it is, for a process that has much to do is not ill. */
export default fp<Config['overload']>(
  async (app, { eventLoopDelayMs, inFlight }) => {
    const shed = (why: string): never => {
      app.metrics.shed.inc({ why });
      throw unavailable();
    };
    if (eventLoopDelayMs > 0) {
      // what the start itself has kept the event loop from is in the samples until the second one after it
      let isStarting = true;
      app.addHook('onReady', async () => {
        setTimeout(() => {
          isStarting = false;
        }, 2 * SAMPLE_INTERVAL_MS).unref();
      });
      await app.register(underPressure, {
        maxEventLoopDelay: eventLoopDelayMs,
        sampleInterval: SAMPLE_INTERVAL_MS,
        pressureHandler: async ({ config }) => {
          if (config.scope && !isStarting) shed('event_loop');
        },
      });
    }
    if (inFlight === 0) return;
    let admitted = 0;
    app.decorateRequest('isAdmitted', false);
    app.addHook('onRequest', (request, _reply, done) => {
      if (!request.config.scope) return done();
      if (admitted >= inFlight) shed('in_flight');
      admitted += 1;
      request.isAdmitted = true;
      done();
    });
    app.watchClosed(({ isAdmitted }) => {
      if (isAdmitted) admitted -= 1;
    });
  },
  { name: 'overload', fastify: '5.x', dependencies: ['measure-requests', 'request-id'] },
);
