/*
 * Every vendor against every kind of answer, and every message in every kind: `npm run test:vendors`. The tests are part of `npm test`; this
 * runs them alone and prints what they have found as tables.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'vendors-'));
const tables = join(folder, 'tables.md');
const { status } = spawnSync(
  'npx',
  ['tap', '--disable-coverage', '--reporter=terse', 'test/vendors/vendors.test.ts'],
  {
    stdio: 'inherit',
    env: { ...process.env, VENDORS_TABLE: tables },
  },
);
if (existsSync(tables)) process.stdout.write(readFileSync(tables, 'utf8'));
rmSync(folder, { recursive: true });
process.exitCode = status ?? 1;
