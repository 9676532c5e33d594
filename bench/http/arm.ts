/*
 * One server of the comparison, in a process of its own: `node arm.js bare | express`. The service itself is `src/server.js`.
 */
import express from 'express';
import Fastify from 'fastify';
import { z } from 'zod';
import { SHARED_SCHEMAS } from '../../schemas/common.js';
import { CsatResponse } from '../../schemas/csat.js';
import { OrderStatusResponse } from '../../schemas/order-status.js';
import { ProductsResponse } from '../../schemas/products.js';
import { ShortlistResponse } from '../../schemas/shortlist.js';
import { CALLS } from './data.js';
import { createWork, type Work } from './work.js';

const { MONGODB_URI = '', MONGODB_DB = '' } = process.env;
const work = await createWork(MONGODB_URI, MONGODB_DB);
const port = process.argv[2] === 'express' ? await serveExpress(work) : await serveBare(work);
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
  return new Promise((resolve) => {
    const server = app.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
}
