// The semantics table of the embedded MongoDB against another server, to see whether the table itself is right.
import { randomUUID } from 'node:crypto';
import { type Db, MongoClient } from 'mongodb';
import { type Case, outcome, textOf } from '../../embedded/test/mongodb/case.js';
import { MONGODB_DIFFERENCES } from '../../embedded/test/mongodb/differences.js';
import { TABLE } from '../../embedded/test/mongodb/table.js';
import { type Failure, type Result, sortFailures } from './report.js';

const PROGRESS_MS = 20_000;
const CASE_MS = 30_000;
const OTHER_CODE = 'Refused there too, with another code.';

/** The cases of the subset, as the engine has them; what it is known to do otherwise stands in differences.ts. */
export async function runMongodbTable(uri: string, engine: string, version: string): Promise<Result> {
  const client = await MongoClient.connect(uri, { serverSelectionTimeoutMS: 20_000 });
  const db = client.db(`table_${process.pid}`);
  const failures: Failure[] = [];
  const otherCodes: string[] = [];
  const all = TABLE.flatMap((group) => group.cases.map((each) => ({ ...group, each })));
  const asked = all.filter(({ each }) => !each.outside);
  let done = 0;
  const progress = setInterval(() => console.log(`${engine}: ${done} of ${asked.length} cases`), PROGRESS_MS);
  try {
    for (const { title, manual, each } of asked) {
      done++;
      const actual = await actualOf(each, db);
      if (textOf(actual) === textOf(each.expected)) continue;
      const name = `${title}: ${each.name}`;
      if (isCode(actual) && isCode(each.expected)) otherCodes.push(name);
      else
        failures.push({
          name,
          cause: `table  ${short(each.expected)}\nengine ${short(actual)}\nmanual ${manual}`,
        });
    }
  } finally {
    clearInterval(progress);
    await db.dropDatabase().catch(() => {}); // the server and its folder go anyway
    await client.close();
  }
  const { known, fresh } = sortFailures(failures, MONGODB_DIFFERENCES[engine] ?? []);
  if (otherCodes.length > 0) known.push({ reason: OTHER_CODE, names: otherCodes });
  const agreed = asked.length - failures.length - otherCodes.length;
  console.log(`${engine}: ${all.length - asked.length} cases outside the subset were not asked`);
  return { engine, version, part: 'semantics table', agreed, known, fresh };
}

// Another server may leave a request without an answer, or close the connection.
async function actualOf(each: Case, db: Db): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${CASE_MS / 1000} s`), CASE_MS);
  });
  const actual = outcome(each, db, `c${randomUUID()}`).catch((error) => `${error}`);
  return Promise.race([actual, late]).finally(() => clearTimeout(timer));
}

const isCode = (v: unknown) => typeof v === 'object' && v !== null && Object.keys(v).join() === 'code';

const MAX_TEXT = 300;

function short(v: unknown): string {
  const text = textOf(v);
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}
