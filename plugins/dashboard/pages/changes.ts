import { PassThrough } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { createChanges } from '../../../src/dashboard/queue/changes.js';
import { ApiError } from '../../../src/platform/http/errors.js';
import { unavailable } from '../../../src/platform/http/problem.js';
import { signedIn } from '../signed-session.js';

const EVERY_MS = 2000;
/** A stream ends after this long, and the browser opens another: so a session that has ended is noticed. */
const STREAM_MS = 5 * 60_000;
const RETRY_MS = 3000;
const HEARTBEAT_MS = 20_000;
const MAX_STREAMS = 200;
/** Of one of the staff: so many pages can be open at once and tell of changes by themselves. */
const MAX_STREAMS_OF_VIEWER = 5;

/** Server-sent events: that the queue has changed, and of which kinds how many things have come. */
const changesPages: FastifyPluginAsyncTypebox = async (app) => {
  const changes = createChanges(app.dashboard.queue.look, EVERY_MS, (err) =>
    app.log.warn({ err }, 'the queue could not be looked at'),
  );
  const streams = new Map<PassThrough, { viewer: string; session: string | null }>();
  app.addHook('preClose', async () => {
    for (const stream of streams.keys()) stream.end();
  });
  app.staffSessions.onEnd((ended) => {
    for (const [stream, { session }] of streams) if (session === ended) stream.end();
  });

  app.get('/dashboard/support/changes', { schema: { hide: true } }, async (request, reply) => {
    const { key, name } = signedIn(request);
    const viewer = `${key} ${name}`;
    const session = request.staffSession;
    const own = [...streams.values()].filter((stream) => stream.viewer === viewer);
    // a browser does not try again by itself after this
    if (own.length >= MAX_STREAMS_OF_VIEWER)
      throw new ApiError(
        'rate_limit.exceeded',
        'Too many of your pages are open: this one does not tell of changes.',
      );
    if (streams.size >= MAX_STREAMS) throw unavailable(new Error('too many streams of changes'));
    const stream = new PassThrough();
    streams.set(stream, { viewer, session });
    stream.write(`retry: ${RETRY_MS}\n\n`);
    const stop = changes.listen((news) => stream.write(`event: change\ndata: ${JSON.stringify(news)}\n\n`));
    const beat = async () => {
      stream.write(': still here\n\n');
      // another process may have ended the session; while the database is away nobody is signed out
      if (session && !(await app.staffSessions.isLive(session).catch(() => true))) stream.end();
    };
    const heartbeat = setInterval(() => void beat(), HEARTBEAT_MS);
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
