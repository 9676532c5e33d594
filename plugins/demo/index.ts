import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { contentSecurityPolicy } from '../../src/platform/http/security-headers.js';
import { drawPiece, type Sketch } from './draw-piece.js';
import { homePage } from './pages.js';

export interface DemoOptions {
  /** Of the service in development: the pages call it as the widget does, and show it to whoever looks. */
  key: string;
  staffKey: string;
  /** Where the service says that it is reached, and where pictures lie: besides the address of the page itself. */
  publicUrl?: string | undefined;
}

const HERE = dirname(fileURLToPath(import.meta.url));
const FONT = '@fontsource/cormorant-garamond/files/cormorant-garamond-latin-500-normal.woff2';
const ASSETS = [join(HERE, 'public'), dirname(createRequire(import.meta.url).resolve(FONT))];
const SERVED = /^\/(demo\.css|[a-z-]+\.js|cormorant-garamond-latin-500-(normal|italic)\.woff2)$/;
/** A drawing never changes; what draws it may, while someone works on it. */
const PIECE_HEADERS = {
  'cache-control': 'public, max-age=300',
  // the shop's pages, on another port, show it as well
  'cross-origin-resource-policy': 'cross-origin',
  'content-security-policy': contentSecurityPolicy(),
};
const hide = { hide: true };

/**
 * What there is to see in development: a page of links, the widget to play with, what would have been sent, and pictures of the seeded
 * pieces. `npm run dev` alone registers it; what is released does not even contain it.
 */
export default async function demo(app: FastifyInstance, options: DemoOptions): Promise<void> {
  const policy = contentSecurityPolicy({
    'script-src': "'self'",
    'style-src': "'self'",
    'font-src': "'self'",
    'connect-src': "'self'",
    'frame-src': "'self'",
    'img-src': ["'self' blob: https:", options.publicUrl].filter(Boolean).join(' '),
  });
  const page = { 'content-security-policy': policy, 'cache-control': 'no-store' };

  await app.register(fastifyStatic, {
    root: ASSETS,
    prefix: '/demo/assets/',
    decorateReply: false,
    allowedPath: (path) => SERVED.test(path),
    cacheControl: false,
    setHeaders: (response) => response.setHeader('cache-control', 'public, no-cache'),
  });

  app.get('/', { schema: hide }, async (_request, reply) =>
    reply
      .headers(page)
      .type(HTML)
      .send(homePage(options, (url) => app.hasRoute({ method: 'GET', url }))),
  );

  app.get<{ Params: Sketch }>(
    '/demo/pieces/:category/:kind/:metal/:stone/:slug',
    { schema: hide },
    async ({ params }, reply) => reply.headers(PIECE_HEADERS).type('image/svg+xml').send(drawPiece(params)),
  );
}

const HTML = 'text/html; charset=utf-8';
