import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { SHARED_SCHEMAS } from '../../../schemas/common.js';
import { DeclinedSchema } from '../../../schemas/declined.js';
import { Problem } from '../../../schemas/problem.js';
import { contentSecurityPolicy } from '../../../src/platform/http/security-headers.js';
import { type ApiDocument, completeDocument, operationKey, type RouteFacts } from './complete.js';
import { INFO, SECURITY_SCHEMES, TAGS } from './parts.js';

interface OpenapiOptions {
  publicUrl: string | undefined;
  /** Whether anyone may read it; the document is made in any case. */
  isOpen: boolean;
  /** A key with which calls are tried out, of development: whoever opens the page has it. */
  key?: string | undefined;
}

/** Where `npm run dev` listens. */
const DEVELOPMENT_SERVER = { url: 'http://127.0.0.1:4400', description: 'The service in development.' };

/** The page has its own scripts and styles, loads nothing from elsewhere, and calls this service only. */
const PAGE_POLICY = contentSecurityPolicy({
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data:",
  'font-src': "'self'",
  'connect-src': "'self'",
});

/**
 * The API document, made from the schemas that validate: at `/openapi.json`, `/openapi.yaml` and, to browse, `/docs`. Anyone may ask for
 * them, so that each is made once: to write the document anew for every caller would keep all other calls waiting.
 */
export default fp<OpenapiOptions>(
  async (app, { publicUrl, isOpen, key }) => {
    for (const schema of [...SHARED_SCHEMAS, Problem, DeclinedSchema]) app.addSchema(schema);
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
    if (!isOpen) return;
    // a call is tried on the service that shows the page, whatever address the document names
    const shown = () => ({ ...app.swagger(), servers: [{ url: '/' }] });
    const texts: Record<string, () => Promise<string>> = {
      '/openapi.json': once(async () => JSON.stringify(app.swagger())),
      '/openapi.yaml': once(() => toYaml(app.swagger())),
      '/docs/json': once(async () => JSON.stringify(shown())),
      '/docs/yaml': once(() => toYaml(shown())),
    };
    const answer = async ({ routeOptions: { url = '' } }: FastifyRequest, reply: FastifyReply) => {
      const text = texts[url];
      if (text) return reply.type(url.endsWith('json') ? JSON_TYPE : 'application/yaml').send(await text());
    };
    await app.register(swaggerUi, {
      routePrefix: '/docs',
      // it cannot tell where its files are when it is part of a bundle; its logo is not shown
      baseDir: join(dirname(createRequire(import.meta.url).resolve('@fastify/swagger-ui')), 'static'),
      logo: NO_LOGO,
      theme: { title: INFO.title, css: [{ filename: 'narrow.css', content: NARROW }] },
      uiConfig: {
        layout: 'BaseLayout',
        docExpansion: 'none',
        defaultModelsExpandDepth: 0,
        filter: true,
        persistAuthorization: true,
        tryItOutEnabled: true,
        displayRequestDuration: true,
        ...(key && {
          onComplete: script(`() => ui.preauthorizeApiKey('bearerKey', ${JSON.stringify(key)})`),
        }),
      },
      staticCSP: PAGE_POLICY,
      uiHooks: { onRequest: (request, reply) => answer(request, reply) },
    });
    for (const url of ['/openapi.json', '/openapi.yaml']) app.get(url, { schema: { hide: true } }, answer);
  },
  { name: 'openapi', fastify: '5.x' },
);

const NO_LOGO = null as never;

/** On a telephone a long line scrolls in its box, and not the page. */
const NARROW = '.swagger-ui .opblock-body, .swagger-ui .models { overflow-x: auto }';

/** A function of the page, which is written into it as it stands: there `ui` is the page itself. */
const script = (text: string) => Object.assign(() => undefined, { toString: () => text });

const JSON_TYPE = 'application/json; charset=utf-8';

// loaded for the few who ask
async function toYaml(document: object): Promise<string> {
  const { stringify } = await import('yaml');
  return stringify(document);
}

function once(make: () => Promise<string>): () => Promise<string> {
  let made: Promise<string> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
