import type { Delivery, WithDeliveries } from '../../outbox/enqueue.js';
import { defineCollection } from '../../platform/mongodb/define-collection.js';
import type { Subject } from './personal-data.js';

/** What was found and done, by collection; it names nobody. */
export interface Receipt {
  found: { collection: string; documents: number; objects: number; done: 'deleted' | 'anonymised' }[];
  /** What was made of it outside, by the other system's own id; a case of a CRM by ours too. */
  outside: { to: string; reference: string; caseId?: string | undefined }[];
}

/** That a person is to be forgotten. Who it is stands here only until it has been done. */
export interface Erasure extends WithDeliveries {
  erasureId: string;
  subject?: Subject;
  /** By what a vendor that keeps profiles knows them: only until it has been told. */
  telling?: Pick<Subject, 'emails' | 'phones'>;
  receipt: Receipt;
  requestedAt: Date;
  finishedAt?: Date;
}

export const OUTSIDE_STATES = ['deleted', 'under_way', 'by_hand'] as const;

/** What has become of what other systems hold: deleted there, on the way, or to be deleted there by hand. */
export const outsideNow = ({ receipt, deliveries }: Pick<Erasure, 'receipt' | 'deliveries'>) =>
  receipt.outside.map(({ to, reference }) => {
    const told = deliveries.find(
      (delivery) =>
        delivery.to === to &&
        (delivery.payload as { reference?: string } | undefined)?.reference === reference,
    );
    return {
      to,
      reference,
      state: stateOf(told),
      reason: told?.state === 'done' ? undefined : told?.lastError,
    };
  });

function stateOf(told: Delivery | undefined): (typeof OUTSIDE_STATES)[number] {
  if (told?.state === 'done') return 'deleted';
  return told?.state === 'pending' ? 'under_way' : 'by_hand';
}

/** The receipts. */
export const erasures = defineCollection<Erasure>('erasures', {
  id: 'erasureId',
  indexes: [{ key: { erasureId: 1 }, unique: true }],
  retention: { after: 'requestedAt', days: 3 * 365 },
  deliveries: true,
  personal: {
    fields: {
      erasureId: false,
      subject: true,
      telling: true,
      receipt: false,
      requestedAt: false,
      finishedAt: false,
    },
    // whom it is about stands there only until it has been done
    foundBy: {},
  },
});
