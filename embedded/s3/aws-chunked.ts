import { S3Error } from './errors.js';

const MIN_CHUNK = 8192;
const MAX_LINE = 8192;

/**
 * Decodes a body in `aws-chunked` framing, which AWS's clients use to send a checksum after the content:
 * `<size in hex>\r\n<bytes>\r\n … 0\r\n<trailer>:<value>\r\n\r\n`. The trailers are added to the map given.
 */
export async function* decodeAwsChunked(
  source: AsyncIterable<Buffer>,
  trailers: Map<string, string>,
): AsyncGenerator<Buffer> {
  const { line, take } = createReader(source);
  let previous = MIN_CHUNK;
  for (let size = parseSize(await line()); size > 0; size = parseSize(await line())) {
    // A sender of small pieces would work here, and fail at S3.
    if (previous < MIN_CHUNK) throw new S3Error('InvalidChunkSizeError');
    previous = size;
    for (let left = size; left > 0; ) {
      const piece = await take(left);
      left -= piece.length;
      yield piece;
    }
    if ((await line()) !== '') throw new S3Error('IncompleteBody', 'A chunk is longer than its size.');
  }
  for (let trailer = await line(); trailer !== ''; trailer = await line()) {
    const [name = '', value] = trailer.split(':');
    if (value === undefined) throw new S3Error('MalformedTrailerError');
    trailers.set(name.trim().toLowerCase(), value.trim());
  }
}

function parseSize(line: string): number {
  // An extension would be a chunk signature, which only the signed streaming modes have; those are refused earlier.
  if (!/^[0-9a-f]{1,12}$/i.test(line)) throw new S3Error('InvalidRequest', 'Malformed chunk size.');
  return Number.parseInt(line, 16);
}

function createReader(source: AsyncIterable<Buffer>) {
  const chunks = source[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);

  async function more(): Promise<void> {
    const next = await chunks.next();
    if (next.done) throw new S3Error('IncompleteBody');
    held = Buffer.concat([held, next.value]);
  }

  async function line(): Promise<string> {
    while (!held.includes('\r\n')) {
      if (held.length > MAX_LINE) throw new S3Error('InvalidRequest', 'A chunk header is too long.');
      await more();
    }
    const end = held.indexOf('\r\n');
    const text = held.toString('latin1', 0, end);
    held = held.subarray(end + 2);
    return text;
  }

  /** The next bytes, at least one and at most `limit`. */
  async function take(limit: number): Promise<Buffer> {
    while (held.length === 0) await more();
    const piece = held.subarray(0, limit);
    held = held.subarray(piece.length);
    return piece;
  }

  return { line, take };
}
