import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import fp from 'fastify-plugin';
import { SHARED_SCHEMAS } from '../../../schemas/common.js';
import { Problem } from '../../../schemas/problem.js';
import { type ApiDocument, completeDocument, operationKey, type RouteFacts } from './complete.js';
import { INFO, SECURITY_SCHEMES, TAGS } from './parts.js';

export interface OpenapiOptions {
  publicUrl: string | undefined;
}

/** Where `npm run dev` listens. */
const DEVELOPMENT_SERVER = { url: 'http://127.0.0.1:4400', description: 'The service in development.' };

/** The page has its own scripts and styles, loads nothing from elsewhere, and calls this service only. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The API document, made from the schemas that validate: at `/openapi.json`, `/openapi.yaml` and, to browse, `/docs`. */
export default fp<OpenapiOptions>(
  async (app, { publicUrl }) => {
    for (const schema of [...SHARED_SCHEMAS, Problem]) app.addSchema(schema);
    const facts = new Map<string, RouteFacts>();
    app.addHook('onRoute', ({ method, url, config }) => {
      // the folder of a route may add to its config after this
      for (const name of [method].flat()) facts.set(operationKey(name, url), config ?? {});
    });

    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: INFO,
        servers: [publicUrl ? { url: publicUrl } : DEVELOPMENT_SERVER],
        tags: TAGS,
        components: { securitySchemes: SECURITY_SCHEMES },
        security: [{ bearerKey: [] }],
      },
      refResolver: {
        buildLocalReference: (schema, _base, _fragment, index) => String(schema.$id ?? `schema-${index}`),
      },
      transformObject: (document) =>
        'openapiObject' in document
          ? completeDocument(document.openapiObject as ApiDocument, facts)
          : document.swaggerObject,
    });
    await app.register(swaggerUi, {
      routePrefix: '/docs',
      theme: { title: INFO.title },
      uiConfig: {
        layout: 'BaseLayout',
        persistAuthorization: true,
        tryItOutEnabled: true,
        displayRequestDuration: true,
      },
      staticCSP: PAGE_POLICY,
      // a call is tried on the service that shows the page, whatever address the document names
      transformSpecificationClone: true,
      transformSpecification: (document) => ({ ...document, servers: [{ url: '/' }] }),
    });

    app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
    app.get('/openapi.yaml', { schema: { hide: true } }, async (_request, reply) => {
      // loaded for the few who ask
      const { stringify } = await import('yaml');
      return reply.type('application/yaml').send(stringify(app.swagger()));
    });
  },
  { name: 'openapi', fastify: '5.x' },
);
