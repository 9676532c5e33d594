import { type Static, Type } from '@sinclair/typebox';
import { RETURN_REASONS } from '../src/domain/returns/return-request.js';
import { RETURN_STATUSES, TOLD_STATUSES } from '../src/domain/returns/return-steps.js';
import { SIGNED_URL_MINUTES } from '../src/platform/storage/storage.js';
import {
  atLeastOneOf,
  Named,
  NumberLike,
  OneOf,
  OptionalEmail,
  OptionalText,
  OrderNumber,
  OtherOrderNumber,
  shown,
  TextOrDigits,
  Timestamp,
  Words,
} from './common.js';

const Option = Words(['resize', 'return', 'care'], undefined, 'ReturnOption');

const Size = OneOf([Type.String({ title: 'a text', maxLength: 32 }), Type.Number({ title: 'a number' })], {
  title: 'RingSize',
  description: 'the size wished for, when a piece is resized or exchanged: a text or a number.',
});

const Item = Named(
  'ReturnItem',
  {
    lineId: OptionalText(128, 'The line of the order; wins over `sku`.'),
    sku: OptionalText(128, 'The piece.'),
    quantity: Type.Optional(NumberLike('how many, from 1; all of the line if left out.')),
    action: OptionalText(64, 'Taken with the notes.'),
    size: Type.Optional(Size),
    notes: OptionalText(1000, 'What the customer wants beyond that.'),
  },
  {
    ...atLeastOneOf('lineId', 'sku'),
    description: 'a piece of the order, named by `lineId` or `sku`.',
  },
);

const Wish = {
  option: Type.Optional(Option),
  orderNumber: OrderNumber,
  orderId: OtherOrderNumber,
  items: Type.Optional(
    Type.Array(Item, { maxItems: 50, description: 'Left out or empty: the whole order.' }),
  ),
  newSize: Type.Optional(Size),
  reason: OptionalText(200, `One of ${RETURN_REASONS.join(', ')}; or why, in words.`),
  notes: OptionalText(2000, 'In the words of the customer.'),
};

export const ReturnRequestBody = Named(
  'ReturnRequest',
  {
    ...Wish,
    selection: Type.Optional(
      Named('ReturnSelection', Wish, {
        description: 'the same, as other callers nest it; what stands here wins.',
      }),
    ),
    contact: Type.Optional(
      Named('ReturnContact', {
        email: OptionalEmail('where to write to.'),
        phone: TextOrDigits('a telephone number.'),
      }),
    ),
    sessionId: OptionalText(128, 'Without an order number, the order that this session has last looked up.'),
    idempotencyKey: OptionalText(255, 'The same as the header `x-idempotency-key`.'),
  },
  {
    ...shown({
      'return-of-the-whole-order': {
        option: 'return',
        orderNumber: 'GG-12006',
        reason: 'Changed my mind',
        sessionId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
      },
      'resize-of-one-piece': {
        option: 'resize',
        orderNumber: 'GG-12007',
        items: [{ sku: 'RNG-107', size: '6.5' }],
      },
      'resize-as-the-shop-sends-it': { selection: { orderId: 'GG-12007', option: 'resize', newSize: 7 } },
    }),
  },
);
export type ReturnRequestBody = Static<typeof ReturnRequestBody>;

const Status = Words(RETURN_STATUSES, 'How far the RMA is.', 'ReturnStatus');

