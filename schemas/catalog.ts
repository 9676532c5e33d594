import { type Static, Type } from '@sinclair/typebox';
import { Named, ProductCard, refTo, shown } from './common.js';
import { CursorPage, PageQuery, WishQuery } from './products.js';

export const NeonQuery = Type.Object({
  ...WishQuery,
  ...PageQuery,
  cursor: CursorPage.query,
});
export type NeonQuery = Static<typeof NeonQuery>;

export const NeonResponse = Named(
  'CataloguePage',
  {
    success: Type.Literal(true),
    data: Type.Array(refTo(ProductCard)),
    nextCursor: CursorPage.next,
    total: Type.Integer({ minimum: 0, description: 'How many there are on all pages.' }),
  },
  {
    ...shown({
      'first-page-of-rings': {
        success: true,
        data: [
          {
            id: 'RNG-101',
            slug: 'aurora-solitaire',
            title: 'Aurora Solitaire',
            price: 2450,
            currency: 'USD',
            image: 'https://cdn.glowglitch.example/products/aurora-solitaire/primary.jpg',
            imageUrl: 'https://cdn.glowglitch.example/products/aurora-solitaire/primary.jpg',
            category: 'ring',
            metal: '14k_yellow',
            readyToShip: false,
            tags: ['engagement', 'bridal'],
            badges: ['Bestseller'],
          },
        ],
        nextCursor: 'WzEsMSwxNzA2Nzc4MDAwMDAwLDI0NTAsIlJORy0xMDEiLG51bGxd.4Zk2pW0c9QxT',
        total: 23,
      },
    }),
  },
);
