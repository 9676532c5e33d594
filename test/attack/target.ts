// What is attacked: the service in production form, in a process of its own, on a fresh embedded database with the seeds in it.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Db, MongoClient } from 'mongodb';
import { startEmbedded } from '../../embedded/index.js';
import { seedCatalogue, seedCreators, seedOrders } from '../../scripts/seed.js';
import { keyOf, SCOPES, type Scope } from '../../src/platform/keys/keys.js';
import { type ReceivedEmail, smtpReceiver } from '../connectors/smtp-receiver.js';
import { built } from '../processes.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WITH_MAIL = ['unconfirmedReturns', 'orderCodes', 'returns', 'widgetOrderSubscriptions'];
const UNSENT = { deliveries: { $elemMatch: { to: 'email', state: 'pending' } } };
const START_MS = 60_000;
const secret = (): string => randomBytes(24).toString('base64url');

/** Secrets of this run. */
export const KEYS = { widget: secret(), staff: secret(), agent: secret(), looker: secret() };
const SCOPES_OF: Record<Exclude<keyof typeof KEYS, 'widget'>, readonly Scope[]> = {
  staff: SCOPES.filter((scope) => scope !== 'orders:trusted'),
  agent: ['dashboard:read', 'dashboard:write'],
  looker: ['dashboard:read'],
};

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  body: Record<string, unknown>;
}

export interface Sent {
  method?: string;
  key?: keyof typeof KEYS | undefined;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Target {
  address: string;
  /** Of its process. */
  pid: number;
  isUp(): boolean;
  /** With which it was started. */
  settings: NodeJS.ProcessEnv;
  db: Db;
  /** What has come by email since it was last asked, once nothing waits to be sent. */
  mails(): Promise<ReceivedEmail[]>;
  send(path: string, sent?: Sent): Promise<Answer>;
  /** Starts another one with other settings; resolves with its exit code, or null when it stayed up, and what it said. */
  tryStart(env: NodeJS.ProcessEnv): Promise<{ code: number | null; said: string }>;
  stop(): Promise<void>;
}

/** Starts it, with settings beside those of every run; as it is built, if a command is given that starts that. */
export async function startTarget(
  env: NodeJS.ProcessEnv = {},
  command: readonly string[] = [built('src/server')],
): Promise<Target> {
  const folder = await mkdtemp(join(tmpdir(), 'concierge-attack-'));
  const embedded = await startEmbedded({ dataDir: join(folder, 'data') });
  const keys = join(folder, 'keys.json');
  const entries = Object.entries(SCOPES_OF).map(([id, scopes]) => ({
    id,
    scopes,
    sha256: keyOf(KEYS[id as keyof typeof KEYS], scopes).sha256,
  }));
  await writeFile(keys, JSON.stringify(entries));
  const ends: (() => unknown)[] = [];
  const mailbox = await smtpReceiver({ teardown: (end: () => unknown) => void ends.push(end) });
  const settings: NodeJS.ProcessEnv = {
    ...embedded.settings,
    PATH: process.env.PATH,
    // when a test starts it, what it runs is not counted: tap would read it as wholly covered, or not at all
    _TAPJS_PROCESSINFO_COVERAGE_: '0',
    NODE_ENV: 'production',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    HOST: '127.0.0.1',
    PORT: '0',
    MONGODB_DB: 'attacked',
    CONCIERGE_API_KEY: KEYS.widget,
    CONCIERGE_API_KEYS_FILE: keys,
    ANALYTICS_SALT: secret(),
    LINK_SECRET: secret(),
    DASHBOARD_ENABLED: 'true',
    DASHBOARD_SESSION_SECRET: secret(),
    ORDER_WEBHOOK_SECRET: `whsec_${randomBytes(32).toString('base64')}`,
    // each customer has an address of its own, as a proxy of the shop forwards it
    TRUST_PROXY: '127.0.0.1',
    SMS_OPT_INS_PER_DAY: '20',
    // as the image sets it
    MALLOC_ARENA_MAX: '2',
    SMTP_URL: `smtp://127.0.0.1:${mailbox.port}`,
    EMAIL_FROM: 'concierge@shop.example',
    // soon enough to be waited for
    UPLOAD_STALLED_MS: '1000',
    // the machine may be busy: what is tried here is not how soon calls are refused then
    OVERLOAD_EVENT_LOOP_DELAY_MS: '0',
    ...env,
  };
  const client = await MongoClient.connect(String(settings.MONGODB_URI), { ignoreUndefined: true });
  const db = client.db(settings.MONGODB_DB);
  await Promise.all([seedCatalogue(db), seedCreators(db), seedOrders(db, new Date())]);
  const { child, address } = await launch(settings, command);

  return {
    address,
    pid: child.pid ?? 0,
    isUp: () => child.exitCode === null && child.signalCode === null,
    settings,
    db,
    async mails() {
      for (const name of WITH_MAIL)
        while ((await db.collection(name).countDocuments(UNSENT)) > 0) await wait(50);
      return mailbox.emails.splice(0);
    },
    send: (path, sent) => send(address, path, sent),
    tryStart: (env) => tryStart({ ...settings, ...env }),
    async stop() {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
      await client.close();
      for (const end of ends) await end();
      await embedded.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const start = (env: NodeJS.ProcessEnv, command: readonly string[] = [built('src/server')]): ChildProcess =>
  spawn(process.execPath, command, { cwd: ROOT, env });

function launch(
  env: NodeJS.ProcessEnv,
  command: readonly string[],
): Promise<{ child: ChildProcess; address: string }> {
  const child = start(env, command);
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (chunk: Buffer) => {
      output = `${output}${chunk}`.slice(-20_000);
      const [, address] = /listening at (http:\/\/127\.0\.0\.1:\d+)/.exec(output) ?? [];
      if (address) resolve({ child, address });
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', (code) => reject(new Error(`The service ended with ${code}: ${output}`)));
    setTimeout(() => reject(new Error(`The service did not start: ${output}`)), START_MS).unref();
  });
}

async function tryStart(env: NodeJS.ProcessEnv): Promise<{ code: number | null; said: string }> {
  const child = start(env);
  let said = '';
  const isUp = new Promise<null>((resolve) => {
    const read = (chunk: Buffer) => {
      said = `${said}${chunk}`.slice(-20_000);
      if (/listening at/.test(said)) resolve(null);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
  });
  const ended = once(child, 'exit').then(([code]) => code as number);
  const code = await Promise.race([isUp, ended]);
  if (code === null) child.kill('SIGKILL');
  return { code, said };
}

async function send(
  address: string,
  path: string,
  { method, key, body, headers }: Sent = {},
): Promise<Answer> {
  const isForm = body instanceof FormData || body instanceof URLSearchParams;
  const response = await fetch(`${address}${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(body !== undefined && !isForm && { 'content-type': 'application/json' }),
      ...(key && { authorization: `Bearer ${KEYS[key]}` }),
      ...headers,
    },
    body: isForm || typeof body === 'string' ? body : JSON.stringify(body),
    redirect: 'manual',
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: objectIn(text) };
}

function objectIn(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
