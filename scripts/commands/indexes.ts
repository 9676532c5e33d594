import { Command } from 'commander';
import type { Db } from 'mongodb';
import { DEFINITIONS } from '../../src/collections.js';
import type { IndexFinding } from '../../src/platform/mongodb/compare-indexes.js';
import {
  buildMissing,
  checkIndexes,
  INDEXES_COMMAND,
  replaceIndex,
} from '../../src/platform/mongodb/indexes.js';
import { runWithDatabase, tableOf } from '../run.js';

/** The indexes of the database: what is there, and what we do about it. */
export const indexesCommand = (): Command =>
  new Command('indexes')
    .description(
      'Build the indexes that are missing, ahead of a deployment or after a restore. Needs MONGODB_URI.',
    )
    .argument(
      '[collection.index]',
      "with --apply: puts ours in the place of one of the service's own collections",
    )
    .option(
      '--check',
      'print what is there and what we do about it, and change nothing; ends with 1 when one keeps the service from starting',
    )
    .option('--apply', 'build what is missing; what happens without an option, too')
    .addHelpText(
      'after',
      '\nExamples:\n  concierge indexes --check\n  concierge indexes --apply widgetOrderSubscriptions.sessionId_1',
    )
    .action(
      (
        name: string | undefined,
        { check, apply }: { check?: boolean; apply?: boolean },
        command: Command,
      ) => {
        if (check && (apply || name))
          return command.error('--check changes nothing: it goes without --apply and a name.');
        return runWithDatabase((db) => (check ? checkAll(db) : applyAll(db, name)));
      },
    );

const COLUMNS = ['collection', 'index', 'what is there', 'what we do about it'];

const ACTIONS: Record<IndexFinding['state'], string> = {
  there: 'nothing: it serves',
  missing: 'built when the service starts',
  differs: 'left; the service works without ours, and says so when it starts',
  harmful: 'the service does not start',
  foreign: 'left alone',
};

/** The table that `--check` prints. */
const indexTable = (findings: readonly IndexFinding[]): string => tableOf([COLUMNS, ...findings.map(rowOf)]);

function rowOf({ collection, state, wanted, existing, because, isReplaceable }: IndexFinding): string[] {
  const what = existing
    ? `${existing.name} ${describe(existing)}${because ? `: ${because}` : ''}`
    : 'nothing';
  const command = isReplaceable ? `; ${INDEXES_COMMAND} --apply ${collection}.${existing?.name}` : '';
  return [collection, wanted ? describe(wanted) : 'none of ours', what, `${ACTIONS[state]}${command}`];
}

type Described = Pick<
  NonNullable<IndexFinding['existing']>,
  'key' | 'unique' | 'sparse' | 'expireAfterSeconds' | 'partialFilterExpression'
>;

function describe({ key, unique, sparse, expireAfterSeconds, partialFilterExpression }: Described): string {
  const fields = Object.entries(key).map(([field, direction]) => `${field}: ${direction}`);
  return [
    `{${fields.join(', ')}}`,
    unique && 'unique',
    sparse && 'sparse',
    partialFilterExpression && `where ${JSON.stringify(partialFilterExpression)}`,
    expireAfterSeconds !== undefined && `TTL ${expireAfterSeconds} s`,
  ]
    .filter(Boolean)
    .join(' ');
}

async function checkAll(db: Db): Promise<void> {
  const findings = await checkIndexes(db, DEFINITIONS);
  console.log(indexTable(findings));
  if (findings.some(({ state }) => state === 'harmful')) process.exitCode = 1;
}

async function applyAll(db: Db, name: string | undefined): Promise<void> {
  if (name) {
    const { collection, existing } = await replaceIndex(db, DEFINITIONS, name);
    console.log(`${collection}: ${existing?.name} has been dropped`);
  }
  const findings = await checkIndexes(db, DEFINITIONS);
  const failures = await buildMissing(db, findings);
  for (const { collection, state, wanted } of findings) {
    const isBuilt = !failures.some(
      (failure) => failure.collection === collection && failure.key === wanted?.key,
    );
    if (state === 'missing' && wanted && isBuilt)
      console.log(`${collection}: ${describe(wanted)} has been built`);
  }
  for (const { collection, key, error } of failures)
    console.error(`${collection}: ${JSON.stringify(key)} could not be built: ${(error as Error).message}`);
  const left = findings.filter(({ state }) => state === 'differs' || state === 'harmful');
  if (left.length > 0) console.log(indexTable(left));
  if (failures.length > 0 || left.some(({ state }) => state === 'harmful')) process.exitCode = 1;
}
