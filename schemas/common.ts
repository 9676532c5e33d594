import {
  type ObjectOptions,
  type SchemaOptions,
  type Static,
  type TProperties,
  type TSchema,
  type TUnion,
  Type,
} from '@sinclair/typebox';
import { MAX_MESSAGE_LETTERS } from '../src/domain/sessions/read-message.js';
import { AVAILABILITIES } from '../src/domain/shortlists/shortlist.js';
import { MAX_EMAIL_LENGTH } from '../src/lib/values/email.js';

/**
 * A schema that is registered once under its `$id` and referred to from the others: one definition in the validation,
 * in the serialisation and in the API document.
 */
export const refTo = <T extends TSchema>(schema: T) => Type.Unsafe<Static<T>>(Type.Ref(schema.$id ?? ''));

/** An object with a name: in the API document, and so in the clients that are generated from it, it stands once, under that name. */
export const Named = <P extends TProperties>(title: string, properties: P, options: ObjectOptions = {}) =>
  Type.Object(properties, { title, ...options });

/** One of several words; with a name where the same words stand in several places. */
export const Words = <const Word extends string>(
  words: readonly Word[],
  description?: string,
  title?: string,
) => Type.Unsafe<Word>({ type: 'string', enum: [...words], description, title });

/** One of several forms in which callers send the same: each with a title, and only one of them fits a value. */
export const OneOf = <Forms extends TSchema[]>(forms: [...Forms], options: SchemaOptions = {}) =>
  Type.Unsafe<Static<TUnion<Forms>>>({ ...options, oneOf: forms });

/** Says that one at least of these fields is needed; as a condition, which does not split the type of the object. */
export const atLeastOneOf = (...names: string[]) => ({
  not: { properties: Object.fromEntries(names.map((name) => [name, { not: {} }])) },
});

/** Examples by what they show, such as `a-resize-of-one-piece`. */
export const shown = (examples: Record<string, unknown>) => ({
  'x-examples': Object.fromEntries(
    Object.entries(examples).map(([name, value]) => [name, { summary: inWords(name), value }]),
  ),
});
const inWords = (name: string): string => (name.charAt(0).toUpperCase() + name.slice(1)).replaceAll('-', ' ');

/** The widget sends `""` for what is not given, so an optional text may be empty. */
export const OptionalText = (maxLength: number, description: string) =>
  Type.Optional(Type.String({ maxLength, description }));

export const OptionalEmail = (description: string) =>
  Type.Optional(
    Type.Union(
      [
        Type.String({ title: 'an address', format: 'idn-email', maxLength: MAX_EMAIL_LENGTH }),
        Type.String({ title: 'not given', maxLength: 0 }),
      ],
      { title: 'OptionalEmail', description: `an email address: ${description}` },
    ),
  );

export const SessionId = Type.String({
  minLength: 1,
  maxLength: 128,
  pattern: '\\S',
  description: "The widget's session, as it names it.",
});

