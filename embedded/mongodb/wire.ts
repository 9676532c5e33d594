// MongoDB's wire protocol: OP_MSG, and OP_QUERY for the driver's first handshake.
import { BsonWriter } from './bson-writer.js';
import { decode } from './codec.js';
import type { Doc } from './values.js';

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;
export const MAX_MESSAGE = 48_000_000;

export interface Message {
  requestId: number;
  opcode: number;
  bytes: Buffer;
  /** The sender waits for no reply. */
  silent: boolean;
}

/** Cuts a stream into messages. Throws on what cannot be one. */
export function framer(onMessage: (message: Message) => void): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let size = 0;
  return (chunk) => {
    chunks.push(chunk);
    size += chunk.length;
    while (size >= 16) {
      if ((chunks[0]?.length ?? 0) < 16) chunks = [Buffer.concat(chunks)];
      const length = chunks[0]?.readInt32LE(0) ?? 0;
      if (length < 21 || length > MAX_MESSAGE) throw new Error(`a message of ${length} bytes`);
      if (size < length) return;
      const all = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
      chunks = size > length ? [all.subarray(length)] : [];
      size -= length;
      onMessage(open(all.subarray(0, length)));
    }
  };
}

function open(bytes: Buffer): Message {
  const opcode = bytes.readInt32LE(12);
  if (opcode !== OP_MSG && opcode !== OP_QUERY) throw new Error(`the opcode ${opcode} is not supported`);
  const silent = opcode === OP_MSG && (bytes.readUInt32LE(16) & MORE_TO_COME) !== 0;
  return { requestId: bytes.readInt32LE(4), opcode, bytes, silent };
}

/** The command in a message: its first field names it. */
export function parseCommand({ opcode, bytes }: Message): Doc {
  return opcode === OP_MSG ? parseMsg(bytes) : parseQuery(bytes);
}

function parseQuery(bytes: Buffer): Doc {
  const start = bytes.indexOf(0, 20) + 9; // after the collection's name, and two numbers
  const body = decode(bytes.subarray(start, start + bytes.readInt32LE(start)));
  return { ...body, $db: 'admin' };
}

function parseMsg(bytes: Buffer): Doc {
  const flags = bytes.readUInt32LE(16);
  const end = bytes.length - (flags & CHECKSUM_PRESENT ? 4 : 0);
  let body: Doc = {};
  const sequences: Doc = {};
  for (let at = 20; at < end; ) {
    const kind = bytes[at++];
    const stop = at + bytes.readInt32LE(at);
    if (stop <= at || stop > end) throw new Error('a section beyond the end of its message');
    if (kind === 0) body = decode(bytes.subarray(at, stop));
    else parseSequence(bytes.subarray(at, stop), sequences);
    at = stop;
  }
  return Object.assign(body, sequences);
}

function parseSequence(bytes: Buffer, sequences: Doc): void {
  const nameEnd = bytes.indexOf(0, 4);
  const docs: Doc[] = [];
  for (let at = nameEnd + 1; at < bytes.length; ) {
    const stop = at + bytes.readInt32LE(at);
    docs.push(decode(bytes.subarray(at, stop)));
    at = stop;
  }
  sequences[bytes.toString('utf8', 4, nameEnd)] = docs;
}

const writer = new BsonWriter();

export function encodeReply({ requestId, opcode }: Message, reply: Doc): Buffer {
  const isMsg = opcode === OP_MSG;
  writer.rewind();
  writer.skip(isMsg ? 21 : 36);
  writer.document(reply);
  const bytes = Buffer.from(writer.written());
  bytes.fill(0, 0, isMsg ? 21 : 36);
  bytes.writeInt32LE(bytes.length, 0);
  bytes.writeInt32LE(requestId, 8);
  bytes.writeInt32LE(isMsg ? OP_MSG : OP_REPLY, 12);
  if (!isMsg) {
    bytes.writeInt32LE(8, 16); // AwaitCapable, as every server since 1.8
    bytes.writeInt32LE(1, 32); // one document
  }
  return bytes;
}
