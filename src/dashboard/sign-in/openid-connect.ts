import type { Configuration } from 'openid-client';
import { plainText } from '../../lib/values/text.js';
import { type ApiKey, ROLES, type Scope, sha256 } from '../../platform/keys/keys.js';

/** The identity provider at which the staff sign in, and what its groups may do here. */
export interface OpenIdSettings {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** How the provider is called on the page of the sign-in. */
  name: string;
  /** What is asked for, `openid` among it. */
  scope: string;
  /** Where the groups of a person stand: the name of a claim, or a path to it such as `realm_access.roles`. */
  groupsClaim: string;
  /** Which group has which role; of several, a person has what all of them allow. */
  roles: readonly { role: string; group: string }[];
}

/** What a browser keeps while its owner is at the provider: who comes back without it, or with another, is not let in. */
interface SignInAttempt {
  state: string;
  nonce: string;
  verifier: string;
}

/** Someone whom the provider has vouched for. Without a role there is nothing here for them. */
interface Person {
  id: string;
  name: string;
  roles: string[];
}

const TIMEOUT_SECONDS = 10;
const MAX_NAME = 60;

/**
 * The sign-in at an identity provider: the authorisation code with PKCE, state and nonce. What the provider says of itself is read at
 * the first sign-in, and again after a failure: a provider that is away keeps nobody from starting the service.
 */
export function createOpenIdConnect(settings: OpenIdSettings) {
  const { issuer, clientId, groupsClaim, roles, scope } = settings;
  const library = import('openid-client');
  let found: Promise<Configuration> | undefined;

  /** Where the browser is sent, and what it keeps meanwhile. */
  async function begin(redirectUri: string): Promise<{ address: string; attempt: SignInAttempt }> {
    const [client, config] = await Promise.all([library, discovered()]);
    const attempt = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
    };
    const address = client.buildAuthorizationUrl(config, {
      // in the form in which it is read again on the way back
      redirect_uri: new URL(redirectUri).href,
      scope,
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(attempt.verifier),
      code_challenge_method: 'S256',
    });
    return { address: address.href, attempt };
  }

  /**
   * Who has come back.
   * @throws when the provider refuses, or what came back was not asked for by this browser.
   */
  async function finish(cameBackTo: string, attempt: SignInAttempt): Promise<Person> {
    const [client, config] = await Promise.all([library, discovered()]);
    const tokens = await client.authorizationCodeGrant(config, new URL(cameBackTo), {
      expectedState: attempt.state,
      expectedNonce: attempt.nonce,
      pkceCodeVerifier: attempt.verifier,
    });
    const claims = tokens.claims();
    if (!claims) throw new Error('The identity provider has sent no ID token.');
    const own = groupsOf(claims, groupsClaim);
    const asks = own === undefined && config.serverMetadata().userinfo_endpoint;
    const told = asks ? await client.fetchUserInfo(config, tokens.access_token, claims.sub) : {};
    const groups = own ?? groupsOf(told, groupsClaim) ?? [];
    return {
      id: `oidc-${sha256(`${issuer} ${claims.sub}`).slice(0, 12)}`,
      name: nameOf({ ...told, ...claims }),
      roles: [...new Set(roles.filter(({ group }) => groups.includes(group)).map(({ role }) => role))],
    };
  }

  /** Where someone signs out at the provider too; undefined when it has no such place. */
  async function signOutAddress(backTo: string): Promise<string | undefined> {
    const [client, config] = await Promise.all([library, discovered()]);
    if (!config.serverMetadata().end_session_endpoint) return undefined;
    return client.buildEndSessionUrl(config, { post_logout_redirect_uri: backTo }).href;
  }

  /** What a person is let in with, as a key would be: of another provider or client it is another one. Roles that nobody has any more allow nothing. */
  const keyOf = ({ id, roles: held }: Pick<Person, 'id' | 'roles'>): ApiKey => ({
    id,
    sha256: sha256(`${issuer} ${clientId}`),
    scopes: held
      .filter((role) => roles.some((one) => one.role === role))
      .flatMap((role): readonly Scope[] => ROLES[role] ?? []),
  });

  function discovered(): Promise<Configuration> {
    found ??= discover().catch((error: unknown) => {
      found = undefined;
      throw error;
    });
    return found;
  }

  async function discover(): Promise<Configuration> {
    const client = await library;
    const options = {
      timeout: TIMEOUT_SECONDS,
      // the settings allow it for this machine alone
      execute: issuer.startsWith('http:') ? [client.allowInsecureRequests] : [],
    };
    const asked = await client.discovery(new URL(issuer), clientId, undefined, client.None(), options);
    const server = asked.serverMetadata();
    // what a provider supports when it does not say: the core specification, 9 and the discovery's, 3
    const isBasic = server.token_endpoint_auth_methods_supported?.includes('client_secret_basic') ?? true;
    const secretBy = isBasic ? client.ClientSecretBasic : client.ClientSecretPost;
    const config = new client.Configuration(
      server,
      clientId,
      { client_secret: settings.clientSecret },
      secretBy(settings.clientSecret),
    );
    config.timeout = TIMEOUT_SECONDS;
    for (const extend of options.execute) extend(config);
    client.enableNonRepudiationChecks(config);
    return config;
  }

  return { name: settings.name, begin, finish, signOutAddress, keyOf };
}

export type OpenIdConnect = ReturnType<typeof createOpenIdConnect>;

/** A list, one name, or an object whose keys are the names: providers differ. Undefined when the claim is not there. */
export function groupsOf(claims: object, claim: string): string[] | undefined {
  const value = Object.hasOwn(claims, claim) ? (claims as Record<string, unknown>)[claim] : at(claims, claim);
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.filter((one) => typeof one === 'string');
  return value && typeof value === 'object' ? Object.keys(value) : undefined;
}

const at = (claims: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce(
      (value: unknown, name) =>
        value && typeof value === 'object' && Object.hasOwn(value, name)
          ? (value as Record<string, unknown>)[name]
          : undefined,
      claims,
    );

function nameOf(claims: Record<string, unknown>): string {
  const given = [claims.name, claims.preferred_username, claims.email, claims.sub];
  const texts = given.flatMap((one) => (typeof one === 'string' ? plainText(one) || [] : []));
  return (texts[0] ?? 'Somebody').slice(0, MAX_NAME);
}
