import { Type } from '@sinclair/typebox';
import { OUTSIDE_STATES } from '../src/domain/privacy/erasure.js';
import { SIGNED_URL_MINUTES } from '../src/platform/storage/storage.js';
import { atLeastOneOf, Named, OptionalEmail, OptionalText, shown, Timestamp, Words } from './common.js';

export const PersonRequest = Named(
  'PersonRequest',
  {
    session: OptionalText(128, "The widget's session."),
    email: OptionalEmail('with it the sessions in which it was given, and its orders.'),
    phone: OptionalText(32, 'A telephone number with its country code.'),
  },
  {
    ...atLeastOneOf('session', 'email', 'phone'),
    description: 'a person: `session`, `email` or `phone` is needed.',
    ...shown({
      'by-email-and-phone': { email: 'ada@example.com', phone: '+1 202 555 0123' },
      'by-session': { session: '7c9e6679-7425-40de-944b-e07fc1f90ae7' },
    }),
  },
);

export const ExportResponse = Named(
  'ExportResponse',
  {
    exportedAt: Timestamp('When it was read'),
    data: Type.Record(
      Type.String(),
      Type.Array(Named('StoredDocument', {}, { additionalProperties: true })),
      {
        description: 'The documents, by collection.',
      },
    ),
    objects: Type.Array(
      Named('StoredObject', {
        key: Type.String(),
        url: Type.String({ description: `Can be read for ${SIGNED_URL_MINUTES} minutes.` }),
      }),
    ),
  },
  {
    ...shown({
      'a-ticket-and-a-return-slip': {
        exportedAt: '2026-08-22T14:02:00.000Z',
        data: { stylistTickets: [{ ticketId: 'ST-7K3M-9QX4', customerEmail: 'ada@example.com' }] },
        objects: [
          { key: 'returns/RMA-7K3M-9QX4.pdf', url: 'https://bucket.example/returns/RMA-7K3M-9QX4.pdf?…' },
        ],
      },
    }),
  },
);

export const ErasureParams = Type.Object({ erasureId: Type.String({ minLength: 1, maxLength: 64 }) });

export const EraseResponse = Named(
  'EraseResponse',
  {
    erasureId: Type.String(),
    status: Words(['done', 'under_way'], '`under_way`: something was away; it is finished by itself.'),
    found: Type.Array(
      Named('ErasedDocuments', {
        collection: Type.String(),
        documents: Type.Integer({ minimum: 0 }),
        objects: Type.Integer({ minimum: 0, description: 'In the object store.' }),
        done: Words(['deleted', 'anonymised']),
      }),
    ),
    outside: Type.Array(
      Named('OutsideReference', {
        to: Type.String(),
        reference: Type.String(),
        state: Words(
          [...OUTSIDE_STATES],
          '`by_hand`: it is to be deleted there by somebody; the service cannot, or was refused.',
        ),
        reason: Type.Optional(Type.String({ description: 'Why it has not been deleted yet.' })),
      }),
      { description: 'What other systems hold, under their own ids.' },
    ),
    requestedAt: Timestamp('When it was asked for'),
  },
  {
    ...shown({
      'a-ticket-deleted': {
        erasureId: 'erase_0b6f3c1e-5d0a-4f3c-9a0e-2f1f5f6f7a10',
        status: 'done',
        found: [{ collection: 'stylistTickets', documents: 1, objects: 0, done: 'deleted' }],
        outside: [{ to: 'crm', reference: '35436', state: 'under_way' }],
        requestedAt: '2026-08-22T14:02:00.000Z',
      },
    }),
  },
);
