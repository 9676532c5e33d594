import { Type } from '@sinclair/typebox';
import { readTargets } from '../dashboard/insights/targets.js';
import { within } from '../platform/http/client-address.js';
import { keyOf, WIDGET_SCOPES } from '../platform/keys/keys.js';
import { readKeyFile } from './key-file.js';
import { readOpenIdSettings } from './openid-settings.js';
import { flag, listOf, tryReading, type Values } from './read-setting.js';

/** How it is reached, and by whom. */
export const Service = {
  HOST: Type.String({ default: '127.0.0.1', description: 'Address to listen on; 0.0.0.0 in a container.' }),
  PORT: Type.Integer({ default: 4400, minimum: 0, maximum: 65535, description: 'Port to listen on.' }),
  LOG_LEVEL: Type.String({
    default: 'info',
    pattern: '^(trace|debug|info|warn|error|fatal|silent)$',
    description: 'trace, debug, info, warn, error, fatal or silent.',
  }),
  DRAIN_MS: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 20000,
    description:
      'How long a service that is told to stop still takes calls, while /health/ready says 503, so that balancers take notice, in milliseconds.',
  }),
  TRUST_PROXY: Type.Optional(
    Type.String({
      description:
        'Addresses or networks of the proxies whose X-Forwarded-For is believed, comma separated, such as `10.0.0.0/8,loopback`.',
    }),
  ),
  SHOP_ADDRESSES: Type.Optional(
    Type.String({
      description:
        "Addresses or networks of the shop's servers, which call for its customers and forward their addresses in X-Forwarded-For, comma separated. With it, a customer's address counts only when it has come from one of them; without it, the first address in front of TRUST_PROXY is taken for the customer's.",
    }),
  ),
  PUBLIC_URL: Type.Optional(
    Type.String({
      pattern: '^https?://',
      description: 'Address under which clients reach the service; named in the API document.',
    }),
  ),
  DOCS_ENABLED: flag(
    true,
    'false hides the API document (`/openapi.json`, `/openapi.yaml`) and `/docs`, which anyone may read.',
  ),
  CONCIERGE_API_KEY: Type.String({
    minLength: 8,
    description:
      'Bearer key of the widget, or several, comma separated, so that a rotation has no gap. At least 16 characters each (8 in development).',
  }),
  ALLOW_DEVELOPMENT_SECRETS: flag(
    false,
    'true lets a service in production form start with keys and secrets that everyone knows or soon guesses: for trials on one machine.',
  ),

  MCP_ENABLED: Type.Optional(
    Type.Boolean({
      description:
        'true for `POST /mcp`: the calls of the widget as tools for an assistant, by the Model Context Protocol, and the catalogue at `/ucp/mcp` by the Universal Commerce Protocol (docs/assistants.md). Left out, it is off, but on under `npm run dev`.',
    }),
  ),
  DASHBOARD_ENABLED: Type.Optional(
    Type.Boolean({
      description:
        'true for the pages of the dashboard, at /dashboard; the data routes are always there. Left out, they are off, but on under `npm run dev`.',
    }),
  ),
  DASHBOARD_SESSION_SECRET: Type.Optional(
    Type.String({
      minLength: 32,
      description:
        'Secret that the sessions of the dashboard are signed with, the same for every process; at least 32 characters. Another one signs everybody out.',
    }),
  ),
  DASHBOARD_OIDC_ISSUER: Type.Optional(
    Type.String({
      pattern: '^https?://',
      description:
        'Issuer of the identity provider at which the staff sign in by OpenID Connect, such as `https://login.example/realms/shop` (docs/dashboard.md). Left out, they sign in with keys alone.',
    }),
  ),
  DASHBOARD_OIDC_CLIENT_ID: Type.Optional(
    Type.String({ description: 'As which client the dashboard is known to the identity provider.' }),
  ),
  DASHBOARD_OIDC_CLIENT_SECRET: Type.Optional(Type.String({ description: 'The secret of that client.' })),
  DASHBOARD_OIDC_ROLES: Type.Optional(
    Type.String({
      description:
        'Which group of the identity provider has which role, such as `lead=Concierge leads; agent=Stylists`. The roles are agent, lead, finance and operator; who is in none of the groups is not let in.',
    }),
  ),
  DASHBOARD_OIDC_GROUPS_CLAIM: Type.String({
    default: 'groups',
    description:
      'The claim that has the groups of a person, in the ID token or in what the provider says of the user; a path such as `realm_access.roles` is one too.',
  }),
  DASHBOARD_OIDC_SCOPE: Type.String({
    default: 'openid profile email',
    description:
      'What the identity provider is asked for. Some want a scope of its own for the groups, such as `openid profile email groups`.',
  }),
  DASHBOARD_OIDC_NAME: Type.Optional(
    Type.String({
      maxLength: 60,
      description: "What the identity provider is called on the sign-in page. Left out, its host's name.",
    }),
  ),
  DASHBOARD_TARGETS: Type.String({
    default: '',
    description:
      'What the figures of the insights are held against, such as `satisfaction=4.5; response=60; in-time=95; automated=70; bought=30`: of 5, minutes, and per cent of tickets in time, of returns without a stylist and of holds.',
  }),
  CORS_ORIGINS: Type.String({
    default: '',
    description:
      "Origins whose pages may call from a browser, such as `https://shop.example`, comma separated. None as a rule: the shop's server calls.",
  }),
  REQUEST_TIMEOUT_MS: Type.Integer({
    default: 60_000,
    minimum: 100,
    maximum: 600_000,
    description:
      'Longest time for a whole request to arrive, in milliseconds; a third of it for its headers.',
  }),

  CONCIERGE_API_KEYS_FILE: Type.Optional(
    Type.String({
      description:
        'File with further keys: a JSON list of `{ id, sha256, scopes, notBefore?, notAfter? }`, for staff and for clients with fewer rights.',
    }),
  ),
};

