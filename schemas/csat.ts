import { type Static, Type } from '@sinclair/typebox';
import { LOW_SCORES_TEXT } from '../src/domain/csat/rating.js';
import { OptionalText, OrderNumber, SessionId, Timestamp } from './common.js';

const Rating = Type.Union(
  [
    Type.Literal('great'),
    Type.Literal('good'),
    Type.Literal('okay'),
    Type.Literal('needs_follow_up'),
    Type.Literal('poor'),
    Type.Integer({ minimum: 1, maximum: 5 }),
    Type.String({ pattern: '^[1-5]$' }),
    // not given, when the other one is
    Type.Literal(''),
  ],
  { description: 'great, good, okay, needs_follow_up or poor, or a number from 5 to 1.' },
);

export const CsatRequest = Type.Object(
  {
    sessionId: SessionId,
    rating: Type.Optional(Rating),
    score: Type.Optional(Rating),
    notes: OptionalText(2000, 'In the words of the customer.'),
    comment: OptionalText(2000, 'Another name of `notes`.'),
    intent: OptionalText(
      64,
      'What the conversation was about; a rating of the same intent again replaces the first.',
    ),
    orderNumber: OrderNumber,
  },
  {
    anyOf: [{ required: ['rating'] }, { required: ['score'] }],
    description: 'a rating: `rating` or `score` is needed.',
    examples: [
      {
        sessionId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
        rating: 'great',
        notes: '',
        intent: 'track_order',
      },
      {
        sessionId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
        score: 2,
        comment: 'The size was wrong',
        orderNumber: 'GG-12006',
      },
    ],
  },
);
export type CsatRequest = Static<typeof CsatRequest>;

export const CsatResponse = Type.Object(
  {
    ok: Type.Literal(true),
    feedbackId: Type.String(),
    score: Type.Integer({ minimum: 1, maximum: 5 }),
    needsFollowUp: Type.Boolean({ description: `Scores of ${LOW_SCORES_TEXT}: someone gets in touch.` }),
    message: Type.String({ description: 'A friendly sentence for the customer.' }),
    updatedAt: Timestamp('When it was rated'),
  },
  {
    examples: [
      {
        ok: true,
        feedbackId: '0b6f3c1e-5d0a-4f3c-9a0e-2f1f5f6f7a10',
        score: 5,
        needsFollowUp: false,
        message: 'Thank you for telling us.',
        updatedAt: '2026-08-22T14:02:00.000Z',
      },
    ],
  },
);
