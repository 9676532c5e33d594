import underPressure from '@fastify/under-pressure';
import fp from 'fastify-plugin';
import type { Config } from '../../src/config/load.js';
import { unavailable } from '../../src/platform/http/problem.js';

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
        pressureHandler: async ({ routeOptions }) => {
          if (routeOptions.config.scope && !isStarting) shed('event_loop');
        },
      });
    }
    let admitted = 0;
    if (inFlight > 0)
      app.addHook('onRequest', ({ routeOptions }, reply, done) => {
        if (!routeOptions.config.scope) return done();
        if (admitted >= inFlight) shed('in_flight');
        admitted += 1;
        reply.raw.once('close', () => {
          admitted -= 1;
        });
        done();
      });
  },
  { name: 'overload', fastify: '5.x', dependencies: ['measure-requests'] },
);
