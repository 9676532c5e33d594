import { Type } from '@sinclair/typebox';
import { deliveriesOf } from '../../outbox/delivery-kind.js';
import type { Erasure } from './erasure.js';

export interface PrivacyTools {
  erasures: {
    perform(erasure: Erasure, at: Date): Promise<void>;
    forgetTelling(erasureId: string): Promise<void>;
  };
  now: () => Date;
}

const deliveryOf = deliveriesOf<Erasure, PrivacyTools>(['erasureId']);

/** A person is forgotten. A repeat finds what is left. */
export const ERASE = deliveryOf({
  to: 'privacy',
  kind: 'privacy.erase',
  label: 'Erasure',
  handle: ({ document }, { erasures, now }) => erasures.perform(document, now()),
});

/** The CRM deletes a case that was made of what is forgotten. */
export const CASE_ERASE = deliveryOf({
  to: 'crm',
  kind: 'case.erase',
  label: 'Erasure of a case',
  payload: Type.Object({ caseId: Type.String(), reference: Type.String() }),
  async handle({ payload, ...attempt }, _tools, crm) {
    if (!crm.erase) return { outcome: 'skipped', reason: `${crm.name} has no way to delete it` };
    return crm.erase(payload, attempt);
  },
});

/** A picture of theirs that is delivered from elsewhere is taken away there. */
export const ASSET_ERASE = deliveryOf({
  to: 'assets',
  kind: 'asset.erase',
  label: 'Erasure of a picture',
  payload: Type.Object({ reference: Type.String() }),
  handle: ({ payload: { reference }, ...attempt }, _tools, assets) => assets.remove(reference, attempt),
});

export const PROFILE = 'profile';

/** Who keeps profiles of subscribers deletes those of a person. */
export const PROFILE_ERASE = deliveryOf({
  to: 'notifications',
  kind: 'profile.erase',
  label: 'Erasure of a profile',
  payload: Type.Object({ reference: Type.Literal(PROFILE) }),
  async handle({ document: { erasureId, telling }, ...attempt }, { erasures }, carriers) {
    const carrier = [carriers.email, carriers.sms].find((one) => one?.forget);
    const outcome = !telling
      ? ({
          outcome: 'rejected',
          reason: 'it has waited too long to be told: delete it there by hand',
        } as const)
      : ((await carrier?.forget?.(telling, attempt)) ??
        ({ outcome: 'skipped', reason: `${carriers.name} keeps no profiles` } as const));
    if (outcome.outcome !== 'retry' && outcome.outcome !== 'misconfigured')
      await erasures.forgetTelling(erasureId);
    return outcome;
  },
});
