import { type Static, Type } from '@sinclair/typebox';
import { Named, OptionalText, OrderNumber, OtherOrderNumber, SessionId, shown, Words } from './common.js';

export const VerifyOrderRequest = Named(
  'VerifyOrderRequest',
  {
    sessionId: SessionId,
    orderNumber: OrderNumber,
    orderId: OtherOrderNumber,
    code: OptionalText(
      32,
      'The code that was sent; left out, one is sent. Case, spaces and hyphens do not count.',
    ),
  },
  {
    ...shown({
      'ask-for-a-code': { sessionId: 'b2f4c1d8-0f5f-4a58-9a52-6d0e6e5a1f10', orderNumber: 'GG-12006' },
    }),
  },
);
export type VerifyOrderRequest = Static<typeof VerifyOrderRequest>;

export const VerifyOrderResponse = Named(
  'OrderVerification',
  {
    ok: Type.Literal(true),
    status: Words(['sent', 'verified'], '`sent`: a code, if there is such an order.'),
    message: Type.String({ description: 'A friendly sentence for the customer.' }),
  },
  {
    ...shown({
      'a-code-was-sent': {
        ok: true,
        status: 'sent',
        message: 'If we know this order, its email address has a code from us.',
      },
      'the-order-is-proved': {
        ok: true,
        status: 'verified',
        message: 'Thank you. We know now that this is your order.',
      },
    }),
  },
);
