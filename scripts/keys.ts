/*
 * Keys of clients, for those who run the service:
 *
 *   npm run keys -- new <id> --scopes returns:manage,dashboard:read [--not-before <date>] [--not-after <date>] [--file keys.json]
 *   npm run keys -- hash                      reads a key from the standard input, where no list of processes shows it
 *   npm run keys -- list [--file keys.json]
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { type KeyEntry, parseEntries, parseKeyFile } from '../src/config/key-file.js';
import { type ApiKey, isValidAt, SCOPES, sha256 } from '../src/platform/keys/keys.js';

const USAGE = `Usage:
  keys new <id> --scopes <scope,scope> [--not-before <date>] [--not-after <date>] [--file <keys.json>]
  keys hash < key
  keys list [--file <keys.json>]
Without --file it is CONCIERGE_API_KEYS_FILE. Scopes: ${SCOPES.join(', ')}`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    scopes: { type: 'string' },
    'not-before': { type: 'string' },
    'not-after': { type: 'string' },
    file: { type: 'string' },
  },
});
const [command, id] = positionals;
const file = values.file ?? process.env.CONCIERGE_API_KEYS_FILE;

try {
  if (command === 'new') makeNew();
  else if (command === 'hash') console.log(sha256((await text(process.stdin)).trim()));
  else if (command === 'list') list();
  else throw new Error(`Say what to do.\n\n${USAGE}`);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

function makeNew(): void {
  if (!id || !values.scopes) throw new Error(`A new key needs an id and its scopes.\n\n${USAGE}`);
  const secret = `ck_${randomBytes(32).toString('base64url')}`;
  const entry = {
    id,
    sha256: sha256(secret),
    scopes: values.scopes.split(',').map((scope) => scope.trim()),
    ...(values['not-before'] && { notBefore: values['not-before'] }),
    ...(values['not-after'] && { notAfter: values['not-after'] }),
  };
  const before = file && existsSync(file) ? parseEntries(readFileSync(file, 'utf8')) : [];
  const after = JSON.stringify([...before, entry], null, 2);
  parseKeyFile(after);
  if (file) replace(file, `${after}\n`);
  else console.log(`Put this into the list in the file of keys:\n${JSON.stringify(entry, null, 2)}\n`);
  console.log(`${file ? `${id} stands in ${file}. ` : ''}The key itself, which is kept nowhere:\n${secret}`);
}

// As a whole: a service that reads at this moment reads the old list or the new one.
function replace(path: string, content: string): void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, content, { mode: 0o600 });
  renameSync(draft, path);
}

function list(): void {
  if (!file) throw new Error(`Say which file.\n\n${USAGE}`);
  const content = readFileSync(file, 'utf8');
  const entries: KeyEntry[] = parseEntries(content);
  const keys: ApiKey[] = parseKeyFile(content);
  const now = new Date();
  for (const [index, key] of keys.entries()) {
    const { notBefore = '', notAfter = '' } = entries[index] ?? {};
    const state = isValidAt(key, now) ? 'valid' : key.notAfter && now >= key.notAfter ? 'ended' : 'not yet';
    console.log([key.id, state, `${notBefore}…${notAfter}`, key.scopes.join(',')].join('  '));
  }
  console.log(`${keys.length} keys`);
}
