import t from 'tap';
import { database } from '../helper.js';
import { failoverTrial } from './failover-trial.js';

/** `npm run failover`, and with `FAILOVER_RUNS=500` before a release. */
const RUNS = Number(process.env.FAILOVER_RUNS || 4);
const LANES = Math.min(2, RUNS);
const FIRST_SEED = Number(process.env.FAILOVER_SEED || 1);

t.test(
  'failover: while the way to the database fails, nothing acknowledged is lost and nothing is doubled',
  async (t) => {
    const lanes = Array.from({ length: LANES }, async (_, lane) => {
      const runs = Math.ceil(RUNS / LANES);
      return failoverTrial(t, await database(t), FIRST_SEED + lane * runs, runs);
    });
    const results = await Promise.all(lanes);
    const sum = (pick: (result: (typeof results)[number]) => Record<string, number>) => {
      const all: Record<string, number> = {};
      for (const result of results) {
        for (const [name, n] of Object.entries(pick(result))) all[name] = (all[name] ?? 0) + n;
      }
      return all;
    };
    const faults = sum(({ faults }) => faults);
    t.comment(
      'faults',
      faults,
      'answers',
      sum(({ statuses }) => statuses),
    );
    t.comment(
      `slowest failure ${Math.round(Math.max(...results.map((r) => r.slowestFailureMs)))} ms,`,
      `slowest recovery ${Math.round(Math.max(...results.map((r) => r.slowestRecoveryMs)))} ms`,
    );
    t.same(
      results.flatMap(({ broken }) => broken),
      [],
    );
    t.ok(Object.values(faults).reduce((a, b) => a + b, 0) > RUNS, 'there were faults');
  },
);
