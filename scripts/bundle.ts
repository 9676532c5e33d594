/*
 * Makes what is deployed of the sources: `npm run build`, or into another folder `node --import tsx scripts/bundle.ts <folder>`.
 * docs/decisions/deployed-as-a-bundle.md says why.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { isMain } from './run.js';

/** What is started by name. All of them and what they share lie one folder deep but for the decoder, which is alone. */
const ENTRIES = ['src/server.ts', 'src/worker.ts', 'scripts/cli.ts', 'src/domain/inspiration/decoder.ts'];
/** What lies beside the code and is read while it runs. */
const FILES = ['plugins/dashboard/views', 'plugins/dashboard/public', 'scripts/seed-data/pieces.tsv'];
/** Packages that read files of their own. */
const WITH_FILES = ['pdfkit', 'bwip-js'];
/** What `npm run dev` starts: the service with its stand-ins, the database's own thread, and the decoder. */
const DEVELOPMENT_ENTRIES = [
  'scripts/dev.ts',
  'embedded/mongodb/worker.ts',
  'src/domain/inspiration/decoder.ts',
];
/** A name that the code itself does not use, for packages that are not modules yet. */
const REQUIRE = `import { createRequire as createRequireOfBundle } from 'node:module';
const require = createRequireOfBundle(import.meta.url);`;

export async function bundle(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  const { metafile } = await build({
    ...optionsFor(folder),
    entryPoints: ENTRIES,
    chunkNames: 'src/[name]-[hash]',
    splitting: true,
    plugins: [
      packagesOnDemand,
      placesOf((place) => `new URL(${JSON.stringify(`../${place}`)}, import.meta.url).href`),
    ],
  });
  for (const file of FILES) cpSync(file, join(folder, file), { recursive: true });
  cpSync('scripts/require-node.cjs', join(folder, 'require-node.cjs'));
  writeFileSync(join(folder, 'third-party-licenses.txt'), licensesOf(metafile));
}

/**
 * Makes what `npm run dev` runs, and answers with the paths of all that is in it. One file an entry, which is replaced as a whole: a
 * service that runs from it goes on. What lies beside the code is read where the sources are, and so is as it has just been edited.
 */
export async function bundleForDevelopment(folder: string): Promise<string[]> {
  const started = new Set(DEVELOPMENT_ENTRIES.map((entry) => dirname(entry)));
  // what starts another entry stands beside it
  const place = (path: string) => resolve(started.has(dirname(path)) ? folder : '.', path);
  const { outputFiles, metafile } = await build({
    ...optionsFor(folder),
    entryPoints: DEVELOPMENT_ENTRIES,
    plugins: [packagesOnDemand, placesOf((path) => JSON.stringify(pathToFileURL(place(path)).href))],
    write: false,
  });
  for (const { path, contents } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    const written = `${path}.${process.pid}`;
    writeFileSync(written, contents);
    renameSync(written, path);
  }
  return Object.keys(metafile.inputs);
}

const optionsFor = (outdir: string) =>
  ({
    outdir,
    outbase: '.',
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // of the AWS SDK only what is used comes in where it is taken as modules
    mainFields: ['module', 'main'],
    external: WITH_FILES,
    banner: { js: REQUIRE },
    // half of the packages' text is comments and blanks, which is read at each start and kept in memory
    minifyWhitespace: true,
    lineLimit: 160,
    legalComments: 'none',
    sourcemap: 'linked',
    sourcesContent: false,
    metafile: true,
    logLevel: 'warning',
  }) satisfies BuildOptions;

/** A package that our code imports when it is needed stays one of its own: what is native, large, or seldom asked for. */
const packagesOnDemand: Plugin = {
  name: 'packages-on-demand',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ kind, path, importer }) =>
      kind === 'dynamic-import' && importer.endsWith('.ts') ? { path, external: true } : undefined,
    );
  },
};

/** A file of ours that looks for others beside it finds them where `urlOf` says that it lies: an expression, of its path in `dist`. */
const placesOf = (urlOf: (path: string) => string): Plugin => ({
  name: 'places-of-sources',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      const url = urlOf(relative('.', path).replace(/\.ts$/, '.js'));
      const contents = source.replaceAll('import.meta.url', url).replace(TWO_BYTE, escaped);
      return { contents, loader: 'ts' };
    });
  },
});

/** One such character, and the text of a whole file takes twice the memory. In literals, `String.raw` of expressions included, an escape is as good. */
const TWO_BYTE = /(?<!\\)[\u0100-\uffff]/g;
const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** The licence of each package of which something is in the files. */
function licensesOf({ outputs }: Metafile): string {
  const inputs = Object.values(outputs).flatMap((output) => Object.keys(output.inputs));
  const folders = inputs.flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []);
  return [...new Set(folders)]
    .toSorted()
    .map(licenseIn)
    .join(`\n${'-'.repeat(80)}\n`);
}

function licenseIn(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  return `${name} ${version} (${license})\n\n${file ? readFileSync(join(folder, file), 'utf8') : ''}`;
}

if (isMain(import.meta.url)) await bundle(process.argv[2] ?? 'dist');
