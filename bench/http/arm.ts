/*
 * One server of the comparison, in a process of its own: `node arm.js bare | express | team`. The service itself is `src/server.js`.
 */
import { timingSafeEqual } from 'node:crypto';
import express, { type Express } from 'express';
import { rateLimit } from 'express-rate-limit';
import Fastify from 'fastify';
import helmet from 'helmet';
import { pinoHttp } from 'pino-http';
import { collectDefaultMetrics, Histogram, register } from 'prom-client';
import { z } from 'zod';
import { SHARED_SCHEMAS } from '../../schemas/common.js';
import { CsatResponse } from '../../schemas/csat.js';
import { OrderStatusResponse } from '../../schemas/order-status.js';
import { ProductsResponse } from '../../schemas/products.js';
import { ShortlistResponse } from '../../schemas/shortlist.js';
import { CALLS } from './data.js';
import { KEY } from './servers.js';
import { createWork, type Work } from './work.js';

const { MONGODB_URI = '', MONGODB_DB = '' } = process.env;
const work = await createWork(MONGODB_URI, MONGODB_DB);
const ARMS = { bare: serveBare, express: serveExpress, team: serveAsATeamWould };
const port = await ARMS[process.argv[2] as keyof typeof ARMS](work);
console.log(`listening at http://127.0.0.1:${port}`);

/** Fastify with the response schemas and nothing else. */
async function serveBare(work: Work): Promise<number> {
  const app = Fastify();
  for (const schema of SHARED_SCHEMAS) app.addSchema(schema);
  const route = (path: string, schema: object, handle: (body: never) => Promise<unknown>) =>
    app.post(path, { schema: { response: { 200: schema } } }, ({ body }) => handle(body as never));
  route(CALLS.products.path, ProductsResponse, work.products);
  route(CALLS['order status'].path, OrderStatusResponse, work.orderStatus);
  route(CALLS.csat.path, CsatResponse, work.csat);
  route(CALLS.shortlist.path, ShortlistResponse, work.shortlist);
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  return Number(new URL(address).port);
}

/** Express, with zod in the place of the schemas: bodies are checked, answers are written as they are. */
async function serveExpress(work: Work): Promise<number> {
  const app = express();
  app.use(express.json());
  routes(app, work);
  return listen(app);
}

/** The same as a team would deploy it for the same job: headers, key, limit, log, metrics, the session's life and an event, each by the usual package. */
async function serveAsATeamWould(work: Work): Promise<number> {
  const app = express();
  collectDefaultMetrics();
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time to the answer.',
    labelNames: ['route', 'method', 'status'],
  });
  const key = Buffer.from(`Bearer ${KEY}`);
  app.use(helmet());
  app.use(pinoHttp());
  app.use((request, response, next) => {
    const end = duration.startTimer();
    response.on('finish', () =>
      end({ route: request.route?.path ?? 'none', method: request.method, status: response.statusCode }),
    );
    next();
  });
  app.use(
    rateLimit({ windowMs: 60_000, limit: 100_000_000, standardHeaders: 'draft-7', legacyHeaders: false }),
  );
  app.use((request, response, next) => {
    const given = Buffer.from(request.headers.authorization ?? '');
    if (given.length === key.length && timingSafeEqual(given, key)) next();
    else response.status(401).json({ message: 'The key is not known.' });
  });
  app.use(express.json({ limit: '100kb' }));
  app.use((request, response, next) => {
    response.on('finish', () => {
      const { sessionId } = request.body ?? {};
      if (sessionId) work.note(sessionId, request.path).catch((error) => request.log.error(error));
    });
    next();
  });
  routes(app, work);
  app.get('/metrics', async (_, response) => response.type('text').send(await register.metrics()));
  return listen(app);
}

function routes(app: Express, work: Work): void {
  const text = z.string().max(128);
  const route = <T>(path: string, body: z.ZodType<T>, handle: (body: T) => Promise<unknown>) =>
    app.post(path, async (request, response) => {
      response.json(await handle(body.parse(request.body)));
    });
  route(
    CALLS.products.path,
    z.object({ category: text, priceMax: z.number(), limit: z.number().int().min(1).max(50) }),
    work.products,
  );
  route(CALLS['order status'].path, z.object({ orderNumber: text, sessionId: text }), work.orderStatus);
  route(CALLS.csat.path, z.object({ sessionId: text, rating: text, intent: text }), work.csat);
  route(
    CALLS.shortlist.path,
    z.object({ sessionId: text, items: z.array(z.object({ id: text })).max(100) }),
    work.shortlist,
  );
}

function listen(app: Express): Promise<number> {
  return new Promise((resolve) => {
    const server = app.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
}
