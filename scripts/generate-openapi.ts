import { constants, copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import openapiTypes, { astToString, COMMENT_HEADER } from 'openapi-typescript';
import ts from 'typescript';
import { parse } from 'yaml';
import { startEmbedded } from '../embedded/index.js';
import { buildApp } from '../src/app.js';
import { loadConfig } from '../src/config/load.js';
import { breakingChanges } from './contract/breaking-changes.js';
import type { ContractDocument } from './contract/document.js';
import { contractFaults } from './contract/faults.js';
import { lastRelease, mayBreak } from './contract/last-release.js';

const FILE = new URL('../openapi.yaml', import.meta.url);
const CLIENT = new URL('../clients/typescript/schema.ts', import.meta.url);

/**
 * `npm run openapi` writes the API document of the running app, and the types of its client. With `--check` it fails if the committed ones
 * differ, if a reader would miss something in the document, or if it breaks what the last release promised. `npm run openapi:release -- 0.1.0` keeps openapi.yaml as what that version promises; from then on,
 * changes are checked against it.
 */
async function main(): Promise<void> {
  const [what, version = ''] = process.argv.slice(2);
  if (what === '--release') return keepRelease(version);
  const yaml = await fromRunningApp();
  if (what === '--check') report(await problemsOf(yaml));
  else await Promise.all([writeFile(FILE, yaml), writeFile(CLIENT, await clientTypes(yaml))]);
}

async function keepRelease(version: string): Promise<void> {
  if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) {
    console.error('Which version? For example: npm run openapi:release -- 0.1.0');
    process.exit(1);
  }
  // what has been promised is not promised again in another way
  const file = new URL(`../docs/releases/openapi-${version}.yaml`, import.meta.url);
  await copyFile(FILE, file, constants.COPYFILE_EXCL);
  console.log(`docs/releases/openapi-${version}.yaml written`);
}

const clientTypes = async (yaml: string): Promise<string> =>
  `${COMMENT_HEADER}${astToString(await openapiTypes(yaml, { transform: fileAsBlob }))}`;

// the part of a form that is a file
const fileAsBlob = ({ format, contentMediaType }: { format?: string; contentMediaType?: string }) =>
  format === 'binary' || contentMediaType
    ? ts.factory.createTypeReferenceNode(ts.factory.createIdentifier('Blob'))
    : undefined;

async function problemsOf(yaml: string): Promise<string[]> {
  const drift = [...(await differs(FILE, yaml)), ...(await differs(CLIENT, await clientTypes(yaml)))];
  const document = parse(yaml) as ContractDocument & { info: { version: string } };
  return [...drift, ...contractFaults(document), ...(await brokenPromises(document))];
}

async function differs(file: URL, text: string): Promise<string[]> {
  const committed = await readFile(file, 'utf8').catch(() => '');
  if (committed === text) return [];
  return [
    `${basename(file.pathname)} is not that of the app: run \`npm run openapi\` and look at the difference`,
  ];
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
