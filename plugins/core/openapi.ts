import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import fp from 'fastify-plugin';
import { stringify } from 'yaml';
import { SHARED_SCHEMAS } from '../../schemas/common.js';
import { Problem } from '../../schemas/problem.js';

export interface OpenapiOptions {
  publicUrl: string | undefined;
}

const INFO = {
  title: 'Concierge Service',
  version: '0.1.0',
  summary: "Backend of a jewellery shop's concierge widget",
  description:
    'Recommends pieces, tells where an order is, starts returns and resizes, holds capsules of pieces, brings in a stylist, and keeps ratings, shortlists, inspiration images and order-update subscriptions. Every call carries a bearer key; every answer that is not 2xx is an RFC 9457 problem document with a `code` and a `requestId`. Fields that a request has beyond those documented are ignored; an empty text counts as not given.',
  license: { name: 'MIT', identifier: 'MIT' },
};

const TAGS = [
  { name: 'catalogue', description: 'Pieces to recommend.' },
  { name: 'orders', description: 'Where an order is, returns, and updates.' },
  { name: 'journey', description: 'Shortlists, capsules, stylists, ratings and inspiration.' },
  { name: 'operations', description: 'For those who run the service.' },
];

/** The API document, made from the schemas that validate: at `/openapi.json`, `/openapi.yaml` and, to browse, `/docs`. */
export default fp<OpenapiOptions>(
  async (app, { publicUrl }) => {
    for (const schema of [...SHARED_SCHEMAS, Problem]) app.addSchema(schema);
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: INFO,
        servers: [{ url: publicUrl ?? 'http://127.0.0.1:4400' }],
        tags: TAGS,
        components: {
          securitySchemes: {
            bearerKey: { type: 'http', scheme: 'bearer', description: 'The key in `CONCIERGE_API_KEY`.' },
          },
        },
        security: [{ bearerKey: [] }],
      },
      refResolver: {
        buildLocalReference: (schema, _base, _fragment, index) => String(schema.$id ?? `schema-${index}`),
      },
    });
    await app.register(swaggerUi, { routePrefix: '/docs', uiConfig: { persistAuthorization: true } });

    app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
    app.get('/openapi.yaml', { schema: { hide: true } }, async (_request, reply) =>
      reply.type('application/yaml').send(stringify(app.swagger())),
    );
  },
  { name: 'openapi', fastify: '5.x' },
);
