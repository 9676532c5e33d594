import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError } from '../../src/platform/http/errors.js';
import { contentSecurityPolicy } from '../../src/platform/http/security-headers.js';
import { drawPiece, type Sketch } from './draw-piece.js';
import type { OutboxLog } from './outbox-log.js';
import { assistantPage, demoPage, homePage, mailPage, outboxPage } from './pages.js';

interface DemoOptions {
  shopName: string;
  /** What would have been sent. */
  outbox: Pick<OutboxLog, 'list' | 'find'>;
  /** Of the service in development: the pages call it as the widget does, and show it to whoever looks. */
  key: string;
  staffKey: string;
  /** As large as a picture may be. */
  uploadBytes: number;
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
const MAIL_HEADERS = {
  'content-security-policy': `${contentSecurityPolicy({ 'style-src': "'unsafe-inline'", 'img-src': 'https: data:', 'frame-ancestors': "'self'" })}; sandbox allow-popups allow-popups-to-escape-sandbox`,
  'x-frame-options': 'SAMEORIGIN',
  'cache-control': 'no-store',
  // a browser cannot give it to a page in a sandbox, and would say so in its console
  'origin-agent-cluster': '?0',
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

  const isThere = (url: string) => app.hasRoute({ method: 'GET', url });
  const show = (url: string, render: (request: FastifyRequest) => string) =>
    app.get(url, { schema: hide }, async (request, reply) =>
      reply.headers(page).type(HTML).send(render(request)),
    );
  const { outbox } = options;

  show('/', () => homePage(options, isThere));
  show('/demo', () => demoPage(options, isThere));
  if (app.hasRoute({ method: 'POST', url: '/mcp' })) show('/demo/assistant', () => assistantPage(options));
  show('/demo/outbox', ({ query }) => outboxPage(outbox.list(), (query as { kind?: string }).kind));
  app.get('/demo/outbox/count', { schema: hide }, async () => ({ count: outbox.list().length }));

  // a mail is as untrusted as in a mailbox: it runs nothing, and reaches nothing of the page around it
  app.get<{ Params: { number: string } }>(
    '/demo/outbox/:number/html',
    { schema: hide },
    async ({ params }, reply) => {
      const { html } = outbox.find(Number(params.number)) ?? {};
      if (!html)
        throw new ApiError('route.not_found', 'There is no such mail: a restart begins a new outbox.');
      return reply.headers(MAIL_HEADERS).type(HTML).send(mailPage(html));
    },
  );

  app.get<{ Params: Sketch }>(
    '/demo/pieces/:category/:kind/:metal/:stone/:slug',
    { schema: hide },
    async ({ params }, reply) => reply.headers(PIECE_HEADERS).type('image/svg+xml').send(drawPiece(params)),
  );
}

const HTML = 'text/html; charset=utf-8';
