import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import view from '@fastify/view';
import { Eta } from 'eta';
import type { FastifyInstance } from 'fastify';
import type { Config } from '../../src/config/load.js';
import { createFormats } from '../../src/dashboard/formats.js';
import { ApiError, ERRORS } from '../../src/platform/http/errors.js';
import { toApiError } from '../../src/platform/http/problem.js';
import { contentSecurityPolicy } from '../../src/platform/http/security-headers.js';
import forms from '../core/forms.js';
import changesPages from './pages/changes.js';
import creatorsPages from './pages/creators.js';
import customerPages from './pages/customers.js';
import insightsPages from './pages/insights.js';
import listsPages from './pages/lists.js';
import ordersPages from './pages/orders.js';
import { pageOfForm } from './pages/own-path.js';
import searchPages from './pages/search.js';
import signInPages from './pages/sign-in.js';
import supportPages from './pages/support.js';
import supportActs from './pages/support-acts.js';
import session from './signed-session.js';

declare module 'fastify' {
  interface FastifyReply {
    /** What every page is made with. */
    locals: object;
  }
}

const HERE = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const FONT = '@fontsource/cormorant-garamond/files/cormorant-garamond-latin-500-normal.woff2';
/** What browsers may fetch: our own files, the plotting library, the typeface. */
const ASSETS = [join(HERE, 'public'), dirname(require.resolve('chart.js')), dirname(require.resolve(FONT))];
const FORM_BYTES = 32 * 1024;
const SERVED =
  /^\/(dashboard\.css|[a-z-]+\.js|chart\.umd\.min\.js|icon\.svg|cormorant-garamond-(latin|latin-ext|cyrillic|cyrillic-ext|vietnamese)-500-(normal|italic)\.woff2)$/;

/** The pages of the dashboard: made on the server, whole without scripts, and open to whoever has signed in. */
export default async function pages(
  app: FastifyInstance,
  { dashboard, shop, catalogue, stylist, developmentKey }: Config & { developmentKey?: string | undefined },
): Promise<void> {
  const headers = { 'content-security-policy': pagePolicy(catalogue.shopUrl), 'cache-control': 'no-store' };
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(headers);
  });
  await app.register(fastifyStatic, {
    root: ASSETS,
    prefix: '/dashboard/assets/',
    decorateReply: false,
    allowedPath: (path) => SERVED.test(path),
    cacheControl: false,
    setHeaders: (response) => response.setHeader('cache-control', 'public, no-cache'),
  });
  await app.register(view, {
    engine: { eta: new Eta() },
    templates: join(HERE, 'views'),
    production: true,
    viewExt: 'eta',
    defaultContext: { shopName: shop.name, format: createFormats(shop, app.now), developmentKey },
  });
  await app.register(signedIn, { ...dashboard, stylist });
}

// Everything but the files is behind the sign-in.
async function signedIn(
  app: FastifyInstance,
  dashboard: Config['dashboard'] & Pick<Config, 'stylist'>,
): Promise<void> {
  await app.register(session, dashboard);
  await app.register(forms, { bodyLimit: FORM_BYTES, list: 'items' });
  app.addHook('preHandler', async (request, reply) => {
    reply.locals = { viewer: request.signedIn, csrf: reply.csrfToken.bind(reply), path: request.url };
  });
  app.setErrorHandler(async (error, request, reply) => {
    const { status, title, detail } = pageErrorOf(error);
    if (status >= 500) request.log.error({ err: toApiError(error).cause ?? error }, title);
    const back = request.method === 'POST' ? pageOfForm(request.url) : undefined;
    if (back) reply.locals = { ...reply.locals, path: back };
    return reply.code(status).view('error', { title, detail, back, section: '', requestId: request.id });
  });

  for (const some of [
    signInPages,
    supportPages,
    supportActs,
    changesPages,
    customerPages,
    searchPages,
    creatorsPages,
    insightsPages,
    listsPages,
  ])
    await app.register(some, dashboard);
  await app.register(ordersPages, dashboard);
  app.get('/dashboard/*', { schema: { hide: true } }, async (request, reply) => {
    const page = pageOfForm(request.url);
    if (page) return reply.redirect(page, 303);
    throw new ApiError('route.not_found', 'There is no such page.');
  });
}

const pagePolicy = (shopUrl: string | undefined): string =>
  contentSecurityPolicy({
    'script-src': "'self'",
    'style-src': "'self'",
    'font-src': "'self'",
    'connect-src': "'self'",
    // pictures of pieces lie where the shop keeps them
    'img-src': shopUrl?.startsWith('http:') ? `'self' https: ${new URL(shopUrl).origin}` : "'self' https:",
    'form-action': "'self'",
  });

/** What a page says of an error. */
function pageErrorOf(error: unknown): { status: number; title: string; detail: string } {
  if (isForgery(error))
    return {
      status: 403,
      title: 'This form is out of date',
      detail: 'Nothing was done. Go back, reload the page, and try once more.',
    };
  const { code, status, message } = toApiError(error);
  return { status, title: ERRORS[code].title, detail: message };
}

const isForgery = (error: unknown): boolean =>
  String((error as { code?: unknown } | undefined)?.code).startsWith('FST_CSRF_');
