import { S3Error } from './errors.js';
import type { ObjectRecord } from './records.js';

type Headers = ReadonlyMap<string, string>;

/** Whether the reader's copy is still good (304); throws if a precondition does not hold (412). */
export function isNotModified(record: ObjectRecord, headers: Headers): boolean {
  const match = headers.get('if-match');
  const noneMatch = headers.get('if-none-match');
  // Dates count in whole seconds, and only where no ETag is given.
  const modified = Math.floor(record.modified / 1000) * 1000;
  const unmodifiedSince = Date.parse(headers.get('if-unmodified-since') ?? '');
  const modifiedSince = Date.parse(headers.get('if-modified-since') ?? '');
  const holds = match === undefined ? !(modified > unmodifiedSince) : names(match, record.etag);
  if (!holds) throw new S3Error('PreconditionFailed');
  return noneMatch === undefined ? modified <= modifiedSince : names(noneMatch, record.etag);
}

/** For writes S3 knows two conditions only: that there is no object yet, or that it is the one that the writer has seen. */
export function checkWrite(existing: ObjectRecord | undefined, headers: Headers): void {
  const match = headers.get('if-match');
  const noneMatch = headers.get('if-none-match');
  if (noneMatch !== undefined && noneMatch !== '*') throw new S3Error('NotImplemented');
  if (noneMatch === '*' && existing) throw new S3Error('PreconditionFailed');
  if (match === undefined) return;
  if (!existing) throw new S3Error('NoSuchKey');
  if (!names(match, existing.etag)) throw new S3Error('PreconditionFailed');
}

function names(list: string, etag: string): boolean {
  const tags = list.split(',').map((tag) => tag.trim().replace(/^"(.*)"$/, '$1'));
  return tags.includes('*') || tags.includes(etag);
}
