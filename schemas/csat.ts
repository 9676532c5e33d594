import { type Static, Type } from '@sinclair/typebox';
import { LOW_SCORES_TEXT } from '../src/domain/csat/rating.js';
import {
  atLeastOneOf,
  Named,
  OneOf,
  OptionalText,
  OrderNumber,
  SessionId,
  shown,
  Timestamp,
  Words,
} from './common.js';

const Rating = OneOf(
  [
    // nothing, when the other field is given
    {
      ...Words(['great', 'good', 'okay', 'needs_follow_up', 'poor', '5', '4', '3', '2', '1', '']),
      title: 'in words, or a number as text',
    },
    Type.Integer({ title: 'a number', minimum: 1, maximum: 5 }),
  ],
  { title: 'Rating', description: 'great, good, okay, needs_follow_up or poor, or a number from 5 to 1.' },
);

export const CsatRequest = Named(
  'CsatRequest',
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
    ...atLeastOneOf('rating', 'score'),
    description: 'a rating: `rating` or `score` is needed.',
    ...shown({
      great: {
        sessionId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
        rating: 'great',
        notes: '',
        intent: 'track_order',
      },
      'two-of-five-for-an-order': {
        sessionId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
        score: 2,
        comment: 'The size was wrong',
        orderNumber: 'GG-12006',
      },
    }),
  },
);
export type CsatRequest = Static<typeof CsatRequest>;

export const CsatResponse = Named(
  'CsatResponse',
  {
    ok: Type.Literal(true),
    feedbackId: Type.String(),
    score: Type.Integer({ minimum: 1, maximum: 5 }),
    needsFollowUp: Type.Boolean({ description: `Scores of ${LOW_SCORES_TEXT}: someone gets in touch.` }),
    message: Type.String({ description: 'A friendly sentence for the customer.' }),
    updatedAt: Timestamp('When it was rated'),
  },
  {
    ...shown({
      'five-of-five': {
        ok: true,
        feedbackId: '0b6f3c1e-5d0a-4f3c-9a0e-2f1f5f6f7a10',
        score: 5,
        needsFollowUp: false,
        message: 'Thank you for telling us.',
        updatedAt: '2026-08-22T14:02:00.000Z',
      },
    }),
  },
);
