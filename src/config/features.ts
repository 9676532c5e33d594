import type { Scope } from '../platform/keys/keys.js';

/** What can be switched off or given to a part of the sessions only, as it is called in the paths; by the scope that its calls need. */
const FEATURE_OF: Partial<Record<Scope, string>> = {
  'products:read': 'products',
  'catalogue:read': 'catalogue',
  'orders:read': 'orders',
  'returns:write': 'returns',
  'capsules:write': 'capsule',
  'stylist:write': 'stylist',
  'feedback:write': 'csat',
  'shortlists:write': 'shortlist',
  'inspiration:write': 'inspiration',
  'subscriptions:write': 'order-updates',
  'sessions:read': 'sessions',
  'sessions:write': 'sessions',
  'events:write': 'events',
  'dashboard:read': 'dashboard',
  'dashboard:write': 'dashboard',
  webhooks: 'webhooks',
};

export const FEATURES: readonly string[] = [...new Set(Object.values(FEATURE_OF))];

export const featureOf = (scope: Scope | undefined): string | undefined => scope && FEATURE_OF[scope];
