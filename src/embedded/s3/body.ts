import { createHash } from 'node:crypto';
import { decodeAwsChunked } from './aws-chunked.js';
import type { Call } from './call.js';
import { type Algorithm, type Checksum, createDigest } from './checksums.js';
import { S3Error } from './errors.js';
import { type Expectations, readExpectations } from './expectations.js';

const MAX_TEXT_BYTES = 4 * 1024 * 1024;

export interface Content {
  size: number;
  etag: string;
  checksum: Checksum | null;
}

/** A body on its way: `chunks` fails unless it is what the request promised, and only then is `content` known. */
export interface Body {
  chunks: AsyncIterable<Buffer>;
  content(): Content;
}

export function openBody(call: Call, wanted: Algorithm | null = null): Body {
  const expected = readExpectations(call, wanted);
  call.acceptBody();
  const source = call.message.iterator({ destroyOnReturn: false });
  const trailers = new Map<string, string>();
  return checkBody(expected.isChunked ? decodeAwsChunked(source, trailers) : source, trailers, expected);
}

/** Counts, hashes and compares while the content passes through. */
export function checkBody(
  source: AsyncIterable<Buffer>,
  trailers: ReadonlyMap<string, string>,
  expected: Expectations,
): Body {
  const md5 = createHash('md5');
  const sha256 = expected.sha256 === null ? null : createHash('sha256');
  const digest = expected.algorithm === null ? null : createDigest(expected.algorithm);
  let size = 0;
  let content: Content | null = null;

  async function* chunks(): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      size += chunk.length;
      if (size > expected.maxSize) throw new S3Error('EntityTooLarge');
      md5.update(chunk);
      sha256?.update(chunk);
      digest?.update(chunk);
      yield chunk;
    }
    if (expected.size !== null && size !== expected.size) throw new S3Error('IncompleteBody');
    if (sha256 && sha256.digest('hex') !== expected.sha256) throw new S3Error('XAmzContentSHA256Mismatch');
    const etag = md5.digest('hex');
    if (expected.md5 !== null && etag !== expected.md5) {
      throw new S3Error('BadDigest', 'The Content-MD5 you specified did not match what we received.');
    }
    content = { size, etag, checksum: compareChecksum(expected, digest?.base64(), trailers) };
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

function compareChecksum(
  expected: Expectations,
  computed: string | undefined,
  trailers: ReadonlyMap<string, string>,
): Checksum | null {
  if (expected.trailer !== null && !trailers.has(expected.trailer))
    throw new S3Error('MalformedTrailerError');
  if (expected.algorithm === null || computed === undefined) return null;
  const { algorithm } = expected;
  const given = expected.trailer === null ? expected.checksum : trailers.get(expected.trailer);
  if (given && given !== computed) {
    const name = algorithm.toUpperCase();
    throw new S3Error('BadDigest', `The ${name} you specified did not match the calculated checksum.`);
  }
  return { algorithm, value: computed };
}
