import type { FastifyInstance } from 'fastify';
import type { Db } from 'mongodb';
import type { Test } from 'tap';
import { buildApp } from '../../src/app.js';
import { loadConfig } from '../../src/config/load.js';
import { type ApiKey, keyOf, type Scope } from '../../src/platform/keys/keys.js';
import { database, environment } from '../helper.js';

const READ: Scope[] = ['dashboard:read'];
/** Keys, each with what it allows; a key's id is its first word. */
export const KEYS = {
  agent: 'agent-key-of-margaux',
  all: 'all-rights-of-the-dashboard',
  keeper: 'keeper-of-the-data-of-customers',
  lead: 'lead-key-of-jeanne-who-leads',
  looker: 'looker-who-may-not-act',
  machine: 'machine-of-the-shop-that-signs',
  other: 'other-team-without-a-dashboard',
};
const SCOPES: Record<keyof typeof KEYS, Scope[]> = {
  agent: [...READ, 'dashboard:write'],
  all: [...READ, 'dashboard:write', 'dashboard:pii', 'dashboard:finance', 'staff:manage'],
  keeper: [...READ, 'dashboard:pii', 'privacy:write'],
  lead: [...READ, 'dashboard:write', 'dashboard:pii', 'staff:manage'],
  looker: READ,
  machine: ['webhooks'],
  other: ['returns:manage'],
};
export const staffKeys = (Object.keys(KEYS) as (keyof typeof KEYS)[]).map(
  (id): ApiKey => ({ ...keyOf(KEYS[id], SCOPES[id]), id }),
);

export const ENABLED = {
  DASHBOARD_ENABLED: 'true',
  DASHBOARD_SESSION_SECRET: 'secret-of-the-sessions-of-the-tests',
};

/** The whole service with its pages, and with the keys of the staff. */
export async function start(
  test: Test,
  {
    now,
    env = ENABLED,
    prepare,
  }: { now: () => Date; env?: NodeJS.ProcessEnv; prepare?: (db: Db) => Promise<void> },
): Promise<{ app: FastifyInstance; db: Db }> {
  const db = await database(test);
  await prepare?.(db);
  const config = loadConfig(await environment(db, env), {});
  const app = await buildApp({ ...config, apiKeys: [...config.apiKeys, ...staffKeys] }, { now });
  test.teardown(() => app.close());
  return { app, db };
}

export async function get(app: FastifyInstance, path: string, key = KEYS.agent) {
  const response = await app.inject({
    url: `/api/dashboard${path}`,
    headers: { authorization: `Bearer ${key}` },
  });
  return { status: response.statusCode, body: response.json() };
}

export async function act(app: FastifyInstance, path: string, body: object, key = KEYS.agent) {
  const response = await app.inject({
    method: 'POST',
    url: `/api/dashboard/support/${path}/actions`,
    headers: { authorization: `Bearer ${key}` },
    payload: { by: 'Margaux', ...body },
  });
  return { status: response.statusCode, body: response.json() };
}

/** What a browser keeps of cookies, and how it sends forms. */
export function createVisitor(app: FastifyInstance) {
  const cookies: Record<string, string> = {};

  async function send(method: 'GET' | 'POST', url: string, form?: Record<string, string>) {
    const response = await app.inject({
      method,
      url,
      cookies,
      ...(form && {
        payload: new URLSearchParams(form).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      }),
    });
    for (const { name, value } of response.cookies) cookies[name] = value;
    return response;
  }
  const open = (url: string) => send('GET', url);

  /** Sends a form with the token of that page. */
  async function submit(page: string, url: string, form: Record<string, string>) {
    const { body } = await open(page);
    return send('POST', url, { _csrf: tokenOf(body), ...form });
  }
  const signIn = (key = KEYS.agent, name = 'Margaux') =>
    submit('/dashboard/sign-in', '/dashboard/sign-in', { key, name, next: '' });

  return { cookies, send, open, submit, signIn };
}

export const tokenOf = (html: string): string => /name="_csrf" value="([^"]+)"/.exec(html)?.[1] ?? '';

/** One service for the tests of a file, which each begin without documents: starting one takes longer than most of them. */
export function stage(test: Test, now: () => Date): () => Promise<{ app: FastifyInstance; db: Db }> {
  let started: ReturnType<typeof start> | undefined;
  return async () => {
    started ??= start(test, { now });
    const { app, db } = await started;
    await Promise.all(
      Object.values(app.collections).map((collection) =>
        db.collection(collection.collectionName).deleteMany({}),
      ),
    );
    return { app, db };
  };
}
