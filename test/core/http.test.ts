import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { PassThrough } from 'node:stream';
import Fastify, { type FastifyInstance, type InjectOptions, type RouteOptions } from 'fastify';
import t from 'tap';
import errors from '../../plugins/core/errors.js';
import handlerTimeout from '../../plugins/core/handler-timeout.js';
import { isTooDeep, MAX_JSON_DEPTH } from '../../plugins/core/json-bodies.js';
import requestId from '../../plugins/core/request-id.js';
import { sessionId } from '../../plugins/core/sessions.js';
import { DEFINITIONS } from '../../src/collections.js';
import { bodyOf, build, call, KEY } from '../helper.js';

const STATUS = '/api/concierge/orders/status';
const PRODUCTS = '/api/concierge/products';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const authorized = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };

/** What is wrong with a request, and the answer that it gets. */
const REFUSALS: {
  name: string;
  request: InjectOptions;
  status: number;
  code: string;
}[] = [
  {
    name: 'no key',
    request: { method: 'POST', url: STATUS, payload: {} },
    status: 401,
    code: 'auth.missing_key',
  },
  {
    name: 'a wrong key',
    request: { method: 'POST', url: STATUS, headers: { authorization: 'Bearer not-the-key' }, payload: {} },
    status: 401,
    code: 'auth.invalid_key',
  },
  {
    name: 'another scheme',
    request: { method: 'POST', url: STATUS, headers: { authorization: `Basic ${KEY}` }, payload: {} },
    status: 401,
    code: 'auth.missing_key',
  },
  {
    name: 'an unknown path',
    request: { method: 'POST', url: '/api/concierge/nothing' },
    status: 404,
    code: 'route.not_found',
  },
  {
    name: 'a path that is no URL',
    request: { method: 'GET', url: '/%zz' },
    status: 400,
    code: 'request.malformed',
  },
  {
    name: 'a wrong method',
    request: { method: 'GET', url: STATUS },
    status: 405,
    code: 'route.method_not_allowed',
  },
  {
    name: 'a wrong method with a body that cannot be read',
    request: {
      method: 'PUT',
      url: STATUS,
      headers: { 'content-type': 'application/json' },
      payload: '{"orderNumber":',
    },
    status: 405,
    code: 'route.method_not_allowed',
  },
  {
    name: 'malformed JSON',
    request: { method: 'POST', url: STATUS, headers: authorized, payload: '{"orderNumber":' },
    status: 400,
    code: 'request.malformed',
  },
  {
    name: 'no body',
    request: { method: 'POST', url: STATUS, headers: { authorization: `Bearer ${KEY}` } },
    status: 400,
    code: 'request.invalid',
  },
  {
    name: 'a body that is an array',
    request: { method: 'POST', url: STATUS, headers: authorized, payload: '[]' },
    status: 400,
    code: 'request.invalid',
  },
  {
    name: 'a body of 2 MB',
    request: {
      method: 'POST',
      url: STATUS,
      headers: authorized,
      payload: JSON.stringify({ q: 'x'.repeat(2_000_000) }),
    },
    status: 413,
    code: 'request.too_large',
  },
  {
    name: 'a wrong content type',
    request: {
      method: 'POST',
      url: STATUS,
      headers: { ...authorized, 'content-type': 'text/xml' },
      payload: '<a/>',
    },
    status: 415,
    code: 'request.unsupported_media_type',
  },
  {
    name: 'a body of 8,000 arrays within each other',
    request: {
      method: 'POST',
      url: STATUS,
      headers: authorized,
      payload: `{"orderNumber":"GG-1","x":${'['.repeat(8000)}${']'.repeat(8000)}}`,
    },
    status: 400,
    code: 'request.malformed',
  },
  {
    name: 'a body that opens 200,000 objects and ends',
    request: { method: 'POST', url: STATUS, headers: authorized, payload: '{"a":'.repeat(200_000) },
    status: 400,
    code: 'request.malformed',
  },
  {
    name: 'a prototype in the body',
    request: { method: 'POST', url: STATUS, headers: authorized, payload: '{"__proto__":{"admin":true}}' },
    status: 400,
    code: 'request.malformed',
  },
];

