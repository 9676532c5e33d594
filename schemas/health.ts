import { Type } from '@sinclair/typebox';
import { Named, shown, Words } from './common.js';
import { Problem, problemExamples } from './problem.js';

const Check = Words(['ok', 'unavailable'], undefined, 'HealthCheck');
const Checks = Named('HealthChecks', { database: Type.Optional(Check), storage: Type.Optional(Check) });

export const Health = Named(
  'Health',
  { status: Words(['ok', 'degraded']), checks: Checks },
  {
    description: 'The service does its work; `degraded` when something that only some calls need is away.',
    ...shown({ 'all-is-well': { status: 'ok', checks: { database: 'ok', storage: 'ok' } } }),
  },
);

export const NotReady = Named(
  'NotReady',
  { ...Problem.properties, checks: Checks },
  {
    description: 'A problem document that also says what is away; its `reason` may be `closing`.',
    ...shown({
      'the-database-is-away': {
        ...problemExamples(['service.unavailable'])['service.unavailable']?.value,
        reason: 'unavailable',
        checks: { database: 'unavailable', storage: 'ok' },
      },
    }),
  },
);
