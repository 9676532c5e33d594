import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { configurationPage, exampleFile } from '../scripts/generate-configuration.js';
import { Environment, SECTIONS } from '../src/config/environment.js';
import { ConfigError, loadConfig } from '../src/config/load.js';
import { sha256 } from '../src/platform/keys/keys.js';

const COMPLETE = {
  CONCIERGE_API_KEY: 'a-long-enough-key',
  MONGODB_URI: 'mongodb://db',
  S3_BUCKET: 'images',
  ANALYTICS_SALT: 'a-long-enough-salt',
};

const problemsOf = (env: NodeJS.ProcessEnv): string[] => {
  try {
    loadConfig({}, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

t.test('config: defaults', async (t) => {
  const config = loadConfig({}, COMPLETE);
  t.match(config.http, { host: '127.0.0.1', port: 4400, trustProxy: false });
  t.match(config.limits, { perSessionPerMinute: 60, burstPerSecond: 10, perAddressPerMinute: 0 });
  t.match(config.mongodb, { database: 'glowglitch', timeoutMs: 2000 });
  t.match(config.dispatcher, { inline: true, schedule: [5000, 60_000], timeoutMs: 25_000 });
  t.ok(Object.isFrozen(config));
});

t.test('config: the balancer of deploy/ takes the largest image that the service takes', async (t) => {
  const nginx = await readFile('deploy/nginx/concierge.conf', 'utf8');
  const [, megabytes] = /client_max_body_size (\d+)m;/.exec(nginx) ?? [];
  t.ok(Number(megabytes) * 2 ** 20 > loadConfig({}, COMPLETE).uploads.maxBytes);
});

t.test('config: what is missing or wrong is named, all at once', async (t) => {
  const missing = problemsOf({});
  for (const name of Object.keys(COMPLETE))
    t.ok(
      missing.some((problem) => problem.startsWith(`${name} is missing`)),
      name,
    );
  t.equal(missing.length, 4, missing.join('\n'));

  const wrong = problemsOf({
    ...COMPLETE,
    PORT: 'many',
    LOG_LEVEL: 'loud',
    MONGODB_URI: 'postgres://db',
    S3_FORCE_PATH_STYLE: 'perhaps',
  });
  for (const name of ['PORT', 'LOG_LEVEL', 'MONGODB_URI', 'S3_FORCE_PATH_STYLE'])
    t.ok(
      wrong.some((problem) => problem.startsWith(`${name} is not valid`)),
      name,
    );
  t.equal(wrong.length, 4, wrong.join('\n'));
  t.match(wrong, [/^PORT is not valid \("many"\)\. .*From 0 to 65535\.$/]);

  t.match(problemsOf({ ...COMPLETE, CONCIERGE_API_KEY: 'a-long-enough-key,short' }), [/fewer than 8/]);
  t.match(problemsOf({ ...COMPLETE, S3_ACCESS_KEY_ID: 'only-one' }), [/both or neither/]);
  t.match(problemsOf({ ...COMPLETE, DELIVERY_SCHEDULE: '5s soon' }), [/^DELIVERY_SCHEDULE is not valid/]);
  t.match(problemsOf({ ...COMPLETE, SHOP_TIMEZONE: 'Middle-Earth/Shire' }), [/SHOP_TIMEZONE/]);
});

t.test('config: an empty text is not given', async (t) => {
  t.equal(loadConfig({}, { ...COMPLETE, PORT: '', TRUST_PROXY: '' }).http.port, 4400);
  t.match(problemsOf({ ...COMPLETE, MONGODB_URI: '' }), [/^MONGODB_URI is missing/]);
});

t.test('config: several keys, proxies, and what goes before what', async (t) => {
  const config = loadConfig(
    { PORT: '1' },
    {
      ...COMPLETE,
      PORT: '2',
      CONCIERGE_API_KEY: 'first-key, second-key,',
      TRUST_PROXY: '10.0.0.1, 10.1.0.0/16',
    },
  );
  t.same(
    config.apiKeys.map(({ sha256 }) => sha256),
    [sha256('first-key'), sha256('second-key')],
  );
  t.same(config.http.trustProxy, ['10.0.0.1', '10.1.0.0/16']);
  t.equal(config.http.port, 1, 'an override goes before the environment');
  t.equal(config.limits.perAddressPerMinute, 120, 'addresses are counted behind a trusted proxy');
});

t.test('config: a setting from a file', async (t) => {
  const file = join(t.testdir(), 'key');
  await writeFile(file, 'a-key-from-a-file\n');
  const { CONCIERGE_API_KEY: _, ...rest } = COMPLETE;
  t.match(loadConfig({}, { ...rest, CONCIERGE_API_KEY_FILE: file }).apiKeys, [
    { sha256: sha256('a-key-from-a-file') },
  ]);
  t.match(problemsOf({ ...rest, CONCIERGE_API_KEY_FILE: `${file}-not-there` }), [
    /CONCIERGE_API_KEY_FILE names a file/,
  ]);
});

t.test('config: a file of keys, with their scopes and dates', async (t) => {
  const file = join(t.testdir(), 'keys.json');
  const write = (content: unknown) =>
    writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  const env = { ...COMPLETE, CONCIERGE_API_KEYS_FILE: file };
  const key = {
    id: 'fulfilment',
    sha256: sha256('a-secret'),
    scopes: ['returns:manage'],
    notAfter: '2027-01-01',
  };
  await write([key]);
  t.match(loadConfig({}, env).apiKeysFile?.keys, [{ ...key, notAfter: new Date('2027-01-01') }]);
  for (const wrong of [
    '{',
    {},
    [{ ...key, sha256: 'short' }],
    [{ ...key, scopes: ['everything'] }],
    [{ ...key, notAfter: 'soon' }],
    [key, key],
  ]) {
    await write(wrong);
    t.match(problemsOf(env), [/^CONCIERGE_API_KEYS_FILE cannot be used: ./], JSON.stringify(wrong));
  }
});

t.test('settings in production: secrets that everyone knows, or soon guesses, are refused', async (t) => {
  const GOOD = { ...COMPLETE, CONCIERGE_API_KEY: 'a-long-enough-key-1', DASHBOARD_ENABLED: 'true' };
  const SECRET = 'a-secret-of-32-letters-and-more-of-them';
  const ROWS: [what: string, env: NodeJS.ProcessEnv, problem: RegExp | undefined][] = [
    ['long ones of our own', { DASHBOARD_SESSION_SECRET: SECRET }, undefined],
    [
      'the key of development',
      { CONCIERGE_API_KEY: 'dev-concierge-key' },
      /CONCIERGE_API_KEY is one of development/,
    ],
    [
      'among others',
      { CONCIERGE_API_KEY: 'a-long-enough-key-1,dev-concierge-key' },
      /number 2\) is one of development/,
    ],
    ['the key of the staff', { CONCIERGE_API_KEY: 'dev-staff-key' }, /one of development/],
    ['a short key', { CONCIERGE_API_KEY: 'fifteen-letters' }, /fewer than 16/],
    ['a repetition', { CONCIERGE_API_KEY: 'abababababababababababab' }, /a repetition/],
    ['one letter', { ANALYTICS_SALT: 'x'.repeat(64) }, /ANALYTICS_SALT is a repetition/],
    [
      'the salt of development',
      { ANALYTICS_SALT: 'salt-of-development' },
      /ANALYTICS_SALT is one of development/,
    ],
    ['the salt of the compose file', { ANALYTICS_SALT: 'salt-of-this-machine' }, /ANALYTICS_SALT is one of/],
    ['the secret for links', { LINK_SECRET: 'salt-of-development' }, /LINK_SECRET is one of development/],
    [
      'the secret of the sessions',
      { DASHBOARD_SESSION_SECRET: 'secret-of-the-sessions-of-development' },
      /DASHBOARD_SESSION_SECRET is one of development/,
    ],
  ];
  for (const [what, env, problem] of ROWS) {
    const given = { ...GOOD, DASHBOARD_SESSION_SECRET: SECRET, ...env };
    const load = () => loadConfig({}, given, { isProduction: true });
    if (!problem) {
      t.doesNotThrow(load, what);
      continue;
    }
    t.throws(load, { message: problem }, what);
    for (const secret of Object.values(env)) t.throws(load, { message: new RegExp(`^(?!.*${secret})`, 's') });
    t.doesNotThrow(() => loadConfig({}, given), `${what}: in development`);
    t.doesNotThrow(
      () => loadConfig({}, { ...given, ALLOW_DEVELOPMENT_SECRETS: 'true' }, { isProduction: true }),
      `${what}: on one machine`,
    );
  }
  const file = t.testdir({
    'keys.json': JSON.stringify([{ id: 'ours', sha256: sha256('dev-staff-key'), scopes: [] }]),
  });
  const env = { ...GOOD, DASHBOARD_SESSION_SECRET: SECRET, CONCIERGE_API_KEYS_FILE: `${file}/keys.json` };
  t.throws(() => loadConfig({}, env, { isProduction: true }), /the key ours is one of development/);
});

t.test('config: docs/configuration.md says what the schema says', async (t) => {
  const page = await readFile(new URL('../docs/configuration.md', import.meta.url), 'utf8');
  t.equal(page, configurationPage(), 'otherwise: npm run docs:configuration');
  const named = SECTIONS.flatMap(([, settings]) => Object.keys(settings));
  t.same(named.sort(), Object.keys(Environment.properties).sort(), 'every setting is in a section');
});

t.test('config: .env.example says what the schema says', async (t) => {
  const text = await readFile(new URL('../.env.example', import.meta.url), 'utf8');
  t.equal(text, exampleFile(), 'otherwise: npm run docs:configuration');
  const settings = [...text.matchAll(/^([A-Z0-9_]+)=(.*)$/gm)];
  t.equal(settings.length, Object.keys(Environment.properties).length);
});
