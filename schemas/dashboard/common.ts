import { Type } from '@sinclair/typebox';

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
