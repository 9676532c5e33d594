/*
 * The service against a bare Fastify and an Express, and against itself: npm run bench
 *
 *   npm run bench -- connections               parts of it: start compare load connections tools ablation sessions growth memory
 *   npm run bench -- growth --write            writes down that part, and leaves the others as they were
 *   BENCH_SECONDS=0.2 BENCH_MINUTES=1 …        a short look
 *
 * Writes bench/results/http.md and http.json; of parts only with --write. Ablation (three minutes), growth (eight) and memory (ten)
 * are taken only when they are asked for. How it is measured stands in the report.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { bundle } from '../scripts/bundle.js';
import { ablate, timeHooks } from './http/ablation.js';
import { type Arms, type Comparison, compare, compareTools, type Load, underLoad } from './http/compare.js';
import { CALLS, type CallName, prepare } from './http/data.js';
import { crowd, grow } from './http/growth.js';
import { CONNECTIONS } from './http/load.js';
import { watchMemory } from './http/memory.js';
import { machine, markdown, type Parts, type Results } from './http/report.js';
import {
  BUILT,
  DEPLOYED,
  startBare,
  startDatabase,
  startExpress,
  startService,
  startTeam,
} from './http/servers.js';
import { playSessions } from './http/sessions.js';
import { measureStarts } from './http/start.js';

const SECONDS = Number(process.env.BENCH_SECONDS || 1);
const MEMORY_MINUTES = Number(process.env.BENCH_MINUTES || 10);
/** Whole turns through the orders of the arms. */
const ROUNDS = 5;
/** While the noise is too large, and so much of a quarter of an hour has not passed that the other parts have no time left. */
const MAX_ROUNDS = 15;
const LATEST_ROUND_MS = 9 * 60_000;
/** Of what A can do at most. */
const PART_OF_PEAK = 0.5;
const SESSIONS = 750;
const REPORT = 'bench/results/http.md';
const FIGURES = 'bench/results/http.json';
/** A quarter of an hour; the others are taken when they are asked for. */
const USUAL = ['start', 'compare', 'load', 'connections', 'tools', 'hooks', 'sessions'];
const PARTS = [...USUAL, 'ablation', 'growth', 'memory'];
const isWritten = process.argv.includes('--write');
const asked = process.argv.slice(2).filter((arg) => arg !== '--write');
const wants = (...parts: (keyof Parts)[]): boolean =>
  parts.some((part) => (asked.length === 0 ? USUAL : asked).includes(part));
const unknown = asked.filter((part) => !PARTS.includes(part));
if (unknown.length > 0)
  throw new Error(`There is no part ${unknown.join(', ')}; there are ${PARTS.join(', ')}`);

const started = performance.now();
const say = (text: string) => console.log(`${Math.round((performance.now() - started) / 1000)} s: ${text}`);

// what is measured is what is deployed, and the others are JavaScript as well
rmSync(BUILT, { recursive: true, force: true });
execFileSync('node_modules/.bin/tsc', ['-p', 'bench/tsconfig.json'], { stdio: 'inherit' });
// what the compiler leaves behind
cpSync('scripts/seed-data/pieces.tsv', join(BUILT, 'scripts/seed-data/pieces.tsv'));
await bundle(join(BUILT, DEPLOYED));
const folder = mkdtempSync(join(tmpdir(), 'bench-'));
const { settings, stop, pid } = await startDatabase(folder);
const client = await MongoClient.connect(settings.MONGODB_URI ?? '', { ignoreUndefined: true });
const env = { ...settings, MONGODB_DB: 'bench' };

const taken: Results = {};

try {
  await prepare(client.db('bench'));
  say('the data is there');
  await take('start', wants('start'), () => measureStarts(env));
  if (wants('compare', 'load', 'connections', 'tools', 'sessions')) {
    const arms = {
      a: await startBare('A', env),
      copy: await startBare("A'", env),
      service: await startService('B', env),
      express: await startExpress('C', env),
      team: await startTeam('D', env),
    };
    let comparisons: Comparison[] = [];
    await take('compare', wants('compare', 'load'), async () => {
      comparisons = await runComparisons(arms);
      return comparisons;
    });
    await take('load', wants('load'), () => runLoads(arms, comparisons));
    await take('connections', wants('connections'), () => crowd(arms, SECONDS));
    await take('tools', wants('tools'), () => compareTools(arms.service, ROUNDS, SECONDS));
    await take('sessions', wants('sessions'), async () => ({
      ...(await playSessions(arms.service, SESSIONS, 15 * SECONDS)),
      count: SESSIONS,
    }));
    await Promise.all(Object.values(arms).map((arm) => arm.stop()));
  }
  await take('hooks', wants('hooks'), () => timeHooks(env, SECONDS));
  await take('ablation', wants('ablation'), () => ablate(env, 4, SECONDS));
  await take('memory', wants('memory'), () => watchMemory(env, MEMORY_MINUTES));
  await take('growth', wants('growth'), () => grow(SECONDS, say));
  report();
} finally {
  await client.close();
  await stop();
  rmSync(folder, { recursive: true, force: true });
}

async function take<Part extends keyof Parts>(
  part: Part,
  isWanted: boolean,
  run: () => Promise<Parts[Part]>,
) {
  if (!isWanted) return;
  const began = performance.now();
  const figures = await run();
  const seconds = (performance.now() - began) / 1000;
  Object.assign(taken, {
    [part]: { takenAt: new Date().toISOString(), seconds, machine: machine(), figures },
  });
  say(`${part} has been taken`);
}

async function runComparisons(arms: Arms): Promise<Comparison[]> {
  const results: Comparison[] = [];
  for (const connections of [CONNECTIONS, 1])
    for (const call of Object.keys(CALLS) as CallName[]) {
      const result = await compare(arms, call, {
        connections,
        rounds: ROUNDS,
        maxRounds: MAX_ROUNDS,
        mayGoOn: () => performance.now() - started < LATEST_ROUND_MS,
        seconds: SECONDS,
        database: { pid },
      });
      results.push(result);
      const { processor, requests } = result;
      say(
        `${call}, ${connections} connections: processor B/A ${processor.bare.toFixed(2)}, B/C ${processor.express.toFixed(2)}, B/D ${processor.team.toFixed(2)}, A'/A ${processor.noise.toFixed(2)}; requests B/A ${requests.bare.toFixed(2)}`,
      );
    }
  return results;
}

async function runLoads(arms: Arms, comparisons: Comparison[]): Promise<Load[]> {
  const results: Load[] = [];
  for (const comparison of comparisons.filter(({ connections }) => connections === CONNECTIONS)) {
    const result = await underLoad(arms, comparison, PART_OF_PEAK, { rounds: ROUNDS, seconds: 2 * SECONDS });
    results.push(result);
    say(
      `${comparison.call} at ${PART_OF_PEAK * 100} %: p95 ${result.a.p95.toFixed(2)} and ${result.service.p95.toFixed(2)} ms, ${result.addedP95.toFixed(2)} more`,
    );
  }
  return results;
}

// What was not taken this time stays as it was.
function report(): void {
  console.log(`\n${markdown(taken)}`);
  if (asked.length > 0 && !isWritten) return;
  const results: Results = { ...JSON.parse(readFileSync(FIGURES, 'utf8')), ...taken };
  writeFileSync(REPORT, markdown(results));
  writeFileSync(FIGURES, `${JSON.stringify(results, null, 2)}\n`);
}
