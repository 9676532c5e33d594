// What the service asks of a database, command by command, without its collections, fields and values: what a server has to understand.
import { readFileSync, writeFileSync } from 'node:fs';
import type { Document } from 'bson';
import { commandForms } from './commands.js';
import { startProxy } from './proxy.js';

const PAGE = new URL('../../docs/compatibility.md', import.meta.url);
const COMMANDS = new URL('../../docs/commands.md', import.meta.url);
const TABLE = /(<!-- the commands are written by the command -->\n)[\s\S]*?(<!-- end of the commands -->)/;

/** Of the protocol, of sessions and of the driver, not of a command. */
const ENVELOPE = ['lsid', '$db', '$clusterTime', '$readPreference', 'txnNumber', 'apiVersion', 'comment'];
/** Options whose value is a document, or a list of them, with options of its own. */
const NESTED = ['updates', 'deletes', 'indexes', 'cursor', 'writeConcern', 'collation'];
/** What the shop or a customer has written may look like anything. */
const STORED = ['documents'];

/** Each option of a command, and each operator in it, as `update updates.q $elemMatch`. */
export function shapesOf(command: Document): string[] {
  const [name = '', ...options] = Object.keys(command).filter((key) => !ENVELOPE.includes(key));
  const shapes = new Set<string>();
  for (const option of options) note(option, command[option]);
  return [...shapes];

  function note(option: string, value: unknown): void {
    if (NESTED.includes(option) && Object.keys(value as Document).length > 0) {
      for (const part of [value].flat())
        for (const [inner, its] of Object.entries(part as Document)) note(`${option}.${inner}`, its);
      return;
    }
    shapes.add(`${name} ${option}`);
    if (STORED.includes(option)) return;
    for (const operator of operatorsIn(value)) shapes.add(`${name} ${option} ${operator}`);
  }
}

function operatorsIn(value: unknown): string[] {
  if (value instanceof RegExp) return ['/pattern/'];
  if (Array.isArray(value)) return value.flatMap(operatorsIn);
  if (value === null || typeof value !== 'object' || '_bsontype' in value || value instanceof Date) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(key.startsWith('$') ? [key] : []),
    ...operatorsIn(inner),
  ]);
}

/** Those that docs/compatibility.md lists. */
export function listedShapes(): Set<string> {
  const listed = new Set<string>();
  const [table = ''] = TABLE.exec(readFileSync(PAGE, 'utf8')) ?? [];
  for (const [, name = '', option = '', operators = ''] of table.matchAll(
    /^\| `(.+?)` \| (.*?) \| (.*?) \|$/gm,
  )) {
    listed.add(`${name} ${unquoted(option)}`);
    for (const operator of operators.split(' ').filter(Boolean))
      listed.add(`${name} ${unquoted(option)} ${unquoted(operator)}`);
  }
  return listed;
}

const unquoted = (text: string): string => text.replaceAll('`', '');

/** Writes the list, a row for each option of a command with its operators. */
function writeShapes(shapes: Set<string>): void {
  const rows = new Map<string, string[]>();
  for (const shape of [...shapes].sort()) {
    const [name, option, operator] = shape.split(' ');
    const row = `| \`${name}\` | \`${option}\` |`;
    rows.set(row, [...(rows.get(row) ?? []), ...(operator ? [`\`${operator}\``] : [])]);
  }
  const lines = [...rows].map(([row, operators]) => `${row} ${operators.join(' ')} |`);
  const table = ['| command | option | operators in it |', '| --- | --- | --- |', ...lines].join('\n');
  writeFileSync(PAGE, readFileSync(PAGE, 'utf8').replace(TABLE, `$1${table.replaceAll('$', '$$$$')}\n$2`));
}

const HEAD_OF_COMMANDS = `# Every command that the service sends

Written by \`WRITE_SHAPES=1 npx tap --jobs=1 FILES\`, which adds what these tests send; no test passes that sends another
one. A value is \`?\`, a list of values \`[?]\`, a document or a list that is compared as a whole \`{…}\` or \`[…]\`; of an
update its operators count and where a field lies, of a projection whether fields are named (\`1\`) or left out (\`0\`).
How many documents, times and batches are not told apart. [compatibility](compatibility.md) sums them up by word.
`;

/** The commands that docs/commands.md lists, in their normal form. */
export function listedCommands(): Set<string> {
  const page = readFileSync(COMMANDS, 'utf8');
  const listed = [...page.matchAll(/^## (.+)\n\n```\n([\s\S]*?)\n```$/gm)].flatMap(
    ([, collection, lines = '']) => lines.split('\n').map((line) => `${collection} ${line}`),
  );
  return new Set(listed);
}

function writeCommands(forms: Set<string>): void {
  const byCollection = new Map<string, string[]>();
  for (const form of [...forms].sort()) {
    const [, collection = '', line = ''] = /^(.+?) (\w+ \{.*)$/.exec(form) ?? [];
    byCollection.set(collection, [...(byCollection.get(collection) ?? []), line]);
  }
  const sections = [...byCollection].map(
    ([name, lines]) => `\n## ${name}\n\n\`\`\`\n${lines.join('\n')}\n\`\`\`\n`,
  );
  writeFileSync(COMMANDS, `${HEAD_OF_COMMANDS}${sections.join('')}`);
}

/** A way to the database on which each command is noted. */
export async function recordShapes(uri: string) {
  const words = new Set<string>();
  const forms = new Set<string>();
  const record = (command: Document) => {
    for (const shape of shapesOf(command)) words.add(shape);
    for (const form of commandForms(command)) forms.add(form);
  };
  const proxy = await startProxy(uri, { record });
  /** What was sent and is not listed. */
  const unlisted = () => [
    ...[...words].filter((word) => !listedShapes().has(word)),
    ...[...forms].filter((form) => !listedCommands().has(form)),
  ];
  /** @throws Error when something was sent that is not listed; with `WRITE_SHAPES` it is listed instead. */
  const compare = () => {
    if (process.env.WRITE_SHAPES) {
      writeShapes(new Set([...listedShapes(), ...words]));
      writeCommands(new Set([...listedCommands(), ...forms]));
    } else if (unlisted().length > 0)
      throw new Error(`Not listed yet (WRITE_SHAPES=1 npx tap FILE lists it):\n${unlisted().join('\n')}`);
  };
  return { uri: proxy.uri, unlisted, compare, stop: proxy.stop };
}