export function readServiceSettings(env: Values<typeof Service>, problems: string[], isProduction: boolean) {
  if (secretsOf(env).some((key) => key.length < 8))
    problems.push('CONCIERGE_API_KEY has a key of fewer than 8 characters');
  // addresses and networks only: a number of hops would believe whoever reaches the service around the proxy
  for (const name of ['TRUST_PROXY', 'SHOP_ADDRESSES'] as const)
    try {
      within(listOf(env[name]));
    } catch (error) {
      problems.push(`${name} has ${(error as Error).message}`);
    }
  const targets = readTargets(env.DASHBOARD_TARGETS);
  if (!targets)
    problems.push(
      'DASHBOARD_TARGETS is not valid. It is a list such as `satisfaction=4.5; response=60; in-time=95`.',
    );
  if (env.DASHBOARD_ENABLED && !env.DASHBOARD_SESSION_SECRET)
    problems.push('DASHBOARD_SESSION_SECRET is missing: DASHBOARD_ENABLED needs it');
  const keyFile = env.CONCIERGE_API_KEYS_FILE;
  return {
    http: {
      host: env.HOST,
      port: env.PORT,
      drainMs: env.DRAIN_MS,
      trustProxy: env.TRUST_PROXY ? listOf(env.TRUST_PROXY) : (false as const),
      shopAddresses: listOf(env.SHOP_ADDRESSES),
      publicUrl: env.PUBLIC_URL,
      docs: env.DOCS_ENABLED,
      corsOrigins: listOf(env.CORS_ORIGINS),
      requestTimeoutMs: env.REQUEST_TIMEOUT_MS,
    },
    log: { level: env.LOG_LEVEL },
    apiKeys: secretsOf(env).map((secret) => keyOf(secret, WIDGET_SCOPES)),
    // read again while the service runs: it has to be right when it starts
    apiKeysFile: tryReading('CONCIERGE_API_KEYS_FILE', problems, () =>
      keyFile ? readKeyFile(keyFile) : undefined,
    ),
    assistants: { enabled: env.MCP_ENABLED ?? false },
    dashboard: {
      enabled: env.DASHBOARD_ENABLED ?? false,
      secret: env.DASHBOARD_SESSION_SECRET ?? '',
      secure: env.PUBLIC_URL?.startsWith('https:') ?? false,
      openId: readOpenIdSettings(env, problems, isProduction),
      targets: targets ?? {},
    },
  };
}

export const secretsOf = (env: Pick<Values<typeof Service>, 'CONCIERGE_API_KEY'>): string[] =>
  listOf(env.CONCIERGE_API_KEY);
