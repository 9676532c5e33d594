import type { OpenIdSettings } from '../dashboard/sign-in/openid-connect.js';
import { ROLES } from '../platform/keys/keys.js';

interface OpenIdVariables {
  DASHBOARD_OIDC_ISSUER?: string | undefined;
  DASHBOARD_OIDC_CLIENT_ID?: string | undefined;
  DASHBOARD_OIDC_CLIENT_SECRET?: string | undefined;
  DASHBOARD_OIDC_ROLES?: string | undefined;
  DASHBOARD_OIDC_GROUPS_CLAIM: string;
  DASHBOARD_OIDC_SCOPE: string;
  DASHBOARD_OIDC_NAME?: string | undefined;
  PUBLIC_URL?: string | undefined;
}

const NEEDED = ['DASHBOARD_OIDC_CLIENT_ID', 'DASHBOARD_OIDC_CLIENT_SECRET', 'DASHBOARD_OIDC_ROLES'] as const;
const ON_THIS_MACHINE = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
/** The roles of people: those that may open the dashboard. */
const ROLES_OF_PEOPLE = Object.keys(ROLES).filter((role) => ROLES[role]?.includes('dashboard:read'));

/** The identity provider of the staff, when one is set; what is wrong with it goes to the problems. */
export function readOpenIdSettings(
  env: OpenIdVariables,
  problems: string[],
  isProduction: boolean,
): OpenIdSettings | undefined {
  const { DASHBOARD_OIDC_ISSUER: issuer, DASHBOARD_OIDC_SCOPE: scope } = env;
  if (!issuer) return undefined;
  const address = URL.canParse(issuer) ? new URL(issuer) : undefined;
  if (address?.protocol !== 'https:' && !ON_THIS_MACHINE.test(address?.hostname ?? ''))
    problems.push('DASHBOARD_OIDC_ISSUER has to be an https address; plain http is for this machine alone');
  for (const name of NEEDED)
    if (!env[name]) problems.push(`${name} is missing: DASHBOARD_OIDC_ISSUER needs it`);
  // browsers come back to an address that the provider knows, whatever name they have reached us by
  if (isProduction && !env.PUBLIC_URL) problems.push('DASHBOARD_OIDC_ISSUER needs PUBLIC_URL');
  if (!scope.split(/\s+/).includes('openid'))
    problems.push('DASHBOARD_OIDC_SCOPE has to have `openid` in it');
  return {
    issuer,
    scope,
    clientId: env.DASHBOARD_OIDC_CLIENT_ID ?? '',
    clientSecret: env.DASHBOARD_OIDC_CLIENT_SECRET ?? '',
    name: env.DASHBOARD_OIDC_NAME ?? address?.hostname ?? issuer,
    groupsClaim: env.DASHBOARD_OIDC_GROUPS_CLAIM,
    roles: readRoles(env.DASHBOARD_OIDC_ROLES ?? '', problems),
  };
}

// `lead=Concierge leads; agent=CN=Agents,OU=Shop`: the first `=` divides, so that a group may be a distinguished name.
function readRoles(list: string, problems: string[]): OpenIdSettings['roles'] {
  const pairs = list.split(';').filter((pair) => pair.trim() !== '');
  return pairs.flatMap((pair) => {
    const [, role = '', group = ''] = /^\s*([^=]*?)\s*=\s*(.*?)\s*$/.exec(pair) ?? [];
    if (ROLES_OF_PEOPLE.includes(role) && group) return [{ role, group }];
    problems.push(
      `DASHBOARD_OIDC_ROLES is a list such as \`lead=Concierge leads; agent=Stylists\`, of the roles ${ROLES_OF_PEOPLE.join(', ')}`,
    );
    return [];
  });
}
