import type { WithDeliveries } from '../../outbox/enqueue.js';
import type { Subject } from './personal-data.js';

/** What was found and done, by collection; it names nobody. */
export interface Receipt {
  found: { collection: string; documents: number; objects: number; done: 'deleted' | 'anonymised' }[];
  /** What was made of it outside, by the other system's own id: to be erased there. */
  outside: { to: string; reference: string }[];
}

/** That a person is to be forgotten. Who it is stands here only until it has been done. */
export interface Erasure extends WithDeliveries {
  erasureId: string;
  subject?: Subject;
  receipt: Receipt;
  requestedAt: Date;
  finishedAt?: Date;
}
