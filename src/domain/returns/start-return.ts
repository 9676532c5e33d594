import type { Order } from '../orders/order.js';
import { correctReturn } from './correct-return.js';
import { claimUnits, heldBy, newRequest, openKeyOf, type ReturnIntake } from './new-return.js';
import type { ReturnsRepository } from './repository.js';
import {
  type Circumstances,
  decideReturn,
  type Refused,
  type ReturnDecision,
  wishedLines,
} from './return-policy.js';
import type { ReturnLine, ReturnRequest, ReturnWish } from './return-request.js';
import { hasEnded, type ReturnOption } from './return-steps.js';

export type Started =
  | { outcome: 'opened'; request: ReturnRequest; kept: string[] }
  | { outcome: 'repeated'; request: ReturnRequest }
  /** It was open already, and has been put right. */
  | { outcome: 'corrected'; request: ReturnRequest }
  | { outcome: 'refused'; decision: Refused };

/** A request that loses the race for a number, a piece or an open RMA looks again, this many times. */
const ATTEMPTS = 5;

/**
 * Opens an RMA for a wish, gives back the one that is open for it already, or refuses. A wish that says of the same pieces something
 * else, another size above all, puts right what was asked before. Of requests at the same moment, the indexes on
 * the open request and on each piece let one win; the others look again and find it.
 */
export async function startReturn(
  returns: ReturnsRepository,
  order: Order,
  wish: ReturnWish,
  intake: ReturnIntake,
  circumstances: Omit<Circumstances, 'held'>,
): Promise<Started> {
  const { now } = circumstances;
  const ideal = wishedLines(order, wish, circumstances);
  const openKey = ideal.ok ? openKeyOf(order.orderNumber, wish.option, ideal.lines) : undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const existing = await returns.findByOrder(order.orderNumber);
    const made = existing.find(
      ({ requestKey, rmaId }) =>
        rmaId === intake.rmaId || (requestKey !== undefined && requestKey === intake.requestKey),
    );
    if (made) return { outcome: 'opened', request: made, kept: keptOf(ideal) };
    const open = existing.find((request) => request.openKey !== undefined && request.openKey === openKey);
    if (open && ideal.ok && !hasEnded(open.status))
      return correctReturn(returns, open, ideal.lines, intake, now);

    const decision = decideReturn(order, wish, { ...circumstances, held: heldBy(existing) });
    const resized = !decision.ok && ideal.ok && resizeOf(existing, wish.option, ideal.lines);
    if (resized) return correctReturn(returns, resized, ideal.lines, intake, now);
    if (!decision.ok || openKey === undefined) return { outcome: 'refused', decision: refusalOf(decision) };
    const claims = claimUnits(order.orderNumber, decision.lines, existing);
    const granted = { lines: decision.lines, claims, openKey };
    const request = newRequest(order, granted, intake, circumstances.policy, now);
    if (await returns.insert(request)) return { outcome: 'opened', request, kept: decision.kept };
  }
  throw new Error(`No RMA could be opened for ${order.orderNumber} in ${ATTEMPTS} attempts`);
}

// An open resize that has the same pieces, perhaps among others: asked for again, it is another size that is wished for.
const resizeOf = (
  existing: ReturnRequest[],
  option: ReturnOption,
  wished: ReturnLine[],
): ReturnRequest | undefined =>
  option === 'resize' && wished.some(({ size }) => size !== undefined)
    ? existing.find(
        ({ option, status, lines }) =>
          option === 'resize' &&
          !hasEnded(status) &&
          wished.every(({ lineId, quantity }) =>
            lines.some((line) => line.lineId === lineId && line.quantity === quantity),
          ),
      )
    : undefined;

const keptOf = (decision: ReturnDecision): string[] => (decision.ok ? decision.kept : []);

function refusalOf(decision: ReturnDecision): Refused {
  if (!decision.ok) return decision;
  throw new Error('A wish cannot be granted whose lines are not known');
}
