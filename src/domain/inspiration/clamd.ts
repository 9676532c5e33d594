import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** What the scanner has said of some bytes. Whatever else it says, or if it says nothing, `scan` throws: then nobody knows. */
type Verdict = { clean: true } | { clean: false; signature: string };
export type Scan = (bytes: Uint8Array, signal: AbortSignal) => Promise<Verdict>;

interface ClamdSettings {
  host: string;
  port: number;
  timeoutMs: number;
}

const CHUNK_BYTES = 256 * 1024;
/** An answer is one line. */
const MAX_ANSWER_BYTES = 1024;

/** Asks clamd by INSTREAM. Only its explicit "OK" is clean: a scanner that is silent, busy or broken has not looked. */
export const createClamd =
  ({ host, port, timeoutMs }: ClamdSettings): Scan =>
  async (bytes, signal) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const socket = connect({ host, port, signal: limit });
    // before anything is sent: clamd answers early when it has had enough
    const answer = readAnswer(socket);
    answer.catch(() => {});
    try {
      await send(socket, bytes).catch(() => undefined);
      return verdictOf(await answer);
    } finally {
      socket.destroy();
    }
  };

async function send(socket: Socket, bytes: Uint8Array): Promise<void> {
  await once(socket, 'connect');
  socket.write('zINSTREAM\0');
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    const chunk = bytes.subarray(at, at + CHUNK_BYTES);
    socket.write(lengthOf(chunk));
    if (!socket.write(chunk)) await once(socket, 'drain');
  }
  // an empty chunk is the end
  socket.write(lengthOf(new Uint8Array()));
}

function lengthOf({ length }: Uint8Array): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(length);
  return bytes;
}

/** The answer up to its end, which is a zero byte: one that is cut off says nothing. */
function readAnswer(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const end = text.indexOf('\0');
      if (end >= 0) resolve(text.slice(0, end));
      else if (text.length > MAX_ANSWER_BYTES) reject(new Error('The scanner says more than an answer has'));
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('The scanner has ended without an answer')));
  });
}

function verdictOf(answer: string): Verdict {
  if (answer === 'stream: OK') return { clean: true };
  const signature = /^stream: (.+) FOUND$/.exec(answer)?.[1];
  if (signature) return { clean: false, signature };
  throw new Error(`The scanner has not looked: ${answer.slice(0, 200)}`);
}
