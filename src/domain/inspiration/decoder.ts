import { drawImage } from './re-encode-image.js';

/** What the process that decodes is asked, and what it answers; one after the other. */
export interface DecoderRequest {
  bytes: Uint8Array;
  contentType: string;
  maxPixels: number;
  maxMemoryBytes: number;
}

/** How often it looks how much memory it has. */
const WATCH_MS = 10;

/*
 * A process of its own for what customers send: it may run out of memory, hang or crash, and takes nobody along. It is given the bytes
 * and a number, no settings and no secrets.
 */
let maxMemoryBytes = Number.POSITIVE_INFINITY;
setInterval(() => {
  if (process.memoryUsage.rss() < maxMemoryBytes) return;
  maxMemoryBytes = Number.POSITIVE_INFINITY;
  process.send?.({ outcome: 'too_many_pixels' }, () => process.kill(process.pid, 'SIGKILL'));
}, WATCH_MS);

process.on('message', async (request: DecoderRequest) => {
  const { bytes, contentType, maxPixels } = request;
  maxMemoryBytes = request.maxMemoryBytes;
  try {
    process.send?.(await drawImage(Buffer.from(bytes), contentType, maxPixels));
  } catch (error) {
    process.send?.({ outcome: 'failed', reason: error instanceof Error ? error.message : String(error) });
  }
});
process.on('disconnect', () => process.exit());
// whoever asked for it may have ended before it could listen for that
if (!process.connected) process.exit();
