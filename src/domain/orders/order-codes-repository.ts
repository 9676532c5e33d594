import type { Collection } from 'mongodb';
import { insertNew } from '../../platform/mongodb/write.js';
import { newOrderCode, sentAgain } from './new-order-code.js';
import { MAX_MAILS, type OrderCode } from './order-code.js';

/** Of those who ask at the same moment one makes the code; the others look again. */
const ATTEMPTS = 5;

export function createOrderCodesRepository(codes: Collection<OrderCode>) {
  /** Has a code sent, the one that there is or a new one; none more when it was sent often enough. */
  async function send(mailbox: string, orderNumber: string | undefined, now: Date): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const again = await codes.updateOne(
        { mailbox, expiresAt: { $gt: now }, mails: { $lt: MAX_MAILS } },
        sentAgain(orderNumber, now),
      );
      if (again.matchedCount > 0) return;
      const there = await codes.findOne({ mailbox }, { projection: { codeId: 1, expiresAt: 1 } });
      if (there && there.expiresAt > now) return;
      // the database removes what has expired, though not at once
      if (there) await codes.deleteOne({ codeId: there.codeId });
      if (await insertNew(codes, newOrderCode(mailbox, orderNumber, now))) return;
    }
    throw new Error(`No code could be made in ${ATTEMPTS} attempts`);
  }

  /** The code that can be given back now. */
  const findLive = (mailbox: string, now: Date): Promise<OrderCode | null> =>
    codes.findOne({ mailbox, expiresAt: { $gt: now } }, { projection: { _id: 0 } });

  return { send, findLive };
}

export type OrderCodesRepository = ReturnType<typeof createOrderCodesRepository>;
