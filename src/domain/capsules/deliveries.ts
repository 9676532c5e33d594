import { Type } from '@sinclair/typebox';
import type { Stationery } from '../../connectors/email/email.js';
import { capsuleValues } from '../../connectors/templates/message-values.js';
import { renderEmail } from '../../connectors/templates/render.js';
import { eventOf, maybe, moment, text } from '../../connectors/webhooks/event.js';
import { deliveriesOf } from '../../outbox/delivery-kind.js';
import type { CapsuleHold } from './capsule-hold.js';

export interface CapsuleTools extends Stationery {
  holds: { expire(reservationId: string, now: Date): Promise<void> };
  now: () => Date;
}

const deliveryOf = deliveriesOf<CapsuleHold, CapsuleTools>(['reservationId', 'expiresAt']);

const CapsulePayload = Type.Object(
  {
    reservationId: Type.String(),
    sessionId: text("The widget's session."),
    items: Type.Array(
      Type.Object(
        { id: text('SKU where the catalogue knows the piece.'), title: Type.Optional(Type.String()) },
        { title: 'CapsulePayloadPiece', additionalProperties: true },
      ),
      { description: 'The pieces as they were shown.' },
    ),
    shortlistId: maybe('The saved list that it was made of.'),
    createdAt: moment('When it was reserved'),
    expiresAt: moment('Until when it is held'),
  },
  { title: 'CapsulePayload', description: 'Pieces that are held for a session, to be drawn together.' },
);

/** The render service makes a picture of the capsule. */
export const CAPSULE_RENDER = deliveryOf({
  to: 'render',
  kind: 'capsule.render',
  label: 'Picture of the pieces held',
  event: {
    summary: 'A capsule is to be drawn',
    description: 'To the render service, as a webhook or as a message of its queue.',
    data: CapsulePayload,
    example: {
      reservationId: 'CAP-7Q4M-2K9X',
      sessionId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
      items: [{ id: 'RNG-101', title: 'Aurora Ring' }],
      createdAt: '2026-08-20T15:04:00.000Z',
      expiresAt: '2026-08-22T15:04:00.000Z',
    },
  },
  handle: ({ document, ...attempt }, _tools, render) =>
    render.send(eventOf('capsule.render', CapsulePayload, document), attempt),
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
