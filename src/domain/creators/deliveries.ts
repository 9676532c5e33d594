import { type Static, Type } from '@sinclair/typebox';
import { deliveriesOf } from '../../outbox/delivery-kind.js';
import type { WithDeliveries } from '../../outbox/enqueue.js';

/** A ticket that came through a creator. */
export const CreatorCredit = Type.Object({ creatorCode: Type.String(), ticketId: Type.String() });
export type CreatorCredit = Static<typeof CreatorCredit>;

export interface CreatorTools {
  creators: { credit(credit: CreatorCredit): Promise<void> };
}

export const CREATOR_CREDIT = deliveriesOf<WithDeliveries, CreatorTools>([])({
  to: 'creators',
  kind: 'creator.credit',
  label: 'Credit of a creator',
  payload: CreatorCredit,
  handle: ({ payload }, { creators }) => creators.credit(payload),
});
