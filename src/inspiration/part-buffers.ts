import { unavailable } from '../problem.js';
import { createSlots } from '../slots.js';
import { PART_BYTES } from '../storage/upload.js';

/** For each upload that is received, so many may wait, their bodies unread. */
const WAITING_FOR_EACH = 16;

/**
 * The memory of the uploads: so many pieces, used again and again, however many uploads there are. An upload waits for its piece before
 * any of it is read, so that its sender waits too.
 */
export function createPartBuffers(most: number) {
  const slots = createSlots(most);
  const unused: Buffer[] = [];

  async function take(): Promise<Buffer> {
    if (slots.waiting() >= most * WAITING_FOR_EACH) throw unavailable(new Error('too many uploads at once'));
    await slots.take();
    return unused.pop() ?? Buffer.allocUnsafeSlow(PART_BYTES);
  }

  function giveBack(part: Buffer): void {
    unused.push(part);
    slots.free();
  }

  return { take, giveBack };
}
