import { randomUUID } from 'node:crypto';
import type { Collection } from 'mongodb';
import { HOUR_MS } from '../../lib/calendar.js';
import { type Hashes, machineId } from '../../lib/ids.js';
import { enqueue, enqueueMore } from '../../outbox/enqueue.js';
import { insertNew } from '../../platform/mongodb/write.js';
import { ORDER_CODE } from './deliveries.js';
import type { Order } from './order.js';
import { CODE_HOURS, MAX_MAILS, type OrderCode } from './order-code.js';
import type { ProofSigning } from './proof-signing.js';

/** A new code for a mailbox, with its mail enqueued; for an order that is not known, none. */
function newOrderCode(mailbox: string, orderNumber: string | undefined, at: Date): OrderCode {
  return {
    codeId: machineId('code'),
    mailbox,
    nonce: randomUUID(),
    mails: 1,
    createdAt: at,
    expiresAt: new Date(at.getTime() + CODE_HOURS * HOUR_MS),
    ...enqueue(orderNumber ? [ORDER_CODE.of({ orderNumber })] : [], at),
  };
}

/** What it takes to send a code once more. */
const sentAgain = (orderNumber: string | undefined, at: Date) => ({
  $inc: { mails: 1 },
  ...(orderNumber && enqueueMore([ORDER_CODE.of({ orderNumber })], at)),
});

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

type OrderCodesRepository = ReturnType<typeof createOrderCodesRepository>;

interface Verifying {
  codes: OrderCodesRepository;
  hashes: Hashes;
  signing: ProofSigning;
}

/** What the caller asks for: the order as it was typed, and as it was found. */
interface AskedOrder {
  typed: string;
  order: Order | null;
}

/** Has a code sent to the order's own address, whatever the caller says. For an order that is not known the same is done, and nothing sent. */
export const askForCode = ({ codes, hashes }: Verifying, asked: AskedOrder, now: Date): Promise<void> =>
  codes.send(mailboxOf(hashes, asked), asked.order?.email && asked.order.orderNumber, now);

/** Whether that is the code that was sent to the order's own address, and can be given back still. */
export async function isCodeOfOrder(
  { codes, hashes, signing }: Verifying,
  asked: AskedOrder,
  code: string,
  now: Date,
): Promise<boolean> {
  const live = await codes.findLive(mailboxOf(hashes, asked), now);
  const isRight = live !== null && signing.isCodeOf(live.nonce, code);
  return isRight && asked.order !== null;
}

const mailboxOf = (hashes: Hashes, { typed, order }: AskedOrder): string =>
  order?.email ? hashes.destination(order.email.toLowerCase()) : hashes.order(order?.orderNumber ?? typed);
