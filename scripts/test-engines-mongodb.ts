/*
 * Runs the semantics table of the embedded MongoDB against another server, to see whether the table itself is right.
 *
 *   npm run test:engines                 SecantusDB, from PyPI, in a folder of its own below node_modules/.cache
 *   TEST_ENGINE_URI=mongodb://… npm run test:engines     any server; it gets a database that is dropped afterwards
 *
 * What is known to differ, and why, stands in embedded/test/mongodb/differences.ts.
 */
import { randomUUID } from 'node:crypto';
import { type Db, MongoClient } from 'mongodb';
import { type Case, outcome, textOf } from '../embedded/test/mongodb/case.js';
import { differences } from '../embedded/test/mongodb/differences.js';
import { TABLE } from '../embedded/test/mongodb/table.js';
import { SECANTUSDB, startEngine } from './outside/engines.js';

/** Whether an outside engine answers as the table says; true also when none can be had, which is said. */
export async function testMongodbEngine(): Promise<boolean> {
  const uri = process.env.TEST_ENGINE_URI;
  if (uri) return compare('the server given', uri);
  const engine = await startEngine(SECANTUSDB);
  if (!engine) return true;
  try {
    return await compare(engine.name, `mongodb://127.0.0.1:${engine.port}/`);
  } finally {
    await engine.stop();
  }
}

async function compare(name: string, uri: string): Promise<boolean> {
  const client = await MongoClient.connect(uri);
  const db = client.db(`table_${process.pid}`);
  const { version } = await db.command({ buildInfo: 1 });
  console.log(`${name}, which says it is ${version}`);
  const counts = { same: 0, known: 0, new: 0, outside: 0 };
  try {
    for (const { title, manual, cases } of TABLE) {
      for (const each of cases) {
        if (each.outside) counts.outside++;
        else counts[await verdict(each, title, manual, db)]++;
      }
    }
  } finally {
    await db.dropDatabase();
    await client.close();
  }
  console.log(
    `${counts.same} as the table has it, ${counts.known} known differences, ${counts.new} new ones;`,
  );
  console.log(`${counts.outside} cases outside the subset were not asked.`);
  return counts.new === 0;
}

async function verdict(each: Case, title: string, manual: string, db: Db): Promise<'same' | 'known' | 'new'> {
  const actual = await outcome(each, db, `c${randomUUID()}`).catch((error) => `${error}`);
  if (textOf(actual) === textOf(each.expected)) return 'same';
  const reason = differences[`${title}: ${each.name}`];
  console.log(`${reason ? 'known' : 'DIFFERENCE'}: ${title}: ${each.name}`);
  console.log(reason ? `  ${reason}` : `  manual ${manual}`);
  if (!reason) console.log(`  table  ${textOf(each.expected)}\n  engine ${textOf(actual)}`);
  return reason ? 'known' : 'new';
}
