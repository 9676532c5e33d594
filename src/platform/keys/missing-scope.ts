import { ApiError } from '../http/errors.js';
import type { Scope } from './keys.js';

/** What a client has to show, as `WWW-Authenticate` says it (RFC 6750). */
export const REALM = 'Bearer realm="concierge"';

/** The refusal of a key that may not do something. */
export const missingScope = (needed: readonly Scope[]): ApiError =>
  new ApiError('auth.missing_scope', `The key does not have the scope ${needed.join(' or ')}.`, {
    headers: { 'www-authenticate': `${REALM}, error="insufficient_scope", scope="${needed.join(' ')}"` },
  });
