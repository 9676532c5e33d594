import type { Owing } from './owe.js';

/** The collections whose documents owe deliveries, each with the field that names a document to people. */
export const DEBTORS = {
  capsuleHolds: 'reservationId',
  returns: 'rmaId',
  stylistTickets: 'ticketId',
  csatFeedback: 'feedbackId',
  analyticsEvents: '_id',
  widgetOrderSubscriptions: 'subscriptionId',
  widgetInspiration: 'inspirationId',
  orderChanges: 'changeId',
  erasures: 'erasureId',
} as const;

export type DebtorName = keyof typeof DEBTORS;

export type OwingDocument = Owing & { _id: unknown } & Record<string, unknown>;

/** Of a collection, what the dispatcher needs. */
export interface OwingCollection {
  findOneAndUpdate(filter: object, update: object, options: object): Promise<OwingDocument | null>;
  findOne(filter: object): Promise<OwingDocument | null>;
  updateOne(filter: object, update: object): Promise<{ matchedCount: number }>;
}

export type DebtorCollections = Record<DebtorName, OwingCollection>;