t.test('http: what is refused, and how', async (t) => {
  const { app, db } = await build(t);
  for (const { name, request, status, code } of REFUSALS) {
    const response = await app.inject(request);
    t.equal(response.statusCode, status, `${name}: ${status}`);
    t.match(response.headers['content-type'], /^application\/problem\+json/, `${name}: a problem document`);
    const problem = response.json();
    t.match(
      problem,
      { type: `urn:concierge:problem:${code}`, status, code, title: String, detail: String },
      name,
    );
    t.match(problem.requestId, UUID, `${name}: has a request id`);
    t.equal(response.headers['x-request-id'], problem.requestId, `${name}: the same in the header`);
    t.notMatch(response.body, /node_modules|at .*\(|FST_|Mongo|stack/, `${name}: says nothing of the inside`);
  }
  const wrongKey = await app.inject({
    method: 'POST',
    url: STATUS,
    headers: { authorization: 'Bearer not-the-key' },
  });
  t.match(wrongKey.headers['www-authenticate'], /^Bearer .*invalid_token/);
  t.equal((await app.inject({ url: STATUS })).headers.allow, 'POST');
  t.equal((await app.inject({ method: 'DELETE', url: '/health/live' })).headers.allow, 'GET, HEAD');

  for (const { name } of DEFINITIONS)
    t.equal(await db.collection(name).countDocuments({}), 0, `nothing is stored in ${name}`);
});

t.test('http: bytes that are not HTTP are answered with a problem document too', async (t) => {
  const { app } = await build(t);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const say = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(text));
      let answer = '';
      socket.setEncoding('utf8').on('data', (chunk) => {
        answer += chunk;
      });
      socket.on('close', () => resolve(answer)).on('error', reject);
    });
  t.match(await say('HELLO\r\n\r\n'), /^HTTP\/1\.1 400 .*application\/problem\+json.*request\.malformed/s);
  const tooLong = `GET / HTTP/1.1\r\nhost: x\r\nx-long: ${'y'.repeat(20_000)}\r\n\r\n`;
  t.match(await say(tooLong), /^HTTP\/1\.1 431 .*request\.headers_too_large/s);
});

