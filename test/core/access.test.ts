import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import t from 'tap';
import { parse } from 'yaml';
import { buildApp } from '../../src/app.js';
import { loadConfig } from '../../src/config/load.js';
import { type ApiKey, keyOf, SCOPES, type Scope, WIDGET_SCOPES } from '../../src/platform/keys/keys.js';
import { database, environment } from '../helper.js';
import { leavesOf, withValue } from './operations.js';

/*
 * Who may call what, for every operation that the committed API document has: a new route is in this table as soon as it is documented, and it
 * is wrong until its key, its scope, its session and its parameters are.
 */

interface Operation {
  name: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  /** One of them is enough; none: anyone may call. */
  scopes: Scope[];
  /** The names of its path parameters. */
  parameters: string[];
  bodies: unknown[];
}

interface Media {
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}

const OPERATIONS: Operation[] = Object.entries(parse(readFileSync('openapi.yaml', 'utf8')).paths).flatMap(
  ([path, methods]) =>
    Object.entries(methods as Record<string, DocumentedOperation>).map(([method, operation]) => ({
      name: operation.operationId,
      method: method.toUpperCase() as Operation['method'],
      path,
      scopes: operation.security.flatMap(({ bearerKey }) => bearerKey ?? []),
      parameters: [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name),
      bodies: bodiesOf(operation.requestBody?.content?.['application/json']),
    })),
);

interface DocumentedOperation {
  operationId: string;
  security: { bearerKey?: Scope[] }[];
  requestBody?: { content?: Record<string, Media> };
}

function bodiesOf({ example, examples = {} }: Media = {}): unknown[] {
  const bodies = [
    ...(example === undefined ? [] : [example]),
    ...Object.values(examples).map(({ value }) => value),
  ];
  return bodies.length > 0 ? bodies : [{}];
}

const KEYED = OPERATIONS.filter(({ scopes }) => scopes.length > 0);
const OPEN = OPERATIONS.filter(({ scopes }) => scopes.length === 0);

const secretOf = (id: string): string => `secret-of-the-key-${id}`;
const EXPIRED: ApiKey = {
  ...keyOf(secretOf('expired'), SCOPES),
  id: 'expired',
  notAfter: new Date('2020-01-01T00:00:00Z'),
};
const KEYS: ApiKey[] = [
  ...SCOPES.map((scope) => ({ ...keyOf(secretOf(scope), [scope]), id: scope.replace(':', '-') })),
  { ...keyOf(secretOf('all'), SCOPES), id: 'all' },
  { ...keyOf(secretOf('widget'), WIDGET_SCOPES), id: 'widget' },
  { ...keyOf(secretOf('nothing'), []), id: 'nothing' },
  EXPIRED,
];

let app: FastifyInstance;
t.before(async () => {
  const db = await database(t);
  // what the examples of the document name
  const product = { name: 'Ring', category: 'ring', price: 10, metadata: { status: 'active' } };
  await db
    .collection('products')
    .insertMany(['RNG-101', 'EAR-301'].map((sku) => ({ ...product, inventory: { sku, quantity: 90 } })));
  const order = { customerEmail: 'ada@example.com', status: 'delivered', createdAt: new Date() };
  const items = [{ lineId: 'a', sku: 'RNG-101', title: 'Ring', quantity: 5 }];
  const numbers = new Set(JSON.stringify(OPERATIONS).match(/GG-\d+/g));
  await db
    .collection('orders')
    .insertMany([...numbers].map((orderNumber) => ({ ...order, orderNumber, items })));
  const config = loadConfig(await environment(db), {});
  app = await buildApp({ ...config, apiKeys: KEYS });
  t.teardown(() => app.close());
  await app.ready();
});

interface Call {
  key?: string;
  authorization?: string;
  body?: unknown;
  parameters?: Record<string, string>;
}

async function make(
  { method, path, bodies }: Operation,
  { key, authorization, body, parameters = {} }: Call,
) {
  const url = path.replace(/\{(\w+)\}/g, (_, name) =>
    encodeURIComponent(parameters[name] ?? 'no-such-thing-1'),
  );
  const shown = authorization ?? (key && `Bearer ${secretOf(key)}`);
  const response = await app.inject({
    method,
    url,
    headers: { 'content-type': 'application/json', ...(shown && { authorization: shown }) },
    payload: method === 'GET' ? undefined : JSON.stringify(body ?? bodies[0]),
  });
  const problem = /problem\+json/.test(String(response.headers['content-type']))
    ? response.json()
    : undefined;
  return {
    status: response.statusCode,
    code: problem?.code as string | undefined,
    headers: response.headers,
    body: response.body,
  };
}

