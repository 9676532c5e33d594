import { createHash } from 'node:crypto';
import { HOUR_MS } from '../../lib/calendar.js';
import { readableId } from '../../lib/ids.js';
import { enqueue } from '../../outbox/enqueue.js';
import type { Order } from '../orders/order.js';
import { mayAct, type Proof } from '../orders/proof.js';
import { RETURN_UNCONFIRMED } from './deliveries.js';
import { heldBy, type ReturnIntake } from './new-return.js';
import type { ReturnsRepository } from './repository.js';
import { type Circumstances, refuseOrder } from './return-policy.js';
import type { ReturnWish } from './return-request.js';
import { type Started, startReturn } from './start-return.js';
import {
  MAX_UNCONFIRMED,
  UNCONFIRMED_HOURS,
  type UnconfirmedReturn,
  type UnconfirmedReturnsRepository,
} from './unconfirmed-return.js';

/** A new one, with a mail to the owner enqueued. */
export function newUnconfirmed(
  orderNumber: string,
  place: number,
  { option, items, size }: ReturnWish,
  { reason, notes, sessionId, requestKey }: ReturnIntake,
  at: Date,
): UnconfirmedReturn {
  return {
    rmaId: readableId('RMA'),
    orderNumber,
    place: `${orderNumber}/${place}`,
    option,
    wishKey: wishKeyOf(orderNumber, { option, items, size }),
    items: items?.length ? items : undefined,
    size,
    reason,
    notes,
    sessionId,
    requestKey,
    createdAt: at,
    expiresAt: new Date(at.getTime() + UNCONFIRMED_HOURS * HOUR_MS),
    ...enqueue([RETURN_UNCONFIRMED.of()], at),
  };
}

function wishKeyOf(orderNumber: string, { option, items = [], size }: ReturnWish): string {
  const pieces = items.map(({ lineId, sku, quantity, size, notes }) => [lineId, sku, quantity, size, notes]);
  return createHash('sha256')
    .update(JSON.stringify([orderNumber, option, size, pieces]))
    .digest('base64url');
}

interface ReturnRepositories {
  returns: ReturnsRepository;
  unconfirmedReturns: UnconfirmedReturnsRepository;
}

type Requested =
  | Started
  /** It waits for the word of whoever reads the mail of the order. */
  | { outcome: 'unconfirmed'; unconfirmed: UnconfirmedReturn; isNew: boolean };

type Given = Omit<Circumstances, 'held'>;

/** Each attempt that fails has found another one in its place. */
const ATTEMPTS = 10;

/**
 * Opens an RMA for who has proved the order, or whom the shop vouches for. For anyone else it is noted, and asked for at the order's own
 * address. What refuses the order as a whole stands in its timeline, and is said to everyone; what is said of its pieces waits until
 * someone confirms, for a refusal tells what is in the order.
 */
export async function requestReturn(
  repositories: ReturnRepositories,
  order: Order,
  wish: ReturnWish,
  intake: ReturnIntake,
  circumstances: Given,
  proof: Proof,
): Promise<Requested> {
  if (mayAct(proof)) return startReturn(repositories.returns, order, wish, intake, circumstances);
  const standing = await repositories.returns.findByOrder(order.orderNumber);
  const refused = refuseOrder(order, wish.option, { ...circumstances, held: heldBy(standing) });
  return refused
    ? { outcome: 'refused', decision: refused }
    : noteReturn(repositories.unconfirmedReturns, order, wish, intake, circumstances.now);
}

async function noteReturn(
  unconfirmedReturns: UnconfirmedReturnsRepository,
  { orderNumber }: Order,
  wish: ReturnWish,
  intake: ReturnIntake,
  now: Date,
): Promise<Requested> {
  const wishKey = wishKeyOf(orderNumber, wish);
  const { requestKey } = intake;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const waiting = await unconfirmedReturns.findWaiting(orderNumber, now);
    const same = waiting.find(
      (one) => one.wishKey === wishKey || (requestKey !== undefined && one.requestKey === requestKey),
    );
    if (same) return { outcome: 'unconfirmed', unconfirmed: same, isNew: false };
    const taken = new Set(waiting.map(({ place }) => place));
    const places = Array.from({ length: MAX_UNCONFIRMED }, (_, index) => index + 1);
    const free = places.find((place) => !taken.has(`${orderNumber}/${place}`));
    if (free === undefined)
      return { outcome: 'refused', decision: { ok: false, reason: 'confirmation_awaited' } };
    const unconfirmed = newUnconfirmed(orderNumber, free, wish, intake, now);
    if (await unconfirmedReturns.insert(unconfirmed))
      return { outcome: 'unconfirmed', unconfirmed, isNew: true };
    await unconfirmedReturns.clearLapsed(orderNumber, now);
  }
  throw new Error(`No return could be noted for ${orderNumber} in ${ATTEMPTS} attempts`);
}

/**
 * Opens the RMA that an unconfirmed return stands for: the caller has the link that went to the order's own address. It is decided only
 * now. A link that is used again gives the same RMA.
 */
export function confirmReturn(
  { returns }: Pick<ReturnRepositories, 'returns'>,
  unconfirmed: UnconfirmedReturn,
  order: Order,
  circumstances: Given,
): Promise<Started> {
  const { rmaId, option, items, size, reason, notes, sessionId, requestKey } = unconfirmed;
  const intake = { rmaId, option, reason, notes, sessionId, requestKey };
  return startReturn(returns, order, { option, items, size }, intake, circumstances);
}
