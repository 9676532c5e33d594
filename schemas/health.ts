import { Type } from '@sinclair/typebox';
import { Problem } from './problem.js';

const Check = Type.Union([Type.Literal('ok'), Type.Literal('unavailable')]);
const Checks = Type.Object({ database: Type.Optional(Check), storage: Type.Optional(Check) });

export const Health = Type.Object(
  { status: Type.Union([Type.Literal('ok'), Type.Literal('degraded')]), checks: Checks },
  {
    description: 'The service does its work; `degraded` when something that only some calls need is away.',
    examples: [{ status: 'ok', checks: { database: 'ok', storage: 'ok' } }],
  },
);

export const NotReady = Type.Object(
  { ...Problem.properties, checks: Checks },
  { description: 'A problem document that also says what is away; its `reason` may be `closing`.' },
);
