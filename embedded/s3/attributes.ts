import { validateHeaderValue } from 'node:http';
import type { Checksum, Content } from './checksum.js';
import { S3Error } from './errors.js';

/** What an object carries besides its content: the headers that are given with it and handed back to its readers. */
type Attributes = Record<string, string>;

const STANDARD = ['content-type', 'cache-control', 'content-disposition', 'content-language', 'expires'];
const DEFAULT_TYPE = 'binary/octet-stream';
const METADATA = 'x-amz-meta-';
const ENCRYPTION = 'x-amz-server-side-encryption';

/** A name that stands for all metadata. */
export const ANY_METADATA = `${METADATA}*`;
export const ATTRIBUTE_HEADERS = [ANY_METADATA, ENCRYPTION];

/** Reads them from the headers of a request, or from the fields of a form. */
export function readAttributes(headers: ReadonlyMap<string, string>): Attributes {
  if ((headers.get(ENCRYPTION) ?? 'AES256') !== 'AES256') throw new S3Error('NotImplemented');
  const isKept = (name: string) =>
    STANDARD.includes(name) || name.startsWith(METADATA) || name === ENCRYPTION;
  const attributes = Object.fromEntries([...headers].filter(([name, value]) => value !== '' && isKept(name)));
  attributes['content-type'] ??= DEFAULT_TYPE;
  // aws-chunked is how the content travelled, not what it is.
  const encodings = (headers.get('content-encoding') ?? '').split(',').map((part) => part.trim());
  const encoding = encodings.filter((part) => part !== '' && part !== 'aws-chunked').join(',');
  if (encoding) attributes['content-encoding'] = encoding;
  for (const [name, value] of Object.entries(attributes)) checkHeader(name, value);
  return attributes;
}

/** A form or a URL can hold what a header cannot, such as a line feed. */
export function checkHeader(name: string, value: string): void {
  try {
    validateHeaderValue(name, value);
  } catch {
    throw new S3Error('InvalidArgument', `The value of ${name} is not valid.`);
  }
}

/** The headers with which a write is confirmed. */
export function confirmation(content: Content, attributes: Attributes): Record<string, string> {
  return {
    etag: `"${content.etag}"`,
    ...checksumHeader(content.checksum),
    ...encryptionHeader(attributes),
  };
}

export function encryptionHeader(attributes: Attributes): Record<string, string> {
  const value = attributes[ENCRYPTION];
  return value === undefined ? {} : { [ENCRYPTION]: value };
}

export function checksumHeader(checksum: Checksum | null): Record<string, string> {
  return checksum ? { [`x-amz-checksum-${checksum.algorithm}`]: checksum.value } : {};
}
