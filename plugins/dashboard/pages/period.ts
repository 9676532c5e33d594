import { Type } from '@sinclair/typebox';

// An empty field of the form is no day; a day before the year 2000 is a mistake.
const Day = Type.Optional(Type.String({ pattern: '^(2\\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01]))?$' }));

/** From one day to another, as a form asks for it. */
export const AskedPeriod = Type.Object({ from: Day, to: Day });
