import type { FastifyRequest } from 'fastify';
import { may, type Viewer } from '../../../src/dashboard/viewer.js';
import { ApiError } from '../../../src/platform/http/errors.js';

/** Who is looking. The session has let nobody pass who has not signed in. */
export function signedIn({ signedIn: viewer }: FastifyRequest): Viewer {
  if (!viewer) throw new ApiError('dashboard.signed_out', 'Please sign in again.');
  return viewer;
}

/** Who acts: a right of its own. */
export function acting(request: FastifyRequest): Viewer {
  const viewer = signedIn(request);
  if (!may(viewer, 'dashboard:write'))
    throw new ApiError('auth.missing_scope', 'Your key allows you to look, not to act.');
  return viewer;
}
