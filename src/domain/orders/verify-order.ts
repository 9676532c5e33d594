import type { Hashes } from '../../lib/ids.js';
import type { Order } from './order.js';
import type { OrderCodesRepository } from './order-codes-repository.js';
import type { ProofSigning } from './proof-signing.js';

export interface Verifying {
  codes: OrderCodesRepository;
  hashes: Hashes;
  signing: ProofSigning;
}

/** What the caller asks for: the order as it was typed, and as it was found. */
export interface AskedOrder {
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
