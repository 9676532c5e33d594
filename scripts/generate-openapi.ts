import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildApp } from '../src/app.js';
import { loadConfig } from '../src/config.js';
import { startEmbedded } from '../src/embedded/index.js';

const FILE = new URL('../openapi.yaml', import.meta.url);

/** `npm run openapi` writes the API document of the running app; with `--check` it fails if the committed one differs. */
async function main(): Promise<void> {
  const document = await fromRunningApp();
  if (!process.argv.includes('--check')) {
    await writeFile(FILE, document);
    return console.log('openapi.yaml written');
  }
  const committed = await readFile(FILE, 'utf8').catch(() => '');
  if (committed === document) return console.log('openapi.yaml is up to date');
  console.error(
    'openapi.yaml differs from what the app says. Run `npm run openapi` and look at the difference.',
  );
  process.exitCode = 1;
}

// A default configuration, whatever this machine's environment says, so that the document is the same everywhere.
async function fromRunningApp(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'concierge-openapi-'));
  const embedded = await startEmbedded({ dataDir });
  const app = await buildApp(loadConfig({ ...embedded.settings, CONCIERGE_API_KEY: 'openapi-key' }, {}));
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
