import { type Static, Type } from '@sinclair/typebox';
import { EXTENSION_HOURS, HOLD_HOURS, HOLD_STATUSES } from '../src/domain/capsules/capsule-hold.js';
import { HOLD_ACTIONS } from '../src/domain/capsules/change-hold.js';
import {
  Named,
  OptionalEmail,
  OptionalText,
  refTo,
  SentPiece,
  SessionId,
  shown,
  Timestamp,
  Words,
} from './common.js';

const pieces = (description: string) =>
  Type.Optional(Type.Array(refTo(SentPiece), { maxItems: 100, description }));

export const CapsuleRequest = Named(
  'CapsuleRequest',
  {
    sessionId: SessionId,
    shortlist: pieces("The pieces to hold; left out, the session's saved shortlist."),
    items: pieces('Older name of `shortlist`.'),
    shortlistId: OptionalText(128, 'The list that the pieces come from.'),
    customerEmail: OptionalEmail('for a reminder before the hold ends.'),
  },
  {
    ...shown({
      'hold-two-pieces': {
        sessionId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
        shortlist: [{ id: 'RNG-101' }, { id: 'EAR-301' }],
      },
    }),
  },
);
export type CapsuleRequest = Static<typeof CapsuleRequest>;

export const CapsuleResponse = Named(
  'CapsuleResponse',
  {
    ok: Type.Literal(true),
    message: Type.String({ description: 'A friendly sentence for the customer.' }),
    reservationId: Type.String(),
    capsuleId: Type.String({ description: 'The same as `reservationId`.' }),
    expiresAt: Timestamp(`When the hold ends, ${HOLD_HOURS} hours after it was made`),
    shortlistCount: Type.Integer({ minimum: 1, description: 'How many pieces are held.' }),
  },
  {
    ...shown({
      'two-pieces-held': {
        ok: true,
        message: `Your capsule is held for ${HOLD_HOURS} hours. We will have it ready for you.`,
        reservationId: 'CAP-7K3M-9QX4',
        capsuleId: 'CAP-7K3M-9QX4',
        expiresAt: '2026-08-24T14:02:00.000Z',
        shortlistCount: 2,
      },
    }),
  },
);

export const CapsuleParams = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 64, description: 'The `reservationId`.' }),
});

export const CapsuleChange = Named(
  'CapsuleChange',
  {
    action: Words(
      HOLD_ACTIONS,
      `\`extend\` by ${EXTENSION_HOURS} hours, twice at most; \`release\` gives the pieces back; \`convert\`, for the staff, says that they have been bought.`,
    ),
    sessionId: Type.Optional(SessionId),
    by: OptionalText(100, 'Who of the staff does it; needed with a key of the staff.'),
    note: OptionalText(1000, 'For the team; the customer does not see it.'),
    version: Type.Optional(
      Type.Integer({
        minimum: 1,
        description:
          'The version that was seen: the change is made only while it is that, so that a double click extends once.',
      }),
    ),
  },
  {
    ...shown({
      'extend-by-a-day': { action: 'extend', sessionId: 'b2f4c1d8-0f5f-4a58-9a52-6d0e6e5a1f10', version: 1 },
      'release-for-a-customer': { action: 'release', by: 'Ines' },
    }),
  },
);
export type CapsuleChange = Static<typeof CapsuleChange>;

export const CapsuleRecord = Named(
  'CapsuleRecord',
  {
    ok: Type.Literal(true),
    message: Type.String({ description: 'A friendly sentence for the customer.' }),
    reservationId: Type.String(),
    status: Words(HOLD_STATUSES),
    extensions: Type.Integer({ minimum: 0, description: 'How often it has been extended.' }),
    version: Type.Integer({ minimum: 1 }),
    expiresAt: Timestamp('When it ends'),
  },
  {
    ...shown({
      'extended-once': {
        ok: true,
        message: 'Your capsule is held for another day.',
        reservationId: 'cap_6f9619ff-8b86-4d01-b42d-00c04fc964ff',
        status: 'active',
        extensions: 1,
        version: 2,
        expiresAt: '2026-08-25T14:02:00.000Z',
      },
    }),
  },
);
