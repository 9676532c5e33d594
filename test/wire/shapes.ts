// What the service asks of a database, command by command, without its collections, fields and values: what a server has to understand.
import { readFileSync, writeFileSync } from 'node:fs';
import type { Document } from 'bson';
import { startProxy } from './proxy.js';

const PAGE = new URL('../../docs/compatibility.md', import.meta.url);
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

/** A way to the database on which each shape is noted; with `WRITE_SHAPES` they are listed when it ends. */
export async function recordShapes(uri: string) {
  const seen = new Set<string>();
  const record = (command: Document) => {
    for (const shape of shapesOf(command)) seen.add(shape);
  };
  const proxy = await startProxy(uri, { record });
  const stop = async () => {
    await proxy.stop();
    if (process.env.WRITE_SHAPES) writeShapes(new Set([...listedShapes(), ...seen]));
  };
  return { uri: proxy.uri, seen, stop };
}
