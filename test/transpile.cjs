// What tap runs the tests' TypeScript through: the same result as its own, kept, since every test file is a process of its own that
// would make all of the service again. Types are checked by `tsc` before.
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const ts = require('typescript');

const FOLDER = join(__dirname, '../node_modules/.cache/transpiled');

function create({ service }) {
  mkdirSync(FOLDER, { recursive: true });
  const compilerOptions = {
    ...service.config.options,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    sourceMap: true,
    inlineSources: true,
    incremental: false,
  };
  const salt = JSON.stringify([ts.version, compilerOptions]);

  function transpile(input, { fileName }) {
    const name = createHash('sha256').update(salt).update(fileName).update(input).digest('hex');
    const file = join(FOLDER, `${name}.json`);
    try {
      return JSON.parse(readFileSync(file, 'utf8'));
    } catch {
      return keep(file, ts.transpileModule(input, { fileName, compilerOptions }));
    }
  }

  return { transpile };
}

// Other processes may be writing the same: a file is there as a whole or not at all.
function keep(file, { outputText, sourceMapText }) {
  const part = `${file}.${process.pid}`;
  writeFileSync(part, JSON.stringify({ outputText, sourceMapText }));
  renameSync(part, file);
  return { outputText, sourceMapText };
}

module.exports = { create };