export const ReturnResponse = Named(
  'ReturnResponse',
  {
    ok: Type.Literal(true),
    message: Type.String({ description: 'A friendly sentence for the customer.' }),
    rmaId: Type.String({ description: 'Such as `RMA-7K3M-9QX4`.' }),
    status: Words(
      TOLD_STATUSES,
      'How far the RMA is. `unconfirmed`: it waits for the link that was sent to the address of the order; nothing has been changed yet.',
      'ToldReturnStatus',
    ),
    option: Option,
    orderNumber: Type.String(),
    expiresAt: Timestamp(
      'Until when the piece can be sent in; of an unconfirmed one, until when it can be confirmed',
    ),
    labelUrl: Type.Optional(
      Type.String({
        description: `The return slip as PDF: an address that can be read for ${SIGNED_URL_MINUTES} minutes.`,
      }),
    ),
    duplicate: Type.Optional(
      Type.Boolean({ description: '`true` when the same was asked before: the RMA is the earlier one.' }),
    ),
  },
  {
    ...shown({
      'return-under-way': {
        ok: true,
        message: 'Your return is under way. Please quote RMA-7K3M-9QX4.',
        rmaId: 'RMA-7K3M-9QX4',
        status: 'initiated',
        option: 'return',
        orderNumber: 'GG-12006',
        expiresAt: '2026-09-21T14:02:00.000Z',
      },
    }),
  },
);

/** What can be told of the parcel in which pieces come back. */
export const ToldParcel = {
  carrier: OptionalText(60, 'Who carries the parcel in which the pieces come back, such as `UPS`.'),
  trackingNumber: OptionalText(
    100,
    'Of that parcel. May come with any step, also again with the one it has taken.',
  ),
};

export const ReturnStepBody = Named(
  'ReturnStep',
  {
    status: Status,
    by: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S', description: 'Who takes the step.' }),
    note: OptionalText(1000, 'For the team; the customer does not see it.'),
    ...ToldParcel,
  },
  { ...shown({ 'the-parcel-has-come': { status: 'received', by: 'Fulfilment', note: 'In good order' } }) },
);

export const ReturnParams = Type.Object({
  rmaId: Type.String({ minLength: 1, maxLength: 64, description: 'Such as `RMA-7K3M-9QX4`.' }),
});

export const ReturnRecord = Named(
  'ReturnRecord',
  {
    rmaId: Type.String(),
    option: Option,
    orderNumber: Type.String(),
    status: Status,
    lines: Type.Array(
      Named('ReturnLine', {
        lineId: Type.String(),
        sku: Type.Optional(Type.String()),
        title: Type.String(),
        quantity: Type.Integer({ minimum: 1 }),
        size: Type.Optional(Type.String()),
        notes: Type.Optional(Type.String()),
      }),
    ),
    history: Type.Array(
      Named('ReturnHistoryEntry', {
        status: Status,
        at: Timestamp('When'),
        by: Type.String(),
        note: Type.Optional(Type.String()),
      }),
    ),
    parcel: Type.Optional(
      Named('ReturnParcel', { carrier: Type.Optional(Type.String()), trackingNumber: Type.String() }),
    ),
    updatedAt: Timestamp('When it last changed'),
    expiresAt: Timestamp('Until when the piece can be sent in'),
  },
  {
    description: 'An RMA as the team sees it.',
    ...shown({
      'received-by-fulfilment': {
        rmaId: 'RMA-7K3M-9QX4',
        option: 'return',
        orderNumber: 'GG-12006',
        status: 'received',
        lines: [{ lineId: 'line-1', sku: 'RNG-107', title: 'Halo Ring', quantity: 1 }],
        history: [
          { status: 'initiated', at: '2026-08-22T14:02:00.000Z', by: 'customer' },
          { status: 'received', at: '2026-08-26T09:30:00.000Z', by: 'Fulfilment', note: 'In good order' },
        ],
        updatedAt: '2026-08-26T09:30:00.000Z',
        expiresAt: '2026-09-21T14:02:00.000Z',
      },
    }),
  },
);

const ConfirmToken = Type.String({ minLength: 1, maxLength: 200, description: 'The token of the link.' });

export const ConfirmReturnQuery = Type.Object({ token: Type.Optional(ConfirmToken) });

export const ConfirmReturnRequest = Named(
  'ConfirmReturnRequest',
  { token: OptionalText(200, 'The token of the link, where it is not in the query.') },
  {
    description: 'the token, or a form without any.',
    ...shown({ 'the-token-of-a-link': { token: 'RMA-7K3M-9QX4.d2hhdCBpcyBzaWduZWQgc3RheXMgc2lnbmVk' } }),
  },
);
