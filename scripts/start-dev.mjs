/*
 * The service for development, with what is not configured embedded: npm run dev
 *
 * Runs scripts/dev.ts with all that it imports from one file, which loads in a third of the time that the modules take. It is made
 * anew when one of the files that are in it has changed.
 */
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const FOLDER = '.cache/dev';
const STAMPS = `${FOLDER}/stamps.json`;
/** Beside what is in it: what says how it is made, and of which packages. */
const MADE_BY = ['scripts/bundle.ts', 'scripts/start-dev.mjs', 'node_modules/.package-lock.json'];

const stampOf = (path) => {
  const { mtimeMs, size } = statSync(path);
  return `${mtimeMs} ${size}`;
};

function isUpToDate() {
  try {
    const stamps = Object.entries(JSON.parse(readFileSync(STAMPS, 'utf8')));
    return stamps.every(([path, stamp]) => stampOf(path) === stamp);
  } catch {
    return false;
  }
}

if (!isUpToDate()) {
  const { tsImport } = await import('tsx/esm/api');
  const { bundleForDevelopment } = await tsImport('./bundle.ts', import.meta.url);
  const paths = [...MADE_BY, ...(await bundleForDevelopment(FOLDER))];
  // by itself, and last: what was broken off is made again
  writeFileSync(
    `${STAMPS}.${process.pid}`,
    JSON.stringify(Object.fromEntries(paths.map((path) => [path, stampOf(path)]))),
  );
  renameSync(`${STAMPS}.${process.pid}`, STAMPS);
}
process.setSourceMapsEnabled(true);
await import(pathToFileURL(resolve(FOLDER, 'scripts/dev.js')).href);
