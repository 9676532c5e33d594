import { Type } from '@sinclair/typebox';
import { SIGNED_URL_MINUTES } from '../src/platform/storage/storage.js';
import { OptionalEmail, OptionalText, Timestamp } from './common.js';

export const PersonRequest = Type.Object(
  {
    session: OptionalText(128, "The widget's session."),
    email: OptionalEmail('with it the sessions in which it was given, and its orders.'),
    phone: OptionalText(32, 'A telephone number with its country code.'),
  },
  {
    anyOf: [{ required: ['session'] }, { required: ['email'] }, { required: ['phone'] }],
    description: 'a person: `session`, `email` or `phone` is needed.',
    examples: [
      { email: 'ada@example.com', phone: '+1 202 555 0123' },
      { session: '7c9e6679-7425-40de-944b-e07fc1f90ae7' },
    ],
  },
);

export const ExportResponse = Type.Object(
  {
    exportedAt: Timestamp('When it was read'),
    data: Type.Record(Type.String(), Type.Array(Type.Object({}, { additionalProperties: true })), {
      description: 'The documents, by collection.',
    }),
    objects: Type.Array(
      Type.Object({
        key: Type.String(),
        url: Type.String({ description: `Can be read for ${SIGNED_URL_MINUTES} minutes.` }),
      }),
    ),
  },
  {
    examples: [
      {
        exportedAt: '2026-08-22T14:02:00.000Z',
        data: { stylistTickets: [{ ticketId: 'ST-7K3M-9QX4', customerEmail: 'ada@example.com' }] },
        objects: [
          { key: 'returns/RMA-7K3M-9QX4.pdf', url: 'https://bucket.example/returns/RMA-7K3M-9QX4.pdf?…' },
        ],
      },
    ],
  },
);

export const EraseResponse = Type.Object(
  {
    erasureId: Type.String(),
    status: Type.Union([Type.Literal('done'), Type.Literal('under_way')], {
      description: 'one of done, under_way (something was away; it is finished by itself).',
    }),
    found: Type.Array(
      Type.Object({
        collection: Type.String(),
        documents: Type.Integer({ minimum: 0 }),
        objects: Type.Integer({ minimum: 0, description: 'In the object store.' }),
        done: Type.Union([Type.Literal('deleted'), Type.Literal('anonymised')], {
          description: 'one of deleted, anonymised.',
        }),
      }),
    ),
    outside: Type.Array(Type.Object({ to: Type.String(), reference: Type.String() }), {
      description: 'What other systems hold, under their own ids: to be erased there.',
    }),
    requestedAt: Timestamp('When it was asked for'),
  },
  {
    examples: [
      {
        erasureId: 'erase_0b6f3c1e-5d0a-4f3c-9a0e-2f1f5f6f7a10',
        status: 'done',
        found: [{ collection: 'stylistTickets', documents: 1, objects: 0, done: 'deleted' }],
        outside: [{ to: 'crm', reference: '35436' }],
        requestedAt: '2026-08-22T14:02:00.000Z',
      },
    ],
  },
);
