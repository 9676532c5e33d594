import { hash, timingSafeEqual } from 'node:crypto';
import { ApiError } from '../http/errors.js';

/** What the widget's key may call: the nine calls, and what goes with them. */
export const WIDGET_SCOPES = [
  'products:read',
  'catalogue:read',
  'orders:read',
  'returns:write',
  'capsules:write',
  'stylist:write',
  'feedback:write',
  'shortlists:write',
  'inspiration:write',
  'subscriptions:write',
  'sessions:read',
  'sessions:write',
  'events:write',
] as const;

/** What the keys of the staff and of their tools may call beyond that. */
export const STAFF_SCOPES = [
  'returns:manage',
  'capsules:manage',
  'inspiration:read',
  'analytics:read',
  'privacy:write',
  'dashboard:read',
  'dashboard:write',
  // figures in money, and personal data, are rights of their own
  'dashboard:finance',
  'dashboard:pii',
  // of colleagues: who did what, how much, and where they are signed in
  'staff:manage',
] as const;

/** What other machines may call: those that tell us of changes, and those that watch the service. */
export const MACHINE_SCOPES = ['webhooks', 'metrics:read'] as const;

/** For the key of a shop whose routes check whose order it is before they call: each order counts as proved (src/domain/orders/proof.ts). */
const TRUST_SCOPES = ['orders:trusted'] as const;

export type Scope = (
  | typeof WIDGET_SCOPES
  | typeof STAFF_SCOPES
  | typeof MACHINE_SCOPES
  | typeof TRUST_SCOPES
)[number];
/** What a route needs, one or several of which one is enough, as a list. */
export const scopesOf = (scope: Scope | readonly Scope[] | undefined): readonly Scope[] =>
  scope === undefined ? [] : [scope].flat();

export const SCOPES: readonly Scope[] = [
  ...WIDGET_SCOPES,
  ...STAFF_SCOPES,
  ...MACHINE_SCOPES,
  ...TRUST_SCOPES,
];

/** What people and machines do, as sets of scopes: the names under which a key is made for them. */
export const ROLES: Record<string, readonly Scope[]> = {
  widget: WIDGET_SCOPES,
  agent: ['dashboard:read', 'dashboard:write', 'dashboard:pii', 'inspiration:read', 'capsules:manage'],
  lead: [
    'dashboard:read',
    'dashboard:write',
    'dashboard:pii',
    'inspiration:read',
    'capsules:manage',
    'returns:manage',
    'analytics:read',
    'privacy:write',
    'staff:manage',
  ],
  finance: ['dashboard:read', 'dashboard:finance', 'analytics:read'],
  operator: [...MACHINE_SCOPES, 'dashboard:read', 'staff:manage'],
};

/** A client's key, as the service keeps it: never the secret itself. */
export interface ApiKey {
  /** For logs. */
  id: string;
  /** SHA-256 of the secret, in hexadecimal. */
  sha256: string;
  scopes: readonly Scope[];
  /** Valid from and until, when given. */
  notBefore?: Date;
  notAfter?: Date;
}

export const sha256 = (secret: string): string => hash('sha256', secret);

/** The key of a secret that stands in the environment: its id says nothing of it. */
export const keyOf = (secret: string, scopes: readonly Scope[]): ApiKey => ({
  id: sha256(secret).slice(0, 8),
  sha256: sha256(secret),
  scopes,
});

/** The valid key with that secret. Every key is compared, in constant time, so that the time taken says nothing. */
export function findKey(keys: readonly ApiKey[], secret: string, now: Date): ApiKey | undefined {
  const given = Buffer.from(sha256(secret));
  const matching = keys.filter((key) => timingSafeEqual(Buffer.from(key.sha256), given));
  return matching.find((key) => isValidAt(key, now));
}

export const isValidAt = ({ notBefore, notAfter }: ApiKey, now: Date): boolean =>
  !(notBefore && now < notBefore) && !(notAfter && now >= notAfter);

/** What a client has to show, as `WWW-Authenticate` says it (RFC 6750). */
export const REALM = 'Bearer realm="concierge"';

/** The refusal of a key that may not do something. */
export const missingScope = (needed: readonly Scope[]): ApiError =>
  new ApiError('auth.missing_scope', `The key does not have the scope ${needed.join(' or ')}.`, {
    headers: { 'www-authenticate': `${REALM}, error="insufficient_scope", scope="${needed.join(' ')}"` },
  });
