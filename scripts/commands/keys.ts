import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { type KeyEntry, parseEntries, parseKeyFile } from '../../src/config/key-file.js';
import { type ApiKey, isValidAt, ROLES, SCOPES, type Scope, sha256 } from '../../src/platform/keys/keys.js';

/** The keys of clients and staff, in the file that CONCIERGE_API_KEYS_FILE names. A running service reads it again when it changes. */
export function keysCommand(): Command {
  const command = new Command('keys').description(
    'The keys of clients and staff, in a file. Needs no other settings.',
  );
  const file = () => new Option('--file <keys.json>', 'the file of keys').env('CONCIERGE_API_KEYS_FILE');

  command
    .command('new')
    .description('make a key; it is shown once and kept nowhere')
    .addArgument(new Argument('<id>', 'what it is called in logs, such as margaux or fulfilment'))
    .addOption(new Option('--role <role>', 'what it may do').choices(Object.keys(ROLES)))
    .option('--scopes <scope,scope>', `what it may do, or do besides: ${SCOPES.join(', ')}`, scopes, [])
    .option('--not-before <date>', 'from when it is taken')
    .option('--not-after <date>', 'until when it is taken')
    .addOption(file())
    .addHelpText(
      'after',
      '\nExamples:\n  concierge keys new margaux --role agent --file keys.json\n  concierge keys new fulfilment --scopes returns:manage --not-after 2027-12-31',
    )
    .action(makeNew);

  command
    .command('remove')
    .description('take a key out of the file: it is refused from then on')
    .argument('<id>')
    .addOption(file().makeOptionMandatory())
    .action(remove);

  command
    .command('list')
    .description('the keys of the file, without anything that could be used as one')
    .addOption(file().makeOptionMandatory())
    .option('--json', 'as JSON')
    .action(list);

  command
    .command('hash')
    .description('the hash of a key that is typed or piped in, where no list of processes shows it')
    .addHelpText('after', '\nExample:\n  concierge keys hash < key.txt')
    .action(async () => console.log(sha256((await text(process.stdin)).trim())));

  return command;
}

interface NewKey {
  role?: string;
  scopes: Scope[];
  notBefore?: string;
  notAfter?: string;
  file?: string;
}

function makeNew(
  id: string,
  { role = '', scopes, notBefore, notAfter, file }: NewKey,
  command: Command,
): void {
  const all = [...new Set([...(ROLES[role] ?? []), ...scopes])];
  // ends the command
  if (all.length === 0) command.error('A key needs a --role or --scopes.');
  const secret = `ck_${randomBytes(32).toString('base64url')}`;
  const entry: KeyEntry = { id, sha256: sha256(secret), scopes: all, notBefore, notAfter };
  const before = file && existsSync(file) ? parseEntries(readFileSync(file, 'utf8')) : [];
  const after = format([...before, entry]);
  parseKeyFile(after);
  if (file) replace(file, after);
  else console.log(`Put this into the list in the file of keys:\n${JSON.stringify(entry, null, 2)}\n`);
  console.log(`${file ? `${id} stands in ${file}. ` : ''}The key itself, which is kept nowhere:\n${secret}`);
}

function remove(id: string, { file }: { file: string }): void {
  const before = parseEntries(readFileSync(file, 'utf8'));
  const after = before.filter((entry) => entry.id !== id);
  if (after.length === before.length) throw new Error(`There is no key ${id} in ${file}.`);
  replace(file, format(after));
  console.log(`${id} has been taken out of ${file}.`);
}

const format = (entries: KeyEntry[]): string => `${JSON.stringify(entries, null, 2)}\n`;

// As a whole: a service that reads at this moment reads the old list or the new one.
function replace(path: string, content: string): void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, content, { mode: 0o600 });
  renameSync(draft, path);
}

function list({ file, json }: { file: string; json?: boolean }): void {
  const content = readFileSync(file, 'utf8');
  const entries = parseEntries(content);
  const now = new Date();
  const lines = parseKeyFile(content).map((key, nth) => {
    const { notBefore, notAfter } = entries[nth] ?? {};
    return { id: key.id, state: stateOf(key, now), notBefore, notAfter, scopes: key.scopes };
  });
  if (json) {
    console.log(JSON.stringify(lines, null, 2));
    return;
  }
  for (const { id, state, notBefore = '', notAfter = '', scopes } of lines)
    console.log([id, state, `${notBefore}…${notAfter}`, scopes.join(',')].join('  '));
}

function stateOf(key: ApiKey, now: Date): string {
  if (isValidAt(key, now)) return 'valid';
  return key.notAfter && now >= key.notAfter ? 'ended' : 'not yet';
}

function scopes(given: string): Scope[] {
  const names = given.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !SCOPES.some((scope) => scope === name));
  if (unknown !== undefined) throw new InvalidArgumentError(`There is no scope ${unknown}.`);
  return names as Scope[];
}
