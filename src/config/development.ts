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
export const MIN_SECRET_LENGTH = 16;

/** What is wrong with a secret, as the end of a sentence; undefined for one that is not known to be. */
export function weaknessOf(secret: string): string | undefined {
  if (PUBLISHED.includes(secret)) return 'is one of development, which everyone knows';
  if (secret.length < MIN_SECRET_LENGTH) return `has fewer than ${MIN_SECRET_LENGTH} characters`;
  if (new Set(secret).size < MIN_DIFFERENT) return 'is a repetition of a few characters';
  return undefined;
}

/** Whether the hash of a key is that of one that everyone knows. */
export const isPublishedHash = (hash: string): boolean => PUBLISHED_HASHES.includes(hash);
