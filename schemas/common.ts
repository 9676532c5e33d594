import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { MAX_MESSAGE_LETTERS } from '../src/domain/sessions/read-message.js';
import { AVAILABILITIES, type Availability } from '../src/domain/shortlists/describe-list.js';
import { MAX_EMAIL_LENGTH } from '../src/lib/values/email.js';

/**
 * A schema that is registered once under its `$id` and referred to from the others: one definition in the validation,
 * in the serialisation and in the API document.
 */
export const refTo = <T extends TSchema>(schema: T) => Type.Unsafe<Static<T>>(Type.Ref(schema.$id ?? ''));

/** The widget sends `""` for what is not given, so an optional text may be empty. */
export const OptionalText = (maxLength: number, description: string) =>
  Type.Optional(Type.String({ maxLength, description }));

export const OptionalEmail = (description: string) =>
  Type.Optional(
    Type.Union([Type.Literal(''), Type.String({ format: 'idn-email', maxLength: MAX_EMAIL_LENGTH })], {
      description: `an email address: ${description}`,
    }),
  );

export const SessionId = Type.String({
  minLength: 1,
  maxLength: 128,
  pattern: '\\S',
  description: "The widget's session, as it names it.",
});

export const OrderNumber = OptionalText(
  64,
  'Order number, such as `GG-12345`; case and spaces do not count.',
);

/** Numbers may be numeric strings: older widgets send what stands in an input field. */
export const NumberLike = (description: string) =>
  Type.Union(
    [Type.Number(), Type.String({ pattern: '^\\s*-?\\d{1,9}(\\.\\d{1,4})?\\s*$' }), Type.Literal('')],
    {
      description: `a number, or a numeric string: ${description}`,
    },
  );

export const Timestamp = (description: string) =>
  Type.String({ format: 'date-time', description: `${description} (UTC)` });

const Part = Type.Union([
  Type.String(),
  Type.Object({ text: Type.Optional(Type.Union([Type.String(), Type.Null()])) }),
]);
const MessageContent = (description: string) =>
  Type.Optional(
    Type.Union([Type.String(), Type.Null(), Type.Array(Part, { maxItems: 100 })], {
      description: `a text, null, or a list of parts of which some have a \`text\`: ${description} Of a long one the first ${MAX_MESSAGE_LETTERS} letters are kept.`,
    }),
  );

/** A message of a conversation, as the widget keeps it. */
export const MessageFields = {
  role: OptionalText(32, 'Who said it: `user`, `concierge`, `stylist`, …'),
  content: MessageContent('What was said.'),
  text: MessageContent('Another name of `content`.'),
  timestamp: Type.Optional(
    Type.Union([Type.String({ maxLength: 40 }), Type.Number()], {
      description: 'When, as an ISO time or in milliseconds since 1970.',
    }),
  ),
};

const Name = (description: string) =>
  Type.Optional(Type.Union([Type.String({ maxLength: 128 }), Type.Integer()], { description }));

/** Whole product cards, from the widget, with whatever they carry; or only what a piece is called. */
export const SentPiece = Type.Object(
  {
    id: Name('SKU, product id or slug.'),
    productId: Name('Other callers say `productId`.'),
    sku: Name('Or `sku`.'),
    variantId: OptionalText(128, 'A variant of the piece.'),
    title: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    price: Type.Optional(Type.Union([Type.Number(), Type.String(), Type.Null()])),
  },
  {
    $id: 'SentPiece',
    anyOf: [{ required: ['id'] }, { required: ['productId'] }, { required: ['sku'] }],
    description:
      'a piece as the widget shows it, or only its `id`, `productId` or `sku`. Of a piece that the catalogue does not know, the other fields of a product card are kept as far as they can be read.',
  },
);

export const ProductCard = Type.Object(
  {
    id: Type.String({ description: 'The SKU where there is one.' }),
    slug: Type.Optional(Type.String()),
    title: Type.String(),
    description: Type.Optional(Type.String()),
    price: Type.Number({
      minimum: 0,
      description: 'In whole units of `currency`, such as 1250 or 1250.5 US dollars.',
    }),
    currency: Type.String({ description: 'ISO 4217 code.' }),
    image: Type.Optional(Type.String({ description: 'Address of the picture.' })),
    imageUrl: Type.Optional(Type.String({ description: 'The same address as `image`.' })),
    category: Type.String({ description: 'In the singular: `ring`, `earring`, `necklace`, `bracelet`, …' }),
    metal: Type.Optional(Type.String({ description: 'Token such as `14k_yellow` or `platinum`.' })),
    metals: Type.Optional(
      Type.Array(Type.String(), {
        description:
          'All its metals, where there are several: those of a two-tone piece, those that it can be had in.',
      }),
    ),
    readyToShip: Type.Boolean(),
    tags: Type.Array(Type.String()),
    badges: Type.Array(Type.String()),
    shippingPromise: Type.Optional(Type.String()),
  },
  { $id: 'ProductCard', description: 'A piece as the widget shows it.' },
);

export const SavedPiece = Type.Object(
  {
    ...Type.Partial(Type.Omit(ProductCard, ['id'])).properties,
    id: Type.String({ description: 'The SKU where the catalogue knows the piece; else as it was sent.' }),
    variantId: Type.Optional(Type.String()),
  },
  {
    $id: 'SavedPiece',
    description: 'A piece as it was saved. One that the catalogue does not know has only what was sent.',
  },
);

export const ListedPiece = Type.Object(
  {
    ...SavedPiece.properties,
    savedAt: Timestamp('When it was saved'),
    savedPrice: Type.Optional(
      Type.Number({
        minimum: 0,
        description: 'What it cost when it was saved; `price` is what it costs today.',
      }),
    ),
    priceChanged: Type.Boolean({ description: 'Whether the two differ.' }),
    availability: Type.Unsafe<Availability>({
      type: 'string',
      enum: AVAILABILITIES,
      description: 'Today. `not_on_sale` for a piece that the catalogue does not know, or no longer.',
    }),
    known: Type.Boolean({
      description: 'Whether the catalogue knows the piece; if not, it is as it was saved.',
    }),
  },
  { $id: 'ListedPiece', description: 'A piece on the saved list, as it is today.' },
);

export const SHARED_SCHEMAS = [SentPiece, ProductCard, SavedPiece, ListedPiece];
