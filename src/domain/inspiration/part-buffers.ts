import { createSemaphore } from '../../lib/semaphore.js';
import { unavailable } from '../../platform/http/problem.js';
import { PART_BYTES } from '../../platform/storage/upload.js';

/** For each upload that is received, so many may wait, their bodies unread. */
const WAITING_FOR_EACH = 16;

/**
 * The memory of the uploads: so many pieces, used again and again, however many uploads there are. An upload waits for its piece before
 * any of it is read, so that its sender waits too.
 */
export function createPartBuffers(most: number) {
  const semaphore = createSemaphore(most);
  const unused: Buffer[] = [];

  async function take(): Promise<Buffer> {
    if (semaphore.waiting() >= most * WAITING_FOR_EACH)
      throw unavailable(new Error('too many uploads at once'));
    await semaphore.acquire();
    return unused.pop() ?? Buffer.allocUnsafeSlow(PART_BYTES);
  }

  function giveBack(part: Buffer): void {
    unused.push(part);
    semaphore.release();
  }

  return { take, giveBack };
}
