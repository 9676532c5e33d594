import { type Static, Type } from '@sinclair/typebox';
import { OptionalEmail, OptionalText, refTo, SentPiece, SessionId, Timestamp } from './common.js';

const pieces = (description: string) =>
  Type.Optional(Type.Array(refTo(SentPiece), { maxItems: 100, description }));

export const CapsuleRequest = Type.Object(
  {
    sessionId: SessionId,
    shortlist: pieces("The pieces to hold; left out, the session's saved shortlist."),
    items: pieces('Older name of `shortlist`.'),
    shortlistId: OptionalText(128, 'The list that the pieces come from.'),
    customerEmail: OptionalEmail('for a reminder before the hold ends.'),
  },
  { examples: [{ sessionId: 'a3f1c2d4', shortlist: [{ id: 'RNG-101' }, { id: 'EAR-301' }] }] },
);
export type CapsuleRequest = Static<typeof CapsuleRequest>;

export const CapsuleResponse = Type.Object(
  {
    message: Type.String({ description: 'A friendly sentence for the customer.' }),
    reservationId: Type.String(),
    capsuleId: Type.String({ description: 'The same as `reservationId`.' }),
    expiresAt: Timestamp('When the hold ends, 48 hours after it was made'),
    shortlistCount: Type.Integer({ minimum: 1, description: 'How many pieces are held.' }),
  },
  {
    examples: [
      {
        message: 'Your capsule is held for 48 hours. We will have it ready for you.',
        reservationId: 'CAP-7K3M-9QX4',
        capsuleId: 'CAP-7K3M-9QX4',
        expiresAt: '2026-08-24T14:02:00.000Z',
        shortlistCount: 2,
      },
    ],
  },
);
