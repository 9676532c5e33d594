import { PassThrough } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { createChanges } from '../../../src/dashboard/queue/changes.js';
import { unavailable } from '../../../src/platform/http/problem.js';
import { signedIn } from './signed-in.js';

const EVERY_MS = 2000;
/** A stream ends after this long, and the browser opens another: so a session that has ended is noticed. */
const STREAM_MS = 5 * 60_000;
const RETRY_MS = 3000;
const HEARTBEAT_MS = 20_000;
const MAX_STREAMS = 200;

/** Server-sent events: that the queue has changed, for pages that then fetch themselves again. */
const changesPages: FastifyPluginAsyncTypebox = async (app) => {
  const changes = createChanges(app.dashboard.queue.fingerprint, EVERY_MS, (err) =>
    app.log.warn({ err }, 'the queue could not be looked at'),
  );
  const streams = new Set<PassThrough>();
  app.addHook('preClose', async () => {
    for (const stream of streams) stream.end();
  });

  app.get('/dashboard/support/changes', { schema: { hide: true } }, async (request, reply) => {
    signedIn(request);
    if (streams.size >= MAX_STREAMS) throw unavailable(new Error('too many streams of changes'));
    const stream = new PassThrough();
    streams.add(stream);
    stream.write(`retry: ${RETRY_MS}\n\n`);
    const stop = changes.listen(() => stream.write('event: change\ndata: queue\n\n'));
    const heartbeat = setInterval(() => stream.write(': still here\n\n'), HEARTBEAT_MS);
    const end = setTimeout(() => stream.end(), STREAM_MS);
    stream.once('close', () => {
      stop();
      clearInterval(heartbeat);
      clearTimeout(end);
      streams.delete(stream);
    });
    return reply.type('text/event-stream').header('x-accel-buffering', 'no').send(stream);
  });
};

export default changesPages;
