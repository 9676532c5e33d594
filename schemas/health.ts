import { Type } from '@sinclair/typebox';

const Check = Type.Union([Type.Literal('ok'), Type.Literal('unavailable')]);

export const Health = Type.Object(
  {
    status: Type.Union([Type.Literal('ok'), Type.Literal('unavailable'), Type.Literal('closing')]),
    checks: Type.Object({ database: Type.Optional(Check), storage: Type.Optional(Check) }),
  },
  { description: 'How the service, and what it stands on, is.' },
);
