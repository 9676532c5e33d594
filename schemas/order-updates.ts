import { type Static, Type } from '@sinclair/typebox';
import {
  FlagLike,
  Named,
  OneOf,
  OptionalEmail,
  OptionalText,
  OrderNumber,
  OtherOrderNumber,
  SessionId,
  shown,
  TextOrDigits,
  Words,
} from './common.js';

const Channel = Words(['sms', 'email'], undefined, 'Channel');

export const OrderUpdatesRequest = Named(
  'OrderUpdatesRequest',
  {
    sessionId: SessionId,
    orderNumber: OrderNumber,
    orderId: OtherOrderNumber,
    contact: Type.Optional(
      OneOf(
        [
          Type.String({ title: 'an address or a number', maxLength: 254 }),
          Type.Integer({ title: 'digits', minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
          Named('UpdatesContact', {
            channel: Type.Optional(Words(['sms', 'email', ''], 'Left out, by what is given.')),
            value: TextOrDigits(
              'an email address or a telephone number, by the channel.',
              254,
              'ContactValue',
            ),
            email: OptionalEmail('for the channel email.'),
            phone: TextOrDigits('for the channel sms.'),
          }),
        ],
        {
          title: 'Contact',
          description:
            'an email address or a telephone number as a text, the digits of a telephone number, or `{ channel, value }`, or `{ channel, email, phone }`. Left out: email to the address of the order.',
        },
      ),
    ),
    email: OptionalEmail('the same, at the top level.'),
    phone: TextOrDigits('the same, at the top level.'),
    sms: FlagLike('whether text messages are asked for, and so agreed to.'),
    // consent is proof: nothing that only may mean it is taken
    consent: Type.Optional(
      Type.Boolean({ description: 'Needed as `true` for sms, unless `sms` asks for it.' }),
    ),
    consentWording: OptionalText(1000, 'What the customer was shown, if not our own words; kept as proof.'),
    consentVersion: OptionalText(64, 'The version of those words.'),
    originIntent: OptionalText(64, 'What the conversation was about.'),
  },
  {
    ...shown({
      'text-me-updates-button': { sessionId: '7c9e6679-7425-40de-944b-e07fc1f90ae7', orderId: 'GG-12004' },
      'text-messages-with-consent': {
        sessionId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
        orderNumber: 'GG-12004',
        contact: { channel: 'sms', value: '+1 202 555 0123' },
        consent: true,
      },
      'text-messages-from-a-tick-box': {
        sessionId: 'a3f1c2d4',
        orderId: 'GG-12004',
        phone: '(202) 555-0123',
        sms: true,
      },
    }),
  },
);
export type OrderUpdatesRequest = Static<typeof OrderUpdatesRequest>;

export const OrderUpdatesResponse = Named(
  'OrderUpdatesResponse',
  {
    ok: Type.Literal(true),
    subscriptionId: Type.String(),
    channel: Channel,
    status: Words(['active', 'pending', 'stopped'], '`pending`: a code is waited for.'),
    maskedDestination: Type.String({ description: 'Such as `a•••@example.com` or `**0123`.' }),
    message: Type.String({ description: 'A friendly sentence for the customer.' }),
  },
  {
    ...shown({
      'updates-by-email': {
        ok: true,
        subscriptionId: '0b6f3c1e-5d0a-4f3c-9a0e-2f1f5f6f7a10',
        channel: 'email',
        status: 'active',
        maskedDestination: 'a•••@example.com',
        message: 'We will write to a•••@example.com when order GG-12004 moves.',
      },
    }),
  },
);

export const ConfirmRequest = Named(
  'ConfirmUpdatesRequest',
  {
    sessionId: SessionId,
    subscriptionId: Type.String({ minLength: 1, maxLength: 64 }),
    code: Type.String({
      pattern: '^\\s*\\d{6}\\s*$',
      maxLength: 16,
      description: 'The six digits that were sent.',
    }),
  },
  {
    description: 'the code.',
    ...shown({
      'the-code-from-the-message': {
        sessionId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
        subscriptionId: 'sub_0b6f3c1e-5d0a-4f3c-9a0e-2f1f5f6f7a10',
        code: '493021',
      },
    }),
  },
);

const Token = Type.String({ minLength: 1, maxLength: 200, description: 'The token of the link.' });

export const UnsubscribeQuery = Type.Object({ token: Type.Optional(Token) });

export const UnsubscribeRequest = Named(
  'UnsubscribeRequest',
  { token: OptionalText(200, 'The token of the link, where it is not in the query.') },
  {
    description: 'the token, or what a mailbox sends with one click.',
    ...shown({
      'the-token-of-a-link': {
        token: 'sub_0b6f3c1e-5d0a-4f3c-9a0e-2f1f5f6f7a10.d2hhdCBpcyBzaWduZWQgc3RheXMgc2lnbmVk',
      },
    }),
  },
);

export const UnsubscribeResponse = Named(
  'UpdatesEnded',
  { ok: Type.Literal(true), message: Type.String({ description: 'A friendly sentence for the customer.' }) },
  {
    ...shown({
      'the-updates-have-ended': { ok: true, message: 'You will get no more updates on this order.' },
    }),
  },
);
