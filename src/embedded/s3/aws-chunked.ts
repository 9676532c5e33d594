import { S3Error } from './errors.js';

const MAX_LINE = 8192;
const MAX_TRAILERS = 10;
const LINE_END = '\r\n';

/**
 * Decodes a body in `aws-chunked` framing, which AWS's clients use to send a checksum after the content:
 * `<size in hex>\r\n<bytes>\r\n … 0\r\n<trailer>:<value>\r\n\r\n`. The trailers are added to the map given.
 */
export async function* decodeAwsChunked(
  source: AsyncIterable<Buffer>,
  trailers: Map<string, string>,
): AsyncGenerator<Buffer> {
  const reader = createReader(source);
  for (let size = await readSize(reader); size > 0; size = await readSize(reader)) {
    yield* reader.take(size);
    if ((await reader.line()) !== '') throw new S3Error('IncompleteBody', 'A chunk is longer than its size.');
  }
  for (let line = await reader.line(); line !== ''; line = await reader.line()) {
    const colon = line.indexOf(':');
    if (colon < 1 || trailers.size >= MAX_TRAILERS) throw new S3Error('MalformedTrailerError');
    trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  if (!(await reader.isAtEnd()))
    throw new S3Error('InvalidRequest', 'The body goes on after its last chunk.');
}

interface Reader {
  line(): Promise<string>;
  take(length: number): AsyncGenerator<Buffer>;
  isAtEnd(): Promise<boolean>;
}

async function readSize(reader: Reader): Promise<number> {
  // An extension would be a chunk signature, which only the signed streaming modes have; those are refused earlier.
  const line = await reader.line();
  if (!/^[0-9a-f]{1,12}$/i.test(line)) throw new S3Error('InvalidRequest', 'Malformed chunk size.');
  return Number.parseInt(line, 16);
}

function createReader(source: AsyncIterable<Buffer>): Reader {
  const chunks = source[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);

  async function more(): Promise<boolean> {
    const next = await chunks.next();
    if (next.done) return false;
    held = held.length === 0 ? next.value : Buffer.concat([held, next.value]);
    return true;
  }

  async function line(): Promise<string> {
    let end = held.indexOf(LINE_END);
    while (end < 0) {
      if (held.length > MAX_LINE) throw new S3Error('InvalidRequest', 'A chunk header is too long.');
      if (!(await more())) throw new S3Error('IncompleteBody');
      end = held.indexOf(LINE_END);
    }
    const text = held.toString('latin1', 0, end);
    held = held.subarray(end + LINE_END.length);
    return text;
  }

  async function* take(length: number): AsyncGenerator<Buffer> {
    for (let left = length; left > 0; ) {
      if (held.length === 0 && !(await more())) throw new S3Error('IncompleteBody');
      const piece = held.subarray(0, left);
      held = held.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  async function isAtEnd(): Promise<boolean> {
    return held.length === 0 && !(await more());
  }

  return { line, take, isAtEnd };
}