t.test('access: without a key, or with one that is none, no operation answers', async (t) => {
  t.ok(KEYED.length >= 30, 'all of them');
  const CALLERS: [who: string, call: Call, code: string][] = [
    ['no key', {}, 'auth.missing_key'],
    ['a wrong key', { key: 'never-made' }, 'auth.invalid_key'],
    ['a key that has ended', { key: 'expired' }, 'auth.invalid_key'],
    ['another scheme', { authorization: `Basic ${secretOf('all')}` }, 'auth.missing_key'],
    ['an empty key', { authorization: 'Bearer ' }, 'auth.missing_key'],
    [
      'a hash in place of the key',
      { authorization: `Bearer ${keyOf(secretOf('all'), []).sha256}` },
      'auth.invalid_key',
    ],
  ];
  for (const operation of KEYED)
    for (const [who, call, code] of CALLERS) {
      const answer = await make(operation, call);
      t.same(
        { status: answer.status, code: answer.code },
        { status: 401, code },
        `${operation.name}: ${who}`,
      );
      t.match(answer.headers['www-authenticate'], /^Bearer /, `${operation.name}: ${who}`);
    }
  for (const operation of OPEN) {
    const answer = await make(operation, {});
    t.notOk([401, 403].includes(answer.status) || answer.status >= 500, `${operation.name} is open`);
  }
});

t.test('access: each scope opens what the document says, and nothing else', async (t) => {
  for (const operation of KEYED) {
    for (const scope of [...SCOPES, 'nothing']) {
      const isOpen = operation.scopes.includes(scope as Scope);
      const answers = await Promise.all(
        operation.bodies.map((body) => make(operation, { key: scope, body })),
      );
      const refused = answers.filter(({ code }) => code === 'auth.missing_scope');
      const what = `${operation.name} with ${scope}`;
      t.equal(
        answers.find(({ status }) => status >= 500 && status !== 503),
        undefined,
        what,
      );
      if (isOpen) t.ok(refused.length < answers.length, `${what}: opens`);
      else t.equal(refused.length, answers.length, `${what}: does not open`);
      if (!isOpen)
        for (const { headers } of answers)
          t.ok(
            operation.scopes.every((needed) => String(headers['www-authenticate']).includes(needed)),
            `${what}: the answer names what is needed`,
          );
    }
  }
});

const [MINE, THEIRS] = [randomUUID(), randomUUID()];
const MARK = 'zqmark';

/** A body of that session; what a customer writes in it is marked. */
function inSession(body: unknown, sessionId: string, mark: string): unknown {
  return leavesOf(body).reduce((so, place) => {
    const name = String(place.findLast((part) => typeof part === 'string') ?? '');
    if (name === 'sessionId') return withValue(so, place, sessionId);
    if (/notes|comment|content|text|caption|name$|title|reason|email/i.test(name))
      return withValue(so, place, /email/i.test(name) ? `${mark}@example.com` : `${mark} ${name}`);
    return so;
  }, body);
}

/** What can be named in a path, as the answers of a session have told it. */
const idsIn = (bodies: string[]): string[] => [
  ...new Set(
    bodies.flatMap(
      (body) =>
        body.match(/\b(?:insp|cap|sub)_[0-9a-f-]{36}\b|\b[A-Z]{2,4}-[A-Z0-9]{4}-[A-Z0-9]{4}\b/g) ?? [],
    ),
  ),
];

t.test(
  "access: another session is told nothing of this one's, by no operation and under no id",
  async (t) => {
    const widget = KEYED.filter(({ scopes }) =>
      scopes.some((scope) => (WIDGET_SCOPES as readonly Scope[]).includes(scope)),
    );
    const own = (operation: Operation, session: string): Record<string, string> =>
      operation.parameters.includes('sessionId') ? { sessionId: session } : {};
    const told: string[] = [];
    for (const operation of widget)
      for (const body of operation.bodies) {
        const answer = await make(operation, {
          key: 'widget',
          body: inSession(body, MINE, MARK),
          parameters: own(operation, MINE),
        });
        told.push(answer.body);
      }
    const ids = idsIn(told);
    t.ok(ids.length >= 3, `some things were made: ${ids}`);
    t.ok(
      told.some((body) => body.includes(MARK)),
      'and the session itself is told what it wrote',
    );

    for (const operation of widget) {
      const named = operation.parameters.filter((name) => name !== 'sessionId');
      const paths =
        named.length === 0
          ? [{}]
          : ids.map((id) => Object.fromEntries(named.map((name): [string, string] => [name, id])));
      for (const path of paths)
        for (const body of operation.bodies) {
          const theirs = inSession(body, THEIRS, 'other');
          const parameters = { ...path, ...own(operation, THEIRS) };
          const answer = await make(operation, { key: 'widget', body: theirs, parameters });
          const what = `${operation.name} ${JSON.stringify(path)}`;
          t.notMatch(answer.body, MARK, what);
          t.ok(answer.status < 500 || answer.status === 503, `${what}: ${answer.status}`);
        }
    }
  },
);

t.test('access: a path that names nothing is a 4xx, whoever asks', async (t) => {
  const STRANGE = [
    'no-such-thing-1',
    randomUUID(),
    '../../etc',
    '%2e%2e',
    "'; drop",
    '{"$gt":""}',
    '__proto__',
    'x'.repeat(199),
  ];
  for (const operation of OPERATIONS.filter(({ parameters }) => parameters.length > 0))
    for (const value of STRANGE) {
      // a conversation is begun by who is the first to name it
      if (operation.parameters.includes('sessionId') && operation.method === 'PUT' && value.length === 36)
        continue;
      const parameters = Object.fromEntries(operation.parameters.map((name) => [name, value]));
      for (const body of operation.bodies) {
        const { status } = await make(operation, { key: 'all', body, parameters });
        t.ok(status >= 400 && status < 500, `${operation.name} ${value}: ${status}`);
      }
    }
});