/** A text that may have nothing but digits, and that front ends then send as a number: `{ "orderNumber": 12004 }`. */
export const TextOrDigits = (description: string, maxLength = 64, title = 'TextOrDigits') =>
  Type.Optional(
    OneOf(
      [
        Type.String({ title: 'a text', maxLength }),
        Type.Integer({ title: 'its digits as a number', minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
      ],
      { title, description: `a text, or its digits as a number: ${description}` },
    ),
  );

export const OrderNumber = TextOrDigits(
  'the order number, such as `GG-12345` or 12345. Case, spaces and words such as `Order no.` around it do not count.',
);
export const OtherOrderNumber = TextOrDigits('the order number under another name.');

const NUMBER_OR_BLANK = '^(\\s*-?\\d{1,9}(\\.\\d{1,4})?\\s*)?$';

/** Numbers may be numeric strings: older widgets send what stands in an input field. */
export const NumberLike = (description: string) =>
  OneOf(
    [
      Type.Number({ title: 'a number' }),
      Type.String({ title: 'a number as text, or nothing', pattern: NUMBER_OR_BLANK }),
    ],
    { title: 'NumberLike', description: `a number, or a numeric string: ${description}` },
  );

/** An amount as people and other pages write it. What has no digit, or two numbers, is none. */
const AMOUNT_OR_BLANK = "^\\s*([^\\d<>{}]{0,24}\\d[\\d.,\u2019'\\s]{0,24}[^\\d<>{}]{0,24})?$";
export const PriceLike = (description: string) =>
  OneOf(
    [
      Type.Number({ title: 'a number' }),
      Type.String({ title: 'an amount as text, or nothing', pattern: AMOUNT_OR_BLANK, maxLength: 80 }),
    ],
    {
      title: 'PriceLike',
      description: `a number, or an amount as text, such as \`2.500\` or \`$2,500\`: ${description}`,
    },
  );
export const PriceInQuery = (description: string) =>
  Type.Unsafe<number | string>({
    type: ['number', 'string'],
    pattern: AMOUNT_OR_BLANK,
    maxLength: 80,
    description: `a number, or an amount as text: ${description}`,
  });

/** What pages send for a box that is ticked or not: `true`, `"true"`, `"on"`, 1. */
export const FlagLike = (description: string) =>
  Type.Optional(
    OneOf(
      [
        Type.Boolean({ title: 'a flag' }),
        Type.Number({ title: 'a number' }),
        Type.String({ title: 'a text', maxLength: 8 }),
      ],
      { title: 'FlagLike', description: `a flag, also as 1, 0, "true", "no" and the like: ${description}` },
    ),
  );
export const FlagInQuery = (description: string) =>
  Type.Optional(
    Type.Unsafe<boolean | string>({
      type: ['boolean', 'string'],
      maxLength: 8,
      description: `a flag: ${description}`,
    }),
  );

/** The same in a query string, where all are texts: with two forms to choose from, one text would be coerced to both. */
export const NumberInQuery = (description: string) =>
  Type.Unsafe<number | string>({
    type: ['number', 'string'],
    pattern: NUMBER_OR_BLANK,
    description: `a number: ${description}`,
  });

export const Timestamp = (description: string) =>
  Type.String({ format: 'date-time', description: `${description} (UTC)` });

/** `null` is not given. */
const NullableText = Type.Unsafe<string | null>({ type: ['string', 'null'] });

const Part = OneOf(
  [Type.String({ title: 'a text' }), Named('MessagePart', { text: Type.Optional(NullableText) })],
  { title: 'SentPart' },
);
const MessageContent = (description: string) =>
  Type.Optional(
    OneOf(
      [
        Type.String({ title: 'a text' }),
        Type.Null({ title: 'nothing' }),
        Type.Array(Part, { title: 'SentParts', maxItems: 100 }),
      ],
      {
        title: 'MessageContent',
        description: `a text, null, or a list of parts of which some have a \`text\`: ${description} Of a long one the first ${MAX_MESSAGE_LETTERS} letters are kept.`,
      },
    ),
  );

/** A message of a conversation, as the widget keeps it. */
export const MessageFields = {
  role: OptionalText(32, 'Who said it: `user`, `concierge`, `stylist`, …'),
  content: MessageContent('What was said.'),
  text: MessageContent('Another name of `content`.'),
  timestamp: Type.Optional(
    OneOf([Type.String({ title: 'ISO time', maxLength: 40 }), Type.Number({ title: 'milliseconds' })], {
      title: 'SentTime',
      description: 'When, as an ISO time or in milliseconds since 1970.',
    }),
  ),
};

const Name = (description: string) =>
  Type.Optional(
    OneOf([Type.String({ title: 'a text', maxLength: 128 }), Type.Integer({ title: 'a number' })], {
      title: 'PieceName',
      description,
    }),
  );

/** Whole product cards, from the widget, with whatever they carry; or only what a piece is called. */
export const SentPiece = Type.Object(
  {
    id: Name('SKU, product id or slug.'),
    productId: Name('Other callers say `productId`.'),
    sku: Name('Or `sku`.'),
    variantId: OptionalText(128, 'A variant of the piece.'),
    title: Type.Optional(NullableText),
    price: Type.Optional(Type.Unsafe<number | string | null>({ type: ['number', 'string', 'null'] })),
  },
  {
    $id: 'SentPiece',
    ...atLeastOneOf('id', 'productId', 'sku'),
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
    metal: Type.Optional(
      Type.String({
        description:
          'Token such as `14k_yellow` or `platinum`: what it is shown in, which is the metal asked for where it can be had in that.',
      }),
    ),
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
    availability: Words(
      AVAILABILITIES,
      'Today. `not_on_sale` for a piece that the catalogue does not know, or no longer.',
    ),
    known: Type.Boolean({
      description: 'Whether the catalogue knows the piece; if not, it is as it was saved.',
    }),
  },
  { $id: 'ListedPiece', description: 'A piece on the saved list, as it is today.' },
);

/** What is wrong with one part of a request. */
export const FieldError = Named('FieldError', {
  path: Type.String({ description: 'JSON pointer to the part of the request that it is about.' }),
  message: Type.String(),
});

export const SHARED_SCHEMAS = [SentPiece, ProductCard, SavedPiece, ListedPiece];

export const Money = Type.Object(
  { amount: Type.Number(), currency: Type.String({ description: 'ISO 4217 code.' }) },
  { $id: 'Money', description: 'In whole units of the currency.' },
);

export const Cursor = Type.Optional(
  Type.String({ maxLength: 512, description: 'The `nextCursor` of the page before.' }),
);

export const NextCursor = Type.Optional(
  Type.String({ description: 'Of the page that follows, when there is one.' }),
);
