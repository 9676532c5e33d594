import { type Static, Type } from '@sinclair/typebox';
import { Named, shown } from './common.js';
import { WishQuery } from './products.js';

export const FacetsQuery = Type.Object(WishQuery);
export type FacetsQuery = Static<typeof FacetsQuery>;

const Count = (description: string) => Type.Integer({ minimum: 0, description });

const Values = (description: string) =>
  Type.Array(
    Named('FacetValue', {
      value: Type.String({ description: 'As the filter takes it.' }),
      label: Type.String({ description: 'As customers read it.' }),
      count: Count('How many there are with it.'),
    }),
    { description },
  );

export const FacetsResponse = Named(
  'FacetsResponse',
  {
    success: Type.Literal(true),
    total: Count('How many fulfil all filters.'),
    categories: Values('For `category`.'),
    metals: Values('For `metal` and `materials`, named as in the collection `materials`.'),
    gemstones: Values('For `stone`, named as in the collection `gemstones`.'),
    tags: Values('For `tags`.'),
    prices: Type.Array(
      Named('PriceBucket', {
        from: Type.Number({ description: 'Inclusive.' }),
        to: Type.Optional(Type.Number({ description: 'Exclusive; the last bucket has none.' })),
        count: Count('How many cost that.'),
      }),
      { description: 'A histogram for `priceMin` and `priceLt`, the same buckets whatever the filters.' },
    ),
    readyToShip: Named('ReadyToShipCount', {
      yes: Count('How many ship now.'),
      no: Count('How many do not.'),
    }),
  },
  {
    ...shown({
      'counts-of-the-rings': {
        success: true,
        total: 23,
        categories: [{ value: 'ring', label: 'Ring', count: 23 }],
        metals: [{ value: '14k_yellow', label: '14K Yellow Gold', count: 14 }],
        gemstones: [{ value: 'diamond', label: 'Diamond', count: 17 }],
        tags: [{ value: 'readytoship', label: 'Ready to ship', count: 9 }],
        prices: [
          { from: 0, to: 100, count: 3 },
          { from: 100, count: 20 },
        ],
        readyToShip: { yes: 9, no: 14 },
      },
    }),
  },
);
