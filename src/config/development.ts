import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../platform/keys/keys.js';

/** Keys and secrets of development. Everyone knows them: a service in production form refuses them. */
export const DEVELOPMENT = {
  key: 'dev-concierge-key',
  /** May do what the fulfilment team and the support staff may. */
  staffKey: 'dev-staff-key',
  salt: 'salt-of-development',
  /** Constants, so that nobody is signed out by a restart. */
  sessionSecret: 'secret-of-the-sessions-of-development',
  linkSecret: 'salt-of-development',
};

/** What of the settings `npm run dev` sets where the environment does not, on the stand-ins that it has started. */
export function developmentSettings(env: NodeJS.ProcessEnv, standIns: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  // links in mails, and pictures of the seeded pieces, lead to this service
  const self = env.PORT === '0' ? undefined : `http://127.0.0.1:${env.PORT || DEFAULT_PORT}`;
  const defaults = {
    PUBLIC_URL: self,
    SHOP_URL: self,
    CONCIERGE_API_KEY: DEVELOPMENT.key,
    ANALYTICS_SALT: DEVELOPMENT.salt,
    MCP_ENABLED: 'true',
    DASHBOARD_ENABLED: 'true',
    DASHBOARD_SESSION_SECRET: DEVELOPMENT.sessionSecret,
    LINK_SECRET: DEVELOPMENT.linkSecret,
    ORDERS_PROOF: 'trusted',
    // as the seeds have it
    ORDER_NUMBER_PREFIX: 'GG-',
  };
  const missing = Object.entries(defaults).filter(([name]) => !env[name]);
  return { ...standIns, ...Object.fromEntries(missing) };
}

const DEFAULT_PORT = 4400;

/** A service in development, as others on this machine find it. */
export interface Running {
  pid: number;
  address: string;
  /** How its stand-ins are reached. */
  standIns: NodeJS.ProcessEnv;
}

/** Where `npm run dev` says that it runs, in its data folder. */
export const runningFile = (env: NodeJS.ProcessEnv): string => join(env.DATA_DIR || '.data', 'running.json');

/** The service in development that runs on this folder; undefined when none does. */
export function findRunning(env: NodeJS.ProcessEnv): Running | undefined {
  try {
    const running: Running = JSON.parse(readFileSync(runningFile(env), 'utf8'));
    process.kill(running.pid, 0);
    return running;
  } catch {
    return undefined;
  }
}

/** The hash of the key with which the compose file's Prometheus reads the metrics. */
const COMPOSE_METRICS_KEY = '8458369c04eb3d2f510012237bf95874654d3281aa9c837c7cc106b95c9ba62d';
const PUBLISHED = [
  ...Object.values(DEVELOPMENT),
  'salt-of-this-machine',
  'secret-of-this-machine-and-no-other',
];
const PUBLISHED_HASHES: readonly string[] = [...PUBLISHED.map(sha256), COMPOSE_METRICS_KEY];

/** Of letters that repeat, a text of any length is soon guessed. */
const MIN_DIFFERENT = 8;
const MIN_SECRET_LENGTH = 16;

/** What is wrong with a secret, as the end of a sentence; undefined for one that is not known to be. */
export function weaknessOf(secret: string): string | undefined {
  if (PUBLISHED.includes(secret)) return 'is one of development, which everyone knows';
  if (secret.length < MIN_SECRET_LENGTH) return `has fewer than ${MIN_SECRET_LENGTH} characters`;
  if (new Set(secret).size < MIN_DIFFERENT) return 'is a repetition of a few characters';
  return undefined;
}

/** Whether the hash of a key is that of one that everyone knows. */
export const isPublishedHash = (hash: string): boolean => PUBLISHED_HASHES.includes(hash);