t.test(
  'http: paths that lead out of a folder, or are no URL, are refused with the headers of every answer',
  async (t) => {
    const { app } = await build(t, {
      env: { DASHBOARD_ENABLED: 'true', DASHBOARD_SESSION_SECRET: 'a-secret-of-the-tests-of-32-letters' },
    });
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    // a client library would tidy the path up
    const get = (path: string) =>
      new Promise<string>((resolve, reject) => {
        const socket = connect(port, '127.0.0.1', () =>
          socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`),
        );
        let answer = '';
        socket.setEncoding('utf8').on('data', (chunk) => {
          answer += chunk;
        });
        socket.on('close', () => resolve(answer)).on('error', reject);
      });
    for (const path of [
      '/docs/static/../..',
      '/docs/static/../../package.json',
      '/docs/static/%2e%2e/%2e%2e/package.json',
      '/docs/static/..%2f..%2fpackage.json',
      '/docs/static/%00',
      '/dashboard/assets/../../package.json',
      '/dashboard/assets/%2e%2e/views/layout.eta',
      '/%zz',
      '/docs/%zz',
      '/docs/static/%zz',
    ]) {
      const answer = await get(path);
      t.match(answer, /^HTTP\/1\.1 4\d\d /, path);
      for (const header of [
        /x-content-type-options: nosniff/i,
        /content-security-policy: default-src 'none'/i,
      ])
        t.match(answer, header, path);
      t.match(answer, /x-request-id: /i, path);
    }
  },
);

t.test('the depth of a body: brackets in texts do not count', async (t) => {
  const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
  const ROWS: [json: string, isDeep: boolean][] = [
    [deep(MAX_JSON_DEPTH), false],
    [deep(MAX_JSON_DEPTH + 1), true],
    [`[${'[],'.repeat(1000)}[]]`, false],
    [JSON.stringify('['.repeat(1000)), false],
    [JSON.stringify('"['.repeat(1000)), false],
    [JSON.stringify('\\"['.repeat(1000)), false],
    [`["\\\\",${deep(MAX_JSON_DEPTH)}]`, true],
    [`{"${'a'.repeat(100)}":${'{"a":'.repeat(40)}`, true],
    ['', false],
    [']]]]', false],
  ];
  for (const [json, isDeep] of ROWS) t.equal(isTooDeep(json), isDeep, json.slice(0, 60));
});

t.test('http: request ids', async (t) => {
  const { app } = await build(t);
  const echo = async (id?: string) => {
    const response = await call(app, PRODUCTS, {}, id === undefined ? {} : { 'x-request-id': id });
    return response.headers['x-request-id'];
  };
  const own = 'return_exchange-6f9619ff-8b86-4d01-b42d-00cf4fc964ff';
  t.equal(await echo(own), own, 'a sane one is taken over');
  t.match(await echo(), UUID, 'one is made when none comes');
  for (const bad of [
    'short',
    'a b c d e f g h',
    'x'.repeat(129),
    'line\u00e9break',
    '<script>alert(1)</script>',
  ])
    t.match(await echo(bad), UUID, `not taken over: ${bad.slice(0, 20)}`);
});

t.test('http: two keys are valid at once', async (t) => {
  const { app } = await build(t, { env: { CONCIERGE_API_KEY: `${KEY}, another-key-1` } });
  for (const key of [KEY, 'another-key-1'])
    t.equal((await call(app, PRODUCTS, {}, { authorization: `Bearer ${key}` })).statusCode, 200, key);
  t.equal(
    (await call(app, PRODUCTS, {}, { authorization: `bearer  ${KEY}` })).statusCode,
    200,
    'the scheme in any case',
  );
  t.equal((await call(app, PRODUCTS, {}, { authorization: `Bearer ${KEY}, another-key-1` })).statusCode, 401);
});

t.test('http: health', async (t) => {
  const { app } = await build(t);
  for (const url of ['/health/live', '/health/startup'])
    t.match((await app.inject({ url })).json(), { status: 'ok' });
  const ready = await app.inject({ url: '/health/ready' });
  t.equal(ready.statusCode, 200);
  t.same(bodyOf(ready), { status: 'ok', checks: { database: 'ok', storage: 'ok' } });

  const { app: without } = await build(t, {
    env: { S3_ENDPOINT: 'http://127.0.0.1:1', S3_TIMEOUT_MS: '500' },
  });
  const degraded = await without.inject({ url: '/health/ready' });
  t.equal(degraded.statusCode, 200, 'only images need the object store');
  t.same(bodyOf(degraded), { status: 'degraded', checks: { database: 'ok', storage: 'unavailable' } });
  t.equal((await without.inject({ url: '/health/live' })).statusCode, 200, 'it lives all the same');
});

t.test('http: the documentation is open, and made from the app', async (t) => {
  const { app } = await build(t);
  const json = (await app.inject({ url: '/openapi.json' })).json();
  t.equal(json.openapi, '3.1.0');
  t.ok(Object.keys(json.paths).length >= 14, 'every call, and two health checks');
  t.match((await app.inject({ url: '/openapi.yaml' })).headers['content-type'], /yaml/);
  const page = await app.inject({ url: '/docs/' });
  t.equal(page.statusCode, 200);
  t.notMatch(page.body, /https?:\/\/(?!127)/, 'nothing is loaded from elsewhere');
  t.match(page.headers['content-security-policy'], /default-src 'none'; script-src 'self';/);
  const shown = (await app.inject({ url: '/docs/json' })).json();
  t.same(shown.servers, [{ url: '/' }], 'calls are tried on the service that shows the page');
});

t.test('http: the documentation is made once, and can be switched off', async (t) => {
  const { app } = await build(t);
  let made = 0;
  const { swagger } = app;
  app.swagger = ((...args: Parameters<typeof swagger>) => {
    made += 1;
    return swagger(...args);
  }) as typeof swagger;
  for (const url of ['/openapi.json', '/openapi.yaml', '/docs/json', '/docs/yaml']) {
    made = 0;
    const answers = await Promise.all(Array.from({ length: 20 }, () => app.inject({ url })));
    for (const { statusCode, body } of answers) {
      t.equal(statusCode, 200);
      t.equal(body, answers[0]?.body);
    }
    t.equal(made, 1, url);
  }

  const { app: closed } = await build(t, { env: { DOCS_ENABLED: 'false' } });
  for (const url of ['/openapi.json', '/openapi.yaml', '/docs', '/docs/', '/docs/json', '/docs/yaml'])
    t.equal((await closed.inject({ url })).statusCode, 404, url);
  t.ok(closed.swagger(), 'what the tools make of it is there still');
});

t.test('http: every request is one log line, without what is private', async (t) => {
  const lines: string[] = [];
  const stream = { write: (line: string) => lines.push(line) };
  const { app } = await build(t, { logger: { level: 'info', stream } });
  lines.length = 0;
  const body = { sessionId: 'secret-session', email: 'ada.marked@example.com', postalCode: '10001' };
  await call(app, STATUS, body, { 'x-request-id': 'logged-request-1' });
  const written = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'request');
  t.equal(written.length, 1);
  t.match(written[0], {
    requestId: 'logged-request-1',
    route: STATUS,
    method: 'POST',
    status: 404,
    durationMs: Number,
  });
  t.match(written[0]?.key, /^[0-9a-f]{8}$/, 'which key');
  t.notMatch(lines.join(''), new RegExp(`secret-session|ada\\.marked|10001|${KEY}`));
});

t.test(
  'http: headers against browsers, and pages of other origins only when they are configured',
  async (t) => {
    const { app } = await build(t);
    const preflight = (from: FastifyInstance) =>
      from.inject({
        method: 'OPTIONS',
        url: PRODUCTS,
        headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST' },
      });
    const answer = await call(app, PRODUCTS, {}, { origin: 'https://shop.example' });
    t.match(answer.headers, {
      'content-security-policy': /default-src 'none'.*frame-ancestors 'none'/,
      'strict-transport-security': /max-age=\d+/,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    t.notOk(Object.keys(answer.headers).some((name) => name.startsWith('access-control')));
    t.equal((await preflight(app)).statusCode, 405);
    t.match((await app.inject({ url: '/nowhere' })).headers, { 'x-content-type-options': 'nosniff' });

    const { app: open } = await build(t, { env: { CORS_ORIGINS: 'https://shop.example' } });
    const allowed = (await preflight(open)).headers;
    t.equal(allowed['access-control-allow-origin'], 'https://shop.example');
    t.match(allowed['access-control-allow-headers'], /authorization/);
    const foreign = await call(open, PRODUCTS, {}, { origin: 'https://elsewhere.example' });
    t.not(foreign.headers['access-control-allow-origin'], 'https://elsewhere.example');
  },
);

t.test('http: a stream that has begun may take longer than a handler', async (t) => {
  const app = Fastify();
  for (const plugin of [sessionId, requestId, errors]) await app.register(plugin);
  await app.register(handlerTimeout, { timeoutMs: 30 });
  app.get('/stream', async (_request, reply) => {
    const stream = new PassThrough();
    stream.write('begun');
    setTimeout(() => stream.end(', ended'), 120);
    return reply.type('text/plain').send(stream);
  });
  app.get('/never', () => new Promise(() => {}));
  const address = await app.listen({ port: 0 });
  t.teardown(() => app.close());
  t.equal(await (await fetch(`${address}/stream`)).text(), 'begun, ended');
  t.equal((await fetch(`${address}/never`)).status, 503);
});

t.test(
  'http: what waits for something that fails is answered sooner; what has a time of its own is not',
  async (t) => {
    const app = Fastify();
    for (const plugin of [sessionId, requestId, errors]) await app.register(plugin);
    let isFailing = false;
    let looks = 0;
    const failing = {
      timeoutMs: 10,
      isFailing: () => {
        looks += 1;
        // as long as it does not fail, it is looked at again; then it does
        isFailing = looks > 2;
        return isFailing;
      },
    };
    await app.register(handlerTimeout, { timeoutMs: 600_000, failing });
    let finish = (_answer: string): void => {};
    const handler = () =>
      new Promise<string>((resolve) => {
        finish = resolve;
      });
    app.get('/waits', handler);
    app.get('/takes-long', { config: { handlerTimeoutMs: 600_000 } }, handler);
    t.teardown(() => app.close());
    const takesLong = app.inject('/takes-long');
    await app.inject('/nowhere');
    const finishLong = finish;
    const { statusCode, headers } = await app.inject('/waits');
    t.equal(statusCode, 503);
    t.match(headers, { 'retry-after': /^\d+$/ });
    t.equal(looks, 3);
    finish('nobody hears it');
    finishLong('done');
    t.equal((await takesLong).body, 'done');
  },
);

t.test('http: the root names the documentation, or says that it is switched off', async (t) => {
  for (const [DOCS_ENABLED, detail] of [
    ['true', /\/docs/],
    ['false', /switched off/],
  ] as const) {
    const { app } = await build(t, { env: { DOCS_ENABLED } });
    const response = await app.inject({ url: '/' });
    t.equal(response.statusCode, 404);
    t.match(response.headers['content-type'], /^application\/problem\+json/);
    t.match(response.json(), { code: 'route.not_found', detail });
  }
});

type Hook = (this: unknown, ...args: unknown[]) => unknown;
const HOOKS = ['onRequest', 'preValidation', 'preHandler', 'preSerialization', 'onSend', 'onResponse'];

/** Notes each hook that a request passes, those of all routes and those of its own, by kind and plugin. */
function notePassed(passed: string[]): (message: unknown) => void {
  const noting = (name: string, plugin: string, hook: Hook): Hook =>
    function (this: unknown, ...args) {
      passed.push(`${name} ${plugin}`);
      return hook.apply(this, args);
    };
  const ofRoutes = (plugin: string, onRoute: Hook): Hook =>
    function (this: unknown, given) {
      const route = given as RouteOptions & Record<string, Hook[] | undefined>;
      const before = new Set(HOOKS.flatMap((name) => route[name] ?? []));
      onRoute.call(this, route);
      for (const name of HOOKS)
        if (Array.isArray(route[name]))
          Object.assign(route, {
            [name]: route[name].map((hook) => (before.has(hook) ? hook : noting(name, plugin, hook))),
          });
    };
  return (message) => {
    const { fastify } = message as { fastify: FastifyInstance };
    const addHook = fastify.addHook as (name: string, hook: Hook) => FastifyInstance;
    Object.assign(fastify, {
      addHook(this: FastifyInstance, name: string, hook: Hook) {
        const plugin = this.pluginName.split(' -> ').at(-1) ?? '';
        if (name === 'onRoute') return addHook.call(this, name, ofRoutes(plugin, hook));
        return addHook.call(this, name, HOOKS.includes(name) ? noting(name, plugin, hook) : hook);
      },
    });
  };
}

t.test('hooks: a call passes those of its route, in the order of the table in plugins/core', async (t) => {
  const table: string[] = [];
  let kind = '';
  for (const [, first = '', plugins = ''] of readFileSync('plugins/core/README.md', 'utf8').matchAll(
    /^\| (`on\w+`|`pre\w+`|) ?\| (`.*?) \|/gm,
  )) {
    kind = first.replaceAll('`', '') || kind;
    for (const [, plugin = ''] of plugins.matchAll(/`([a-z-]+)`/g)) table.push(`${kind} ${plugin}`);
  }
  const passed: string[] = [];
  const listener = notePassed(passed);
  subscribe('fastify.initialization', listener);
  const { app } = await build(t);
  unsubscribe('fastify.initialization', listener);
  const passedBy = async (url: string, body: object) => {
    passed.length = 0;
    t.equal((await call(app, url, body)).statusCode, 200);
    return passed.filter((hook) => table.includes(hook));
  };

  const keyed = { sessionId: 'hooks-session', items: [], idempotencyKey: 'key-of-hooks' };
  const ofAll = await passedBy('/api/concierge/shortlist', keyed);
  t.same(
    ofAll,
    table.filter((hook) => ofAll.includes(hook)),
    'in this order, and each once',
  );
  for (const hook of ['preHandler note-sessions', 'preHandler idempotency', 'onSend idempotency'])
    t.ok(ofAll.includes(hook), hook);
  const ofProducts = await passedBy(PRODUCTS, {});
  t.same(
    ofAll.filter((hook) => !ofProducts.includes(hook)),
    ['preHandler idempotency', 'onSend idempotency'],
    'a search takes no key',
  );
});
