// A file is translated once and kept under a name made of its text, with its source map, so that coverage and stack traces are told of
// the TypeScript. Types are checked by `tsc` before; by its translator, all files would take each process seconds instead of one.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const ROOT = new URL('..', import.meta.url);
const FOLDER = fileURLToPath(new URL('node_modules/.cache/transpiled/', ROOT));
const UNCAUGHT = new URL('uncaught.mjs', import.meta.url).href;
const CONFIGURATION = readFileSync(new URL('tsconfig.json', ROOT), 'utf8');
const SALT =
  CONFIGURATION + readFileSync(new URL(import.meta.url), 'utf8') + require('esbuild/package.json').version;

const isOurs = (url) => url?.startsWith(ROOT.href) && !url.includes('/node_modules/');

/** `./name.js` is `name.ts` in TypeScript, but for what a browser is given as it is. */
export function resolve(specifier, context, next) {
  if (specifier === 'async-hook-domain') return { url: UNCAUGHT, format: 'module', shortCircuit: true };
  if (specifier.startsWith('.') && specifier.endsWith('.js') && isOurs(context.parentURL)) {
    const url = new URL(`${specifier.slice(0, -2)}ts`, context.parentURL);
    if (existsSync(url)) return { url: url.href, format: 'module', shortCircuit: true };
  }
  return next(specifier, context);
}

export function load(url, context, next) {
  if (!url.endsWith('.ts') || !isOurs(url)) return next(url, context);
  const file = fileURLToPath(url);
  return { format: 'module', source: translated(file, readFileSync(file, 'utf8')), shortCircuit: true };
}

function translated(fileName, input) {
  const kept = FOLDER + createHash('sha256').update(SALT).update(fileName).update(input).digest('hex');
  try {
    return readFileSync(kept, 'utf8');
  } catch {
    const output = translate(fileName, input);
    mkdirSync(FOLDER, { recursive: true });
    // other processes may be writing the same: a file is there as a whole or not at all
    writeFileSync(`${kept}.${process.pid}`, output);
    renameSync(`${kept}.${process.pid}`, kept);
    return output;
  }
}

const translate = (fileName, input) =>
  require('esbuild').transformSync(input, {
    loader: 'ts',
    sourcefile: basename(fileName),
    sourcemap: 'inline',
    sourcesContent: false,
    tsconfigRaw: CONFIGURATION,
    charset: 'utf8',
  }).code;
