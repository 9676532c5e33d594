// What came out of a run against something that others made, on the screen and in the table of docs/compatibility.md.
import { readFileSync, writeFileSync } from 'node:fs';
import type { Difference } from '../../embedded/test/s3/differences.js';

export interface Failure {
  name: string;
  /** What was seen, in a few lines. */
  cause: string;
}

/** One row: an engine or a runtime, and one thing that was run on it. */
export interface Result {
  engine: string;
  version: string;
  part: string;
  agreed: number;
  known: { reason: string; names: string[] }[];
  fresh: Failure[];
  /** Why nothing was run. */
  notRun?: string;
}

const PAGE = 'docs/compatibility.md';
const BEGIN = '<!-- the table is written by the command -->';
const END = '<!-- end of the table -->';

/** Sorts failures into those whose reason is known and those that are new. */
export function sortFailures(failures: readonly Failure[], differences: readonly Difference[]) {
  const known = new Map<string, string[]>();
  const fresh: Failure[] = [];
  for (const failure of failures) {
    const reason = differences.find(({ cases }) => cases.test(failure.name))?.reason;
    if (reason === undefined) fresh.push(failure);
    else known.set(reason, [...(known.get(reason) ?? []), failure.name]);
  }
  return { known: [...known].map(([reason, names]) => ({ reason, names })), fresh };
}

export function printResult({ engine, version, part, agreed, known, fresh, notRun }: Result): void {
  if (notRun !== undefined) {
    console.log(`${engine} ${version}, ${part}: not run: ${notRun}`);
    return;
  }
  for (const { reason, names } of known) {
    console.log(`  known (${names.length}): ${reason}\n    ${names.slice(0, 3).join('\n    ')}`);
    if (names.length > 3) console.log(`    and ${names.length - 3} more`);
  }
  for (const { name, cause } of fresh)
    console.log(`  DIFFERENCE: ${name}\n    ${cause.replaceAll('\n', '\n    ')}`);
  const differing = known.reduce((n, { names }) => n + names.length, 0);
  console.log(
    `${engine} ${version}, ${part}: ${agreed} agreed, ${differing} differ for known reasons, ${fresh.length} differ anew`,
  );
}

/** Puts the rows into the table, in place of those of the same engine and part. */
export function writeTable(results: readonly Result[], today: Date): void {
  const page = readFileSync(PAGE, 'utf8');
  const [before = '', rest = ''] = page.split(BEGIN);
  const [table = '', after = ''] = rest.split(END);
  const rows = new Map<string, string>();
  for (const row of table
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2)) {
    const [, engine = '', , part = ''] = row.split('|').map((cell) => cell.trim());
    rows.set(`${engine}, ${part}`, row);
  }
  for (const result of results) {
    const key = `${result.engine}, ${result.part}`;
    // an engine that cannot be had here does not undo what was seen where it could
    if (result.notRun === undefined || !rows.has(key)) rows.set(key, rowOf(result, today));
  }
  const head = [
    '| engine or runtime | version | what was run | run | agreed | differs | reason | date |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
  ];
  const body = [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  writeFileSync(PAGE, `${before}${BEGIN}\n${[...head, ...body].join('\n')}\n${END}${after}`);
}

function rowOf({ engine, version, part, agreed, known, fresh, notRun }: Result, today: Date): string {
  const differs = known.reduce((n, { names }) => n + names.length, 0) + fresh.length;
  const reasons = known.map(({ reason, names }) => `${names.length}: ${reason}`);
  if (fresh.length > 0) reasons.push(`${fresh.length}: not explained`);
  const counts = notRun === undefined ? [agreed + differs, agreed, differs] : ['not run', '', ''];
  const reason = notRun ?? reasons.join(' ');
  const cells = [
    engine,
    version,
    part,
    ...counts,
    reason.replaceAll('|', '\\|'),
    today.toISOString().slice(0, 10),
  ];
  return `| ${cells.join(' | ')} |`;
}
