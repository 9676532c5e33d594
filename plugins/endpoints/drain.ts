import type { IncomingMessage } from 'node:http';

/** A sender that is slow has to see to itself. */
const MAX_MS = 5000;

/**
 * Reads on, and throws away, what a sender is still sending that is about to be refused: it would see a broken connection instead of
 * the answer. False when there is too much of it, or it takes too long: then the connection has to go.
 */
export function drain(message: IncomingMessage, maxBytes: number): Promise<boolean> {
  if (message.readableEnded || message.destroyed) return Promise.resolve(true);
  return new Promise((resolve) => {
    let bytes = 0;
    const end = (whole: boolean) => {
      clearTimeout(timer);
      message.off('data', count).off('end', ended).off('close', ended).pause();
      resolve(whole);
    };
    const ended = () => end(true);
    const count = (chunk: Uint8Array) => {
      bytes += chunk.length;
      if (bytes > maxBytes) end(false);
    };
    const timer = setTimeout(() => end(false), MAX_MS);
    message.unpipe();
    message.on('data', count).on('end', ended).on('close', ended).resume();
  });
}
