import { type Static, Type } from '@sinclair/typebox';
import { MAX_SAVED_PIECES } from '../src/domain/shortlists/shortlist.js';
import { atLeastOneOf, ListedPiece, Named, refTo, SentPiece, SessionId, shown, Timestamp } from './common.js';

const pieces = (description: string) =>
  Type.Optional(Type.Array(refTo(SentPiece), { maxItems: MAX_SAVED_PIECES, description }));

export const ShortlistRequest = Named(
  'ShortlistRequest',
  {
    sessionId: SessionId,
    items: pieces('The whole list; it replaces the saved one, and an empty one clears it.'),
    products: pieces('Another name of `items`.'),
  },
  {
    ...atLeastOneOf('items', 'products'),
    description: 'a list: `items` or `products` is needed.',
    ...shown({
      'a-product-card': {
        sessionId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
        items: [{ id: 'RNG-101', title: 'A ring', price: 1250 }],
      },
      'ids-of-another-caller': {
        sessionId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
        products: [{ productId: 'EAR-301', variantId: 'pair' }],
      },
    }),
  },
);
export type ShortlistRequest = Static<typeof ShortlistRequest>;

export const ShortlistResponse = Named(
  'ShortlistResponse',
  {
    ok: Type.Literal(true),
    shortlistId: Type.String(),
    items: Type.Array(refTo(ListedPiece)),
    totalItems: Type.Integer({ minimum: 0 }),
    updatedAt: Timestamp('When it was saved'),
  },
  {
    ...shown({
      'a-piece-became-cheaper': {
        ok: true,
        shortlistId: '0b6f3c1e-5d0a-4f3c-9a0e-2f1f5f6f7a10',
        items: [
          {
            id: 'RNG-101',
            title: 'Solace Ring',
            price: 1190,
            currency: 'USD',
            category: 'ring',
            savedAt: '2026-08-20T09:30:00.000Z',
            savedPrice: 1250,
            priceChanged: true,
            availability: 'ready_to_ship',
            known: true,
          },
        ],
        totalItems: 1,
        updatedAt: '2026-08-22T14:02:00.000Z',
      },
    }),
  },
);
