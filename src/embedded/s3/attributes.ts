import { validateHeaderValue } from 'node:http';
import { S3Error } from './errors.js';

/*
 * What an object carries besides its content: the headers that are given with it and handed back to its readers.
 */

type Headers = ReadonlyMap<string, string>;

const STANDARD = ['content-type', 'cache-control', 'content-disposition', 'content-language', 'expires'];
const DEFAULT_TYPE = 'binary/octet-stream';
const MAX_METADATA_BYTES = 2048;
const ENCRYPTION = 'x-amz-server-side-encryption';
/** Settings of which this server knows one value only: any other is refused. */
const FIXED: Readonly<Record<string, string>> = {
  [ENCRYPTION]: 'AES256',
  'x-amz-acl': 'private',
  'x-amz-storage-class': 'STANDARD',
};

export const ATTRIBUTE_HEADERS = Object.keys(FIXED);

export function readAttributes(headers: Headers, isEncryptedByDefault: boolean): Record<string, string> {
  checkFixed(headers);
  const attributes: Record<string, string> = { 'content-type': DEFAULT_TYPE, ...readMetadata(headers) };
  for (const name of STANDARD) {
    const value = headers.get(name);
    if (value) attributes[name] = value;
  }
  // aws-chunked is how the content travelled, not what it is.
  const encodings = (headers.get('content-encoding') ?? '').split(',').map((part) => part.trim());
  const encoding = encodings.filter((part) => part !== '' && part !== 'aws-chunked').join(',');
  if (encoding) attributes['content-encoding'] = encoding;
  if (isEncryptedByDefault || headers.has(ENCRYPTION)) attributes[ENCRYPTION] = 'AES256';
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

/** The headers that S3 repeats when it confirms a write. */
export function confirmedAttributes(attributes: Readonly<Record<string, string>>): Record<string, string> {
  const encryption = attributes[ENCRYPTION];
  return encryption ? { [ENCRYPTION]: encryption } : {};
}

export function checkFixed(headers: Headers): void {
  for (const [name, only] of Object.entries(FIXED)) {
    const value = headers.get(name);
    if (value !== undefined && value !== only)
      throw new S3Error('NotImplemented', `${name}: ${value} is not implemented.`);
  }
}

function readMetadata(headers: Headers): Record<string, string> {
  const metadata = [...headers].filter(([name]) => name.startsWith('x-amz-meta-'));
  const size = metadata.reduce(
    (sum, [name, value]) => sum + name.length - 'x-amz-meta-'.length + value.length,
    0,
  );
  if (size > MAX_METADATA_BYTES) throw new S3Error('MetadataTooLarge');
  return Object.fromEntries(metadata);
}
