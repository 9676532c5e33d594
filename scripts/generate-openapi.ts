import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { buildApp } from '../src/app.js';
import { loadConfig } from '../src/config.js';
import { startEmbedded } from '../src/embedded/index.js';
import { breakingChanges } from './contract/breaking-changes.js';
import type { ContractDocument } from './contract/document.js';
import { contractFaults } from './contract/faults.js';
import { lastRelease, mayBreak } from './contract/last-release.js';

const FILE = new URL('../openapi.yaml', import.meta.url);

/**
 * `npm run openapi` writes the API document of the running app. With `--check` it fails if the committed one differs, if a reader would miss
 * something in it, or if it breaks what the last release promised.
 */
async function main(): Promise<void> {
  const yaml = await fromRunningApp();
  if (process.argv.includes('--check')) report(await problemsOf(yaml));
  else await writeFile(FILE, yaml);
}

async function problemsOf(yaml: string): Promise<string[]> {
  const committed = await readFile(FILE, 'utf8').catch(() => '');
  const drift =
    committed === yaml
      ? []
      : ['openapi.yaml differs from what the app says: run `npm run openapi` and look at the difference'];
  const document = parse(yaml) as ContractDocument & { info: { version: string } };
  return [...drift, ...contractFaults(document), ...(await brokenPromises(document))];
}

async function brokenPromises(document: ContractDocument & { info: { version: string } }): Promise<string[]> {
  const released = await lastRelease();
  if (!released || mayBreak(released.version, document.info.version)) return [];
  const changes = breakingChanges(released.document, document);
  return changes.map((change) => `breaks what ${released.version} promised: ${change}`);
}

function report(problems: string[]): void {
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
  else console.log('openapi.yaml is up to date, complete and compatible');
}

// A default configuration, whatever this machine's environment says, so that the document is the same everywhere.
async function fromRunningApp(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'concierge-openapi-'));
  const embedded = await startEmbedded({ dataDir });
  const needed = { CONCIERGE_API_KEY: 'openapi-key', ANALYTICS_SALT: 'salt-of-no-consequence' };
  const app = await buildApp(loadConfig({ ...embedded.settings, ...needed }, {}));
  try {
    const response = await app.inject({ url: '/openapi.yaml' });
    return response.body;
  } finally {
    await app.close();
    await embedded.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

await main();
