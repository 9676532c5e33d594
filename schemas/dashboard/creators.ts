import { Type } from '@sinclair/typebox';
import { Money, Named, refTo, Timestamp, Words } from '../common.js';

const Tally = {
  escalations: Type.Integer({ description: 'Stylist tickets that name the creator.' }),
  orders: Type.Integer({
    description: 'Orders placed within 30 days after their customer came to the widget through the creator.',
  }),
  revenue: Type.Optional(refTo(Money)),
  commission: Type.Optional(refTo(Money)),
};

export const DashboardCreator = Type.Object(
  {
    creatorCode: Type.String(),
    name: Type.String(),
    status: Type.String(),
    commissionRate: Type.Number({ description: 'A share of the sale: 0.1 is ten per cent.' }),
    conversions: Type.Integer({ description: 'Escalations and orders of the last 30 days.' }),
    ...Tally,
    trend: Named('CreatorTrend', {
      before: Type.Integer({ description: 'Conversions of the 30 days before.' }),
      weeks: Type.Array(Type.Integer(), {
        description: 'Conversions of the last 12 weeks, the oldest first.',
      }),
    }),
  },
  {
    $id: 'DashboardCreator',
    description:
      'A creator and the last 30 days. `revenue` (of orders that were not cancelled or sent back) and `commission` need the scope `dashboard:finance`.',
  },
);

export const DashboardCreators = Named('DashboardCreators', {
  creators: Type.Array(refTo(DashboardCreator)),
});

export const CreatorParams = Type.Object({
  creatorCode: Type.String({ minLength: 1, maxLength: 64, description: 'Such as `AURORA10`.' }),
});

export const DashboardCreatorDetail = Named('DashboardCreatorDetail', {
  ...DashboardCreator.properties,
  weeks: Type.Array(Named('CreatorWeek', { from: Timestamp('Its beginning'), ...Tally })),
  credits: Type.Array(
    Named('CreatorCredit', {
      kind: Words(['escalation', 'order']),
      reference: Type.String({ description: 'Number of the ticket or the order.' }),
      at: Timestamp('When'),
      status: Type.Optional(Type.String()),
      total: Type.Optional(refTo(Money)),
    }),
    { description: 'The newest 100 of the last 12 weeks.' },
  ),
});
