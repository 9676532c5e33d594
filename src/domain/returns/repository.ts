import type { Collection } from 'mongodb';
import type { Delivery } from '../../outbox/enqueue.js';
import { insertNew } from '../../platform/mongodb/write.js';
import type { ReturnParcel, ReturnRequest, ReturnStep } from './return-request.js';

/** More RMAs of one order than anyone makes. */
const MAX_OF_ONE_ORDER = 200;

export function createReturnsRepository(returns: Collection<ReturnRequest>) {
  const findByOrder = (orderNumber: string): Promise<ReturnRequest[]> =>
    returns
      .find({ orderNumber }, { projection: { _id: 0 } })
      .limit(MAX_OF_ONE_ORDER)
      .toArray();

  const find = (rmaId: string): Promise<ReturnRequest | null> =>
    returns.findOne({ rmaId }, { projection: { _id: 0 } });

  /** Stores a new RMA; false when another one has the same open request, the same piece or the same number. */
  const insert = (request: ReturnRequest): Promise<boolean> => insertNew(returns, request);

  /** Takes a step from the status that the RMA was in; null when it is no longer in it. */
  function advance(
    before: ReturnRequest,
    { parcel, ...step }: ReturnStep & { parcel?: ReturnParcel | undefined },
    more: Delivery[],
    nextDeliveryAt: Date,
    gone: ('openKey' | 'claims')[],
  ) {
    return returns.findOneAndUpdate(
      { rmaId: before.rmaId, status: before.status },
      {
        $set: { status: step.status, updatedAt: step.at, nextDeliveryAt, parcel },
        $push: { history: step, deliveries: { $each: more } },
        ...(gone.length > 0 && { $unset: Object.fromEntries(gone.map((field) => [field, ''])) }),
      },
      { returnDocument: 'after', projection: { _id: 0 } },
    );
  }

  /** Keeps what was told of its parcel; null when there is no such RMA. */
  const keepParcel = (rmaId: string, parcel: ReturnParcel): Promise<ReturnRequest | null> =>
    returns.findOneAndUpdate(
      { rmaId },
      { $set: { parcel } },
      { returnDocument: 'after', projection: { _id: 0 } },
    );

  /** Says of the pieces of an RMA what is wished now; null when it is not as it was. */
  function correct(
    before: ReturnRequest,
    { lines, notes, ...step }: ReturnStep & Pick<ReturnRequest, 'lines' | 'notes'>,
    more: Delivery[],
    nextDeliveryAt: Date,
  ) {
    return returns.findOneAndUpdate(
      { rmaId: before.rmaId, status: before.status, updatedAt: before.updatedAt },
      {
        $set: { lines, notes, updatedAt: step.at, nextDeliveryAt },
        $push: { history: step, deliveries: { $each: more } },
      },
      { returnDocument: 'after', projection: { _id: 0 } },
    );
  }

  return { findByOrder, find, insert, advance, keepParcel, correct, collection: returns };
}

export type ReturnsRepository = ReturnType<typeof createReturnsRepository>;
