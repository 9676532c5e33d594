import { enqueue } from '../../outbox/enqueue.js';
import { ORDER_CHANGE, type OrderChange } from '../orders/deliveries.js';
import type { Order } from '../orders/order.js';
import { RETURN_STEP } from './deliveries.js';
import type { ReturnsRepository } from './repository.js';
import type { ReturnParcel, ReturnRequest, ReturnStep } from './return-request.js';
import { canFollow, hasEnded, historyOf } from './return-steps.js';

type Advanced =
  | { outcome: 'advanced'; request: ReturnRequest }
  | { outcome: 'repeated'; request: ReturnRequest }
  | { outcome: 'not_allowed'; request: ReturnRequest };

/** Takes an RMA a step further, if that step can follow; the step it has taken already is a harmless repeat. A parcel may be told of with any of them. */
export async function advanceReturn(
  returns: ReturnsRepository,
  before: ReturnRequest,
  order: Order | null,
  step: ReturnStep,
  parcel?: ReturnParcel,
): Promise<Advanced> {
  if (before.status === step.status) {
    const told = parcel && (await returns.keepParcel(before.rmaId, parcel));
    return { outcome: 'repeated', request: told ?? before };
  }
  if (!canFollow(before.status, step.status)) return { outcome: 'not_allowed', request: before };
  const others = (await returns.findByOrder(before.orderNumber)).filter(
    ({ rmaId }) => rmaId !== before.rmaId,
  );
  const { deliveries, nextDeliveryAt = step.at } = enqueue(
    [ORDER_CHANGE.of(orderChange(before, order, step, others)), RETURN_STEP.of({ status: step.status })],
    step.at,
  );
  const after = await returns.advance(
    before,
    { ...step, parcel },
    deliveries,
    nextDeliveryAt,
    givenUp(before, step),
  );
  if (after) return { outcome: 'advanced', request: after };
  const now = await returns.find(before.rmaId);
  return { outcome: now?.status === step.status ? 'repeated' : 'not_allowed', request: now ?? before };
}

// When an RMA ends, the same can be asked for again; pieces that were returned stay held.
function givenUp({ option }: ReturnRequest, { status }: ReturnStep): ('openKey' | 'claims')[] {
  if (!hasEnded(status)) return [];
  return status === 'completed' && option === 'return' ? ['openKey'] : ['openKey', 'claims'];
}

function orderChange(
  before: ReturnRequest,
  order: Order | null,
  step: ReturnStep,
  others: ReturnRequest[],
): OrderChange {
  const { orderNumber, option, rmaId } = before;
  const history = { ...historyOf(option, step.status), rmaId };
  const status =
    option === 'return' && hasEnded(step.status) ? statusAfter(before, order, step, others) : undefined;
  return { orderNumber, at: step.at, history, status };
}

// The order stays `return_pending` while another return is open; it is `returned` once every piece of it has been.
function statusAfter(
  before: ReturnRequest,
  order: Order | null,
  step: ReturnStep,
  others: ReturnRequest[],
): string | undefined {
  const returns = others.filter(({ option }) => option === 'return');
  if (returns.some(({ status }) => !hasEnded(status))) return undefined;
  const completed = [
    ...returns.filter(({ status }) => status === 'completed'),
    ...(step.status === 'completed' ? [before] : []),
  ];
  const returned = completed.flatMap(({ lines }) => lines).reduce((sum, { quantity }) => sum + quantity, 0);
  const bought = (order?.lines ?? []).reduce((sum, { quantity }) => sum + quantity, 0);
  if (bought > 0 && returned >= bought) return 'returned';
  // the first of several returns knows what the status was before them all
  const first = [...returns, before].sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime())[0];
  return first?.orderStatusBefore;
}
