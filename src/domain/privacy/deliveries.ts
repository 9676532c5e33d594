import { deliveriesOf } from '../../outbox/delivery-kind.js';
import type { Erasure } from './erasure.js';

export interface PrivacyTools {
  erasures: { perform(erasure: Erasure, at: Date): Promise<void> };
  now: () => Date;
}

/** A person is forgotten. A repeat finds what is left. */
export const ERASE = deliveriesOf<Erasure, PrivacyTools>(['erasureId'])({
  to: 'privacy',
  kind: 'privacy.erase',
  handle: ({ document }, { erasures, now }) => erasures.perform(document, now()),
});
