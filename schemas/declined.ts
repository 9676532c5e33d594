import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { FieldError, refTo, shown } from './common.js';

const EXAMPLES = shown({
  'too-late-to-return': {
    ok: false,
    status: 'declined',
    reason: 'window_passed',
    message: 'A piece can be returned within 30 days of delivery, and that time has passed.',
    requestId: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff',
  },
});

export const DeclinedSchema = Type.Object(
  {
    ok: Type.Literal(false),
    status: Type.Literal('declined'),
    reason: Type.String({ description: 'For programs to decide by, such as `window_passed`.' }),
    message: Type.String({ description: 'A sentence for the customer.' }),
    errors: Type.Optional(Type.Array(FieldError)),
    requestId: Type.String({ description: 'Names this request in the log of the service.' }),
  },
  {
    $id: 'Declined',
    title: 'Declined',
    description: 'A rule of the shop does not allow it. Nothing has been changed.',
  },
);
export type Declined = Static<typeof DeclinedSchema>;

/** Why a rule of the shop does not allow what was asked for. */
export type Refusal = Pick<Declined, 'reason' | 'message' | 'errors'>;

/** A 200 that is one of these answers, or says that a rule of the shop does not allow it. */
export const orDeclined = <Schema extends TSchema>(answer: Schema, description: string) => ({
  ...Type.Union([answer, refTo(DeclinedSchema)], { title: `${answer.title}OrDeclined` }),
  'x-examples': { ...answer['x-examples'], ...EXAMPLES['x-examples'] },
  description,
});
