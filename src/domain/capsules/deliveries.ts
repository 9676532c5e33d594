import { Type } from '@sinclair/typebox';
import type { Stationery } from '../../connectors/email/email.js';
import { capsuleValues } from '../../connectors/templates/message-values.js';
import { renderEmail } from '../../connectors/templates/render.js';
import { picked } from '../../connectors/webhooks/event.js';
import { CapsulePayload, fieldsOf } from '../../connectors/webhooks/payloads.js';
import { deliveriesOf } from '../../outbox/delivery-kind.js';
import type { CapsuleHold } from './capsule-hold.js';

export interface CapsuleTools extends Stationery {
  holds: { expire(reservationId: string, now: Date): Promise<void> };
  now: () => Date;
}

const deliveryOf = deliveriesOf<CapsuleHold, CapsuleTools>(['reservationId', 'expiresAt']);

/** The render service makes a picture of the capsule. */
export const CAPSULE_RENDER = deliveryOf({
  to: 'render',
  kind: 'capsule.render',
  label: 'Picture of the pieces held',
  handle: ({ document, ...attempt }, _tools, render) =>
    render.send(
      {
        type: 'capsule.render',
        at: document.createdAt,
        data: picked(document, fieldsOf(CapsulePayload)),
      },
      attempt,
    ),
});

/** The customer is reminded of the end; of one that has been moved meanwhile, there is a reminder of its own. */
export const CAPSULE_REMINDER = deliveryOf({
  to: 'email',
  kind: 'capsule.reminder',
  label: 'Reminder of a hold',
  payload: Type.Object({ expiresAt: Type.Optional(Type.Date()) }),
  async handle({ document, payload, ...attempt }, { messages, shop }, email) {
    const { status, expiresAt, customerEmail: to } = document;
    if (status !== 'active') return { outcome: 'skipped', reason: `the capsule is ${status}` };
    if (payload.expiresAt && payload.expiresAt.getTime() !== expiresAt.getTime())
      return { outcome: 'skipped', reason: 'the capsule has been extended' };
    return email.send(
      { to, ...renderEmail(messages['capsule.reminder'], capsuleValues(document, shop)) },
      attempt,
    );
  },
});

/** Its time has passed; one that was extended or ended meanwhile stays as it is. */
export const CAPSULE_EXPIRE = deliveryOf({
  to: 'capsules',
  kind: 'capsule.expire',
  label: 'End of a hold',
  handle: ({ document }, { holds, now }) => holds.expire(document.reservationId, now()),
});
