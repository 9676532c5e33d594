import { type Static, Type } from '@sinclair/typebox';
import { IDENTITIES, MAX_MESSAGES } from '../src/domain/sessions/session.js';
import { ListedPiece, MessageFields, Named, refTo, SessionId, shown, Timestamp, Words } from './common.js';

export const SessionParams = Type.Object({ sessionId: SessionId });

export const MessagesRequest = Named(
  'MessagesRequest',
  {
    messages: Type.Array(
      Named(
        'SentMessage',
        {
          id: Type.String({
            minLength: 1,
            maxLength: 128,
            pattern: '\\S',
            description: 'Names the message: sent again, it is kept once.',
          }),
          ...MessageFields,
        },
        { description: 'a message. One without a text is passed over.' },
      ),
      {
        minItems: 1,
        maxItems: 10 * MAX_MESSAGES,
        description: `In the order in which they were said; the last ${MAX_MESSAGES} are kept.`,
      },
    ),
  },
  {
    ...shown({
      'a-question-and-its-answer': {
        messages: [
          { id: 'm-1', role: 'user', content: 'A ring in rose gold, please.', timestamp: 1_785_000_000_000 },
          { id: 'm-2', role: 'concierge', content: 'Here are three.' },
        ],
      },
    }),
  },
);
export type MessagesRequest = Static<typeof MessagesRequest>;

export const MessagesResponse = Named(
  'MessagesResponse',
  {
    ok: Type.Literal(true),
    added: Type.Integer({ minimum: 0, description: 'How many were new.' }),
    totalMessages: Type.Integer({ minimum: 0, description: `How many are kept, ${MAX_MESSAGES} at most.` }),
  },
  { ...shown({ 'two-new-messages': { ok: true, added: 2, totalMessages: 14 } }) },
);

const HeldPiece = Named('HeldPiece', { id: Type.String(), title: Type.Optional(Type.String()) });

export const SessionResponse = Named(
  'SessionResponse',
  {
    sessionId: Type.String(),
    identity: Words(
      IDENTITIES,
      '`claimed` when an email was typed, `verified` when the email and postal code of an order were matched.',
    ),
    intents: Type.Array(Named('SessionIntent', { intent: Type.String(), at: Timestamp('When') }), {
      description: 'What the customer wanted, the latest last, at most 20.',
    }),
    lastOrderNumber: Type.Optional(
      Type.String({ description: 'The order that was looked up or acted on last.' }),
    ),
    shortlist: Type.Optional(
      Named(
        'SessionShortlist',
        {
          shortlistId: Type.String(),
          items: Type.Array(refTo(ListedPiece)),
          updatedAt: Timestamp('When it was saved'),
        },
        { description: 'The saved list, with what its pieces cost today.' },
      ),
    ),
    hold: Type.Optional(
      Named(
        'SessionHold',
        {
          reservationId: Type.String(),
          items: Type.Array(HeldPiece),
          extensions: Type.Integer({ minimum: 0, description: 'How often it has been extended.' }),
          version: Type.Integer({ minimum: 1, description: 'To be sent along when it is changed.' }),
          expiresAt: Timestamp('When it ends'),
        },
        { description: 'The active hold.' },
      ),
    ),
    inspiration: Type.Array(
      Named('SessionImage', {
        inspirationId: Type.String(),
        caption: Type.Optional(Type.String()),
        contentType: Type.String(),
        moderationStatus: Type.String(),
      }),
    ),
    messages: Type.Array(
      Named('SessionMessage', {
        id: Type.String(),
        role: Type.String(),
        text: Type.String(),
        at: Type.Optional(Timestamp('When')),
      }),
      { description: `The conversation in its order, the last ${MAX_MESSAGES} messages of it.` },
    ),
    createdAt: Timestamp('When it was first heard of'),
    lastSeenAt: Timestamp('When it was last heard of'),
  },
  {
    ...shown({
      'a-conversation-about-an-order': {
        sessionId: 'b2f4c1d8-0f5f-4a58-9a52-6d0e6e5a1f10',
        identity: 'claimed',
        intents: [{ intent: 'find_product', at: '2026-08-22T14:02:00.000Z' }],
        lastOrderNumber: 'GG-12004',
        inspiration: [],
        messages: [
          { id: 'm-1', role: 'user', text: 'A ring in rose gold, please.', at: '2026-08-22T14:01:30.000Z' },
        ],
        createdAt: '2026-08-20T09:30:00.000Z',
        lastSeenAt: '2026-08-22T14:02:00.000Z',
      },
    }),
  },
);
export type SessionResponse = Static<typeof SessionResponse>;
