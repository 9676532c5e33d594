import { createHash } from 'node:crypto';

/** Raised when the answer to the same query on the same catalogue changes its form. */
const FORM = 1;

/** Strong: the same catalogue and query give the same bytes, from every process. */
export const etagOf = (version: string, query: string): string =>
  `"${version}-${createHash('sha256').update(`${FORM}\n${query}`).digest('base64url').slice(0, 16)}"`;

/** Whether the caller has that one already (RFC 9110, If-None-Match; a weak tag counts too). */
export const hasEtag = (ifNoneMatch: string | undefined, etag: string): boolean =>
  (ifNoneMatch ?? '')
    .split(',')
    .map((tag) => tag.trim().replace(/^W\//, ''))
    .some((tag) => tag === etag || tag === '*');
