import { type Static, Type } from '@sinclair/typebox';
import { MAX_MESSAGE_LETTERS } from '../src/domain/sessions/read-message.js';
import { MAX_MESSAGES } from '../src/domain/sessions/session.js';
import {
  MessageFields,
  Named,
  OneOf,
  OptionalEmail,
  OptionalText,
  refTo,
  SentPiece,
  SessionId,
  shown,
  TextOrDigits,
  Timestamp,
} from './common.js';

/** More than that is no text that somebody has written; what is kept of one is less. */
const MAX_SENT_LETTERS = 100_000;

const Message = Named('TranscriptMessage', MessageFields, { description: 'a message of the conversation.' });

const Images = (description: string) =>
  Type.Optional(
    Type.Array(
      OneOf(
        [
          Type.String({ title: 'an id or an address', maxLength: 2048 }),
          Named('ImageReference', {
            inspirationId: OptionalText(128, 'As the upload answered.'),
            id: OptionalText(128, 'Another name of `inspirationId`.'),
          }),
        ],
        { title: 'SentImage' },
      ),
      { maxItems: 50, description },
    ),
  );

export const StylistRequest = Named(
  'StylistRequest',
  {
    sessionId: SessionId,
    name: OptionalText(200, "The customer's name."),
    email: OptionalEmail('where the stylist answers.'),
    customerEmail: OptionalEmail('older name of `email`.'),
    contact: Type.Optional(
      Named('StylistContact', {
        email: OptionalEmail('other callers nest it.'),
        name: OptionalText(200, 'The same of the name.'),
        phone: TextOrDigits('and of the telephone number.'),
      }),
    ),
    phone: TextOrDigits('a telephone number.'),
    notes: OptionalText(
      MAX_SENT_LETTERS,
      `What the customer wishes. Of a long text the first ${MAX_MESSAGE_LETTERS} letters are kept.`,
    ),
    summary: OptionalText(MAX_SENT_LETTERS, 'Older name of `notes`.'),
    transcriptSummary: OptionalText(MAX_SENT_LETTERS, 'Older name of `notes`.'),
    timePreference: OptionalText(200, 'When the customer likes to be answered.'),
    shortlist: Type.Optional(
      Type.Array(refTo(SentPiece), { maxItems: 100, description: "Left out, the session's saved one." }),
    ),
    transcript: Type.Optional(
      OneOf(
        [
          Type.Array(Message, { title: 'messages', maxItems: 2000 }),
          Type.String({ title: 'one text', maxLength: MAX_SENT_LETTERS }),
        ],
        {
          title: 'Transcript',
          description: `the conversation: messages, of which the last ${MAX_MESSAGES} are kept, or one text.`,
        },
      ),
    ),
    uploads: Images("Inspiration images, by id; left out, the session's."),
    inspiration: Images('Another name of `uploads`.'),
    timezone: OptionalText(64, 'The time zone of the customer, such as `Europe/Berlin`.'),
    metadata: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description: 'What else the stylist should know: texts, numbers and flags by their names, up to 20.',
      }),
    ),
    creatorId: OptionalText(128, 'The creator through whom the customer came.'),
  },
  {
    ...shown({
      'an-engagement-ring': {
        sessionId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
        name: 'Ada Example',
        email: 'ada@example.com',
        phone: '',
        notes: 'An engagement ring in rose gold, with a lab-grown stone, by spring.',
        timePreference: 'Weekday mornings',
      },
    }),
  },
);
export type StylistRequest = Static<typeof StylistRequest>;

export const StylistResponse = Named(
  'StylistResponse',
  {
    ok: Type.Literal(true),
    ticketId: Type.String({ description: 'Such as `ST-7K3M-9QX4`.' }),
    message: Type.String({ description: 'A friendly sentence for the customer.' }),
    status: Type.String({ description: '`open`.' }),
    slaMinutes: Type.Integer({
      description: 'Within how many minutes, of the hours of the studio, a stylist answers.',
    }),
    dueAt: Timestamp('By when a stylist answers, in the hours of the studio'),
    queuePosition: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Left out when the queue is very long.' }),
    ),
  },
  {
    ...shown({
      'third-in-the-queue': {
        ok: true,
        ticketId: 'ST-7K3M-9QX4',
        message: 'Thank you. A stylist will write to you shortly; your ticket is ST-7K3M-9QX4.',
        status: 'open',
        slaMinutes: 240,
        dueAt: '2026-08-24T17:40:00.000Z',
        queuePosition: 3,
      },
    }),
  },
);
