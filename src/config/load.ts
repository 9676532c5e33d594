import { readFileSync } from 'node:fs';
import type { TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { StartError } from '../lib/log-error.js';
import { readDeliverySettings } from './delivery-settings.js';
import { isPublishedHash, weaknessOf } from './development.js';
import { Environment } from './environment.js';
import { readImageSettings } from './image-settings.js';
import type { ReadKeyFile } from './key-file.js';
import { readLimitSettings } from './limit-settings.js';
import { readOperationSettings } from './operation-settings.js';
import { listOf, meaningOf } from './read-setting.js';
import { readServiceSettings, secretsOf } from './service-settings.js';
import { readShopSettings } from './shop-settings.js';
import { readStoreSettings } from './store-settings.js';
import { readVendorSettings } from './vendor-settings.js';

export type Config = ReturnType<typeof readSettings>;

/** Thrown by `loadConfig`; `problems` has one sentence for each variable that is missing or wrong. */
export class ConfigError extends StartError {
  readonly problems: string[];

  constructor(problems: string[]) {
    super(`The settings cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/**
 * Reads the settings from `overrides`, then `env`, then their defaults. In production, secrets that everyone knows or soon guesses are
 * refused.
 * @throws ConfigError naming every variable that is missing or wrong, all at once.
 */
export function loadConfig(
  overrides: NodeJS.ProcessEnv = {},
  env: NodeJS.ProcessEnv = process.env,
  { isProduction = false }: { isProduction?: boolean } = {},
): Config {
  const problems: string[] = [];
  const given = readEnvironment({ ...env, ...overrides }, problems);
  const values = Value.Default(Environment, Value.Convert(Environment, given));
  for (const error of Value.Errors(Environment, values)) {
    const name = error.path.slice(1);
    if (problems.some((problem) => problem.startsWith(name))) continue;
    const wrong =
      name in given ? `${name} is not valid${shown(error.schema, given[name])}` : `${name} is missing`;
    problems.push(`${wrong}. ${meaningOf(error.schema)}`);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return readSettings(values as Environment, isProduction);
}

// A number that is none, or too large, is no secret; a text may be one.
const shown = ({ type }: TSchema, value: unknown): string =>
  type === 'integer' || type === 'number' || type === 'boolean' ? ` (${JSON.stringify(value)})` : '';

function readEnvironment(env: NodeJS.ProcessEnv, problems: string[]): Record<string, string> {
  const given: Record<string, string> = {};
  for (const name of Object.keys(Environment.properties)) {
    const file = env[`${name}_FILE`];
    const value = env[name] || (file && readSecret(name, file, problems));
    if (value) given[name] = value.trim();
  }
  return given;
}

function readSecret(name: string, file: string, problems: string[]): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    problems.push(`${name}_FILE names a file that cannot be read: ${file}`);
    return '';
  }
}

// What one setting's schema cannot say, how settings go together, each section says itself.
function readSettings(env: Environment, isProduction: boolean) {
  const problems: string[] = [];
  const connectors = readVendorSettings(env, problems);
  const config = Object.freeze({
    ...readServiceSettings(env, problems, isProduction),
    ...readStoreSettings(env, problems),
    ...readLimitSettings(env),
    ...readImageSettings(env),
    ...readOperationSettings(env, problems),
    ...readShopSettings(env, problems, connectors.team !== undefined),
    ...readDeliverySettings(env, problems),
    connectors,
  });
  if (isProduction && !env.ALLOW_DEVELOPMENT_SECRETS) problems.push(...weakSecrets(env, config.apiKeysFile));
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

// By position, never by value: what is wrong with a secret is told where logs are kept.
function weakSecrets(env: Environment, keyFile: ReadKeyFile | undefined): string[] {
  const secrets: [name: string, values: string[]][] = [
    ['CONCIERGE_API_KEY', secretsOf(env)],
    ['ANALYTICS_SALT', [env.ANALYTICS_SALT]],
    ['LINK_SECRET', listOf(env.LINK_SECRET)],
    ['DASHBOARD_SESSION_SECRET', env.DASHBOARD_SESSION_SECRET ? [env.DASHBOARD_SESSION_SECRET] : []],
  ];
  const weak = secrets.flatMap(([name, values]) =>
    values.flatMap((secret, index) => {
      const weakness = weaknessOf(secret);
      const which = values.length > 1 ? ` (number ${index + 1})` : '';
      return weakness ? [`${name}${which} ${weakness}: make one with \`openssl rand -base64 32\``] : [];
    }),
  );
  const published = (keyFile?.keys ?? []).filter(({ sha256 }) => isPublishedHash(sha256));
  return [
    ...weak,
    ...published.map(
      ({ id }) => `CONCIERGE_API_KEYS_FILE: the key ${id} is one of development, which everyone knows`,
    ),
  ];
}
