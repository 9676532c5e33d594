/*
 * The service against a bare Fastify and an Express, and against itself: npm run bench
 *
 *   BENCH_SECONDS=0.2 npm run bench -- start compare load tools ablation sessions growth     a short look, or parts of it
 *
 * Writes bench/results/http.md and http.json; of a part only with --write. How it is measured stands in the report.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { bundle } from '../scripts/bundle.js';
import { ablate } from './http/ablation.js';
import { type Arms, type Comparison, compare, compareTools, type Load, underLoad } from './http/compare.js';
import { CALLS, type CallName, prepare } from './http/data.js';
import { grow } from './http/growth.js';
import { CONNECTIONS } from './http/load.js';
import { machine, markdown, type Results } from './http/report.js';
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
/** Whole turns through the orders of the arms. */
const ROUNDS = 5;
/** While the noise is too large. */
const MOST_ROUNDS = 15;
const PARTS = ['start', 'compare', 'load', 'tools', 'ablation', 'sessions', 'growth'];
const SESSIONS = 750;
const isWritten = process.argv.includes('--write');
const asked = process.argv.slice(2).filter((arg) => arg !== '--write');
const wants = (part: string): boolean => asked.length === 0 || asked.includes(part);
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
const { settings, stop } = await startDatabase(folder);
const client = await MongoClient.connect(settings.MONGODB_URI ?? '', { ignoreUndefined: true });
const env = { ...settings, MONGODB_DB: 'bench' };

try {
  await prepare(client.db('bench'));
  say('the data is there');
  const starts = wants('start') ? await measureStarts(env) : undefined;
  const arms = {
    a: await startBare('A', env),
    copy: await startBare("A'", env),
    service: await startService('B', env),
    express: await startExpress('C', env),
    team: await startTeam('D', env),
  };
  const comparisons = await runComparisons(arms);
  const loads = await runLoads(arms, comparisons);
  const tools = wants('tools') ? await compareTools(arms.service, ROUNDS, SECONDS) : [];
  for (const { tool, ratio } of tools) say(`${tool}: ${ratio.toFixed(2)} of its route`);
  const sessions = wants('sessions')
    ? await playSessions(arms.service, SESSIONS, 15 * SECONDS)
    : { p50: 0, p95: 0, p99: 0, calls: 0, failed: 0, refused: 0 };
  if (wants('sessions')) say(`${SESSIONS} customers: p95 ${sessions.p95.toFixed(1)} ms`);
  await Promise.all(Object.values(arms).map((arm) => arm.stop()));
  const ablation = wants('ablation') ? await ablate(env, 4, SECONDS) : [];
  if (wants('ablation')) say('each feature has been off');
  const growth = wants('growth') ? await grow(SECONDS) : { products: [], orders: [] };
  const start = await starts?.read();
  const seconds = (performance.now() - started) / 1000;
  const takenAt = new Date().toISOString();
  report({
    ...{ takenAt, machine: machine(), seconds, start, comparisons, loads, tools, ablation, growth },
    sessions: { ...sessions, count: SESSIONS },
  });
} finally {
  await client.close();
  await stop();
  rmSync(folder, { recursive: true, force: true });
}

async function runComparisons(arms: Arms): Promise<Comparison[]> {
  const results: Comparison[] = [];
  if (!wants('compare') && !wants('load')) return results;
  for (const connections of [CONNECTIONS, 1])
    for (const call of Object.keys(CALLS) as CallName[]) {
      const result = await compare(arms, call, {
        connections,
        rounds: ROUNDS,
        mostRounds: MOST_ROUNDS,
        seconds: SECONDS,
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
  if (!wants('load')) return results;
  for (const comparison of comparisons.filter(({ connections }) => connections === CONNECTIONS))
    for (const part of [0.5, 0.8]) {
      const result = await underLoad(arms, comparison, part, 3 * SECONDS);
      results.push(result);
      say(
        `${comparison.call} at ${part * 100} %: p95 ${result.a.p95.toFixed(2)} and ${result.service.p95.toFixed(2)} ms`,
      );
    }
  return results;
}

function report(results: Results): void {
  const text = markdown(results);
  console.log(`\n${text}`);
  if (asked.length > 0 && !isWritten) return;
  writeFileSync('bench/results/http.md', text);
  writeFileSync('bench/results/http.json', `${JSON.stringify(results, null, 2)}\n`);
}
