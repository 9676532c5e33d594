import type { Call } from './call.js';
import { ALGORITHMS, type Algorithm, type Checksum, isChecksum, toAlgorithm } from './checksums.js';
import { S3Error } from './errors.js';

export const MAX_OBJECT_BYTES = 5 * 1024 ** 3;
const UNSIGNED_TRAILER = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';

/** What the headers promise about a body. */
export interface Expectations {
  size: number | null;
  maxSize: number;
  isChunked: boolean;
  sha256: string | null;
  /** In hex, as it is compared with the ETag. */
  md5: string | null;
  /** The checksum to compute, whether the client has sent one or not. */
  algorithm: Algorithm | null;
  checksum: string | null;
  /** The trailer that carries the checksum. */
  trailer: string | null;
}

type Headers = ReadonlyMap<string, string>;

export function readExpectations(call: Call, wanted: Algorithm | null): Expectations {
  const { headers, method } = call.request;
  const isChunked = readPayloadMode(call);
  const size = readSize(headers, isChunked, method === 'PUT');
  const given = readChecksum(headers);
  const trailer = isChunked ? readTrailer(headers) : null;
  const algorithm = given?.algorithm ?? trailer ?? null;
  if (given && trailer) throw new S3Error('InvalidRequest', 'Expecting a single checksum.');
  if (wanted && algorithm && wanted !== algorithm) {
    throw new S3Error('InvalidRequest', `Checksum Type mismatch occurred, expected checksum Type: ${wanted}`);
  }
  if (headers.has('x-amz-sdk-checksum-algorithm') && !algorithm) {
    throw new S3Error(
      'InvalidRequest',
      'x-amz-sdk-checksum-algorithm specified, but no corresponding checksum.',
    );
  }
  return {
    size,
    maxSize: MAX_OBJECT_BYTES,
    isChunked,
    sha256: /^[0-9a-f]{64}$/.test(call.payload) ? call.payload : null,
    md5: readMd5(headers),
    algorithm: algorithm ?? wanted,
    checksum: given?.value ?? null,
    trailer: trailer && `x-amz-checksum-${trailer}`,
  };
}

/** The one checksum among the headers (or the fields of a form), if there is one. */
export function readChecksum(headers: Headers): Checksum | null {
  const given = ALGORITHMS.flatMap((algorithm): Checksum[] => {
    const value = headers.get(`x-amz-checksum-${algorithm}`);
    return value === undefined ? [] : [{ algorithm, value }];
  });
  const [checksum = null] = given;
  if (given.length > 1) throw new S3Error('InvalidRequest', 'Expecting a single x-amz-checksum- header.');
  if (checksum && !isChecksum(checksum.algorithm, checksum.value)) {
    throw new S3Error('InvalidRequest', `Value for x-amz-checksum-${checksum.algorithm} header is invalid.`);
  }
  return checksum;
}

function readPayloadMode({ payload, request }: Call): boolean {
  const isFramed = (request.headers.get('content-encoding') ?? '')
    .split(',')
    .some((part) => part.trim() === 'aws-chunked');
  if (payload === UNSIGNED_TRAILER) return true;
  // Signed chunks, and framing that nothing announces: stored as they come they would be wrong content.
  if (payload.startsWith('STREAMING-') || isFramed) {
    throw new S3Error('NotImplemented', `aws-chunked content with ${payload} is not implemented.`);
  }
  if (payload !== 'UNSIGNED-PAYLOAD' && !/^[0-9a-f]{64}$/.test(payload)) {
    throw new S3Error(
      'InvalidArgument',
      'x-amz-content-sha256 must be UNSIGNED-PAYLOAD or a valid sha256 value.',
    );
  }
  return false;
}

function readSize(headers: Headers, isChunked: boolean, isRequired: boolean): number | null {
  const text = headers.get(isChunked ? 'x-amz-decoded-content-length' : 'content-length');
  if (text === undefined) {
    if (!isRequired) return null;
    if (!isChunked && headers.has('transfer-encoding')) throw new S3Error('NotImplemented');
    throw new S3Error('MissingContentLength');
  }
  if (!/^\d{1,15}$/.test(text)) throw new S3Error('InvalidArgument', 'The content length is not a number.');
  if (Number(text) > MAX_OBJECT_BYTES) throw new S3Error('EntityTooLarge');
  return Number(text);
}

function readTrailer(headers: Headers): Algorithm | null {
  const name = headers.get('x-amz-trailer');
  if (name === undefined) return null;
  const algorithm = toAlgorithm(name.trim().replace(/^x-amz-checksum-/i, ''));
  if (!algorithm) throw new S3Error('NotImplemented', `The trailer ${name} is not implemented.`);
  return algorithm;
}

function readMd5(headers: Headers): string | null {
  const text = headers.get('content-md5');
  if (text === undefined) return null;
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== 16 || bytes.toString('base64') !== text) throw new S3Error('InvalidDigest');
  return bytes.toString('hex');
}
