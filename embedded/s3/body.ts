import { createHash } from 'node:crypto';
import { decodeAwsChunked } from './aws-chunked.js';
import { ALGORITHMS, type Algorithm, type Content, createDigest } from './checksum.js';
import { S3Error } from './errors.js';
import type { Call } from './request.js';

export const MAX_OBJECT_BYTES = 5 * 1024 ** 3;
const MAX_TEXT_BYTES = 4 * 1024 * 1024;
const SHA256 = /^[0-9a-f]{64}$/;

type Headers = ReadonlyMap<string, string>;

/** What a request promises about its body. */
interface Promised {
  size?: number;
  minSize?: number;
  maxSize?: number;
  sha256?: string;
  /** In hex, as it is compared with the ETag. */
  md5?: string;
  /** Its value may stand behind the content, and is asked for at the end. */
  checksum?: { algorithm: Algorithm; value(): string | undefined };
}

/** A body on its way: `chunks` fails unless it is what was promised, and only then is `content` known. */
interface Body {
  chunks: AsyncIterable<Buffer>;
  content(): Content;
}

/** The content of a request. */
export function openBody(call: Call): Body {
  const { headers } = call.request;
  const isChunked = readPayloadMode(call);
  const source = call.message.iterator({ destroyOnReturn: false });
  const trailers = new Map<string, string>();
  return checkBody(isChunked ? decodeAwsChunked(source, trailers) : source, {
    size: readSize(headers.get(isChunked ? 'x-amz-decoded-content-length' : 'content-length')),
    ...(SHA256.test(call.payload) ? { sha256: call.payload } : {}),
    ...readMd5(headers.get('content-md5')),
    ...readChecksum(headers, trailers),
  });
}

/** Counts, hashes and compares while the content passes through. */
export function checkBody(source: AsyncIterable<Buffer>, promised: Promised): Body {
  const { size: promisedSize, minSize = 0, maxSize = MAX_OBJECT_BYTES, checksum } = promised;
  const md5 = createHash('md5');
  const sha256 = promised.sha256 === undefined ? null : createHash('sha256');
  const digest = checksum ? createDigest(checksum.algorithm) : null;
  let size = 0;
  let content: Content | null = null;

  async function* chunks(): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      size += chunk.length;
      if (size > maxSize) throw new S3Error('EntityTooLarge');
      for (const hash of [md5, sha256, digest]) hash?.update(chunk);
      yield chunk;
    }
    if (promisedSize !== undefined && size !== promisedSize) throw new S3Error('IncompleteBody');
    if (size < minSize) throw new S3Error('EntityTooSmall');
    if (sha256 && sha256.digest('hex') !== promised.sha256) throw new S3Error('XAmzContentSHA256Mismatch');
    const etag = md5.digest('hex');
    const value = digest?.base64() ?? '';
    const isMd5Right = promised.md5 === undefined || promised.md5 === etag;
    if (!isMd5Right || (checksum && checksum.value() !== value)) throw new S3Error('BadDigest');
    content = { size, etag, checksum: checksum ? { algorithm: checksum.algorithm, value } : null };
  }

  return {
    chunks: chunks(),
    content() {
      if (!content) throw new Error('The body has not been read to its end.');
      return content;
    },
  };
}

/** Reads a small body into memory: the XML of the operations that have one. */
export async function readText(call: Call): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of openBody(call).chunks) {
    size += chunk.length;
    if (size > MAX_TEXT_BYTES) throw new S3Error('MalformedXML', 'The XML is too long.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function readPayloadMode({ payload, request }: Call): boolean {
  if (payload === 'STREAMING-UNSIGNED-PAYLOAD-TRAILER') return true;
  const encodings = (request.headers.get('content-encoding') ?? '').split(',').map((part) => part.trim());
  // Signed chunks, and framing that nothing announces: stored as they come they would be wrong content.
  if (payload.startsWith('STREAMING-') || encodings.includes('aws-chunked')) {
    throw new S3Error('NotImplemented', `aws-chunked content with ${payload} is not implemented.`);
  }
  if (payload !== 'UNSIGNED-PAYLOAD' && !SHA256.test(payload)) {
    throw new S3Error('InvalidArgument', 'x-amz-content-sha256 must be UNSIGNED-PAYLOAD or a SHA-256.');
  }
  return false;
}

function readSize(text: string | undefined): number {
  if (text === undefined) throw new S3Error('MissingContentLength');
  if (!/^\d{1,15}$/.test(text)) throw new S3Error('InvalidArgument', 'The content length is not a number.');
  if (Number(text) > MAX_OBJECT_BYTES) throw new S3Error('EntityTooLarge');
  return Number(text);
}

function readMd5(text: string | undefined): Pick<Promised, 'md5'> {
  if (text === undefined) return {};
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== 16) throw new S3Error('InvalidDigest');
  return { md5: bytes.toString('hex') };
}

/** The one checksum that the headers hold, or announce for the end of the content. */
function readChecksum(headers: Headers, trailers: Headers): Pick<Promised, 'checksum'> {
  const names = ALGORITHMS.map((algorithm) => `x-amz-checksum-${algorithm}`).filter((name) =>
    headers.has(name),
  );
  const trailer = headers.get('x-amz-trailer')?.trim().toLowerCase();
  const [name, second] = trailer === undefined ? names : [...names, trailer];
  if (second) throw new S3Error('InvalidRequest', 'Expecting a single x-amz-checksum- header.');
  if (name === undefined) return {};
  const algorithm = ALGORITHMS.find((one) => name === `x-amz-checksum-${one}`);
  if (!algorithm) throw new S3Error('NotImplemented', `The trailer ${name} is not implemented.`);
  const given = headers.get(name);
  // All checksums of a kind are of the same length, such as that of nothing.
  if (given !== undefined && given.length !== createDigest(algorithm).base64().length) {
    throw new S3Error('InvalidRequest', `Value for ${name} header is invalid.`);
  }
  const value = () => {
    if (given === undefined && !trailers.has(name)) throw new S3Error('MalformedTrailerError');
    return given ?? trailers.get(name);
  };
  return { checksum: { algorithm, value } };
}
