import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';

export const CLIENT = { client_id: 'concierge', client_secret: 'secret-of-the-client-of-the-tests' };

// The package brings no types.
type Provider = new (issuer: string, configuration: object) => { callback: () => RequestListener };

/** An identity provider with people in groups, who sign in with any password. It serves a service as soon as that has an address. */
export async function startIdentityProvider(
  test: Test,
  { inIdToken = true, method = 'client_secret_basic' }: { inIdToken?: boolean; method?: string } = {},
) {
  const people = new Map<string, { name: string; groups: string[] }>();
  let listener: RequestListener = (_request, response) => response.writeHead(503).end();
  const server = createServer((request, response) => listener(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  test.teardown(() => server.close());
  // a name of its own: to a browser it is another site than the service
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const settings = {
    DASHBOARD_OIDC_ISSUER: issuer,
    DASHBOARD_OIDC_CLIENT_ID: CLIENT.client_id,
    DASHBOARD_OIDC_CLIENT_SECRET: CLIENT.client_secret,
    DASHBOARD_OIDC_ROLES: 'lead=Concierge leads; agent=CN=Stylists,OU=Shop',
    DASHBOARD_OIDC_SCOPE: 'openid profile groups',
    DASHBOARD_OIDC_NAME: 'Atelier Login',
  };

  async function serve(address: string): Promise<void> {
    const { Provider } = (await import('oidc-provider' as string)) as { Provider: Provider };
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const provider = new Provider(issuer, {
      clients: [
        {
          ...CLIENT,
          token_endpoint_auth_method: method,
          id_token_signed_response_alg: 'ES256',
          redirect_uris: [`${address}/dashboard/sign-in/openid/back`],
          post_logout_redirect_uris: [`${address}/dashboard/sign-in`],
        },
      ],
      clientAuthMethods: [method],
      claims: { openid: ['sub'], profile: ['name'], groups: ['groups'] },
      scopes: ['openid', 'profile', 'groups'],
      conformIdTokenClaims: !inIdToken,
      pkce: { required: () => true },
      cookies: { keys: [randomUUID()] },
      jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' }] },
      findAccount: (_context: unknown, sub: string) => ({
        accountId: sub,
        claims: () => ({ sub, ...people.get(sub) }),
      }),
    });
    listener = provider.callback();
  }

  /** What a browser does at the provider from that address on, until it is sent back to the service: to which address. */
  async function signIn(address: string, login: string): Promise<string> {
    const jar = new Map<string, string>();
    let form: URLSearchParams | undefined;
    for (let url = address; ; ) {
      if (!url.startsWith(issuer)) return url;
      const response = await fetch(url, {
        method: form ? 'POST' : 'GET',
        body: form ?? null,
        redirect: 'manual',
        headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      });
      for (const cookie of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
        jar.set(name, value);
      }
      const body = await response.text();
      const location = response.headers.get('location');
      const prompt = /name="prompt" value="(\w+)"/.exec(body)?.[1];
      if (!location && !prompt) throw new Error(`The provider has answered ${response.status}: ${body}`);
      form = prompt && !location ? new URLSearchParams({ prompt, login, password: 'any' }) : undefined;
      url = new URL(location ?? /action="([^"]+)"/.exec(body)?.[1] ?? url, issuer).href;
    }
  }

  return { issuer, settings, people, serve, signIn };
}
