// A file is translated once and kept under a name made of its text, with its source map, so that coverage and stack traces are told of
// the TypeScript. Types are checked by `tsc` before.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const ROOT = new URL('..', import.meta.url);
const FOLDER = fileURLToPath(new URL('node_modules/.cache/transpiled/', ROOT));
const UNCAUGHT = new URL('uncaught.mjs', import.meta.url).href;
const SALT = [new URL('tsconfig.json', ROOT), import.meta.url]
  .map((file) => readFileSync(new URL(file), 'utf8'))
  .join(require('typescript/package.json').version);

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
    const outputText = translate(fileName, input);
    mkdirSync(FOLDER, { recursive: true });
    // other processes may be writing the same: a file is there as a whole or not at all
    writeFileSync(`${kept}.${process.pid}`, outputText);
    renameSync(`${kept}.${process.pid}`, kept);
    return outputText;
  }
}

function translate(fileName, input) {
  const ts = require('typescript');
  const { config } = ts.readConfigFile(fileURLToPath(new URL('tsconfig.json', ROOT)), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, fileURLToPath(ROOT));
  const compilerOptions = {
    ...options,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    sourceMap: false,
    inlineSourceMap: true,
    inlineSources: false,
    incremental: false,
    tsBuildInfoFile: undefined,
    rootDir: undefined,
    outDir: undefined,
  };
  return ts.transpileModule(input, { fileName, compilerOptions }).outputText;
}
