import { createHash } from 'node:crypto';

/** Raised when the answer to the same query on the same catalogue changes its form. */
const FORM = 2;

/** Weak: the same catalogue and query give the same answer from every process, but for the id of the request in it. */
export const etagOf = (version: string, query: string): string =>
  `W/"${version}-${createHash('sha256').update(`${FORM}\n${query}`).digest('base64url').slice(0, 16)}"`;

/** Whether the caller has that one already (RFC 9110, If-None-Match, by the weak comparison). */
export const hasEtag = (ifNoneMatch: string | undefined, etag: string): boolean =>
  (ifNoneMatch ?? '')
    .split(',')
    .map((tag) => tag.trim())
    .some((tag) => tag === '*' || opaque(tag) === opaque(etag));

const opaque = (tag: string): string => tag.replace(/^W\//, '');
