/*
 * Makes what is deployed of the sources: `npm run build`, or into another folder `node --import tsx scripts/bundle.ts <folder>`.
 * docs/decisions/deployed-as-a-bundle.md says why.
 */
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { isMain } from './run.js';

/** What is started by name. All of them and what they share lie one folder deep but for the decoder, which is alone. */
const ENTRIES = ['src/server.ts', 'src/worker.ts', 'scripts/cli.ts', 'src/domain/inspiration/decoder.ts'];
/** What lies beside the code and is read while it runs. */
const FILES = ['plugins/dashboard/views', 'plugins/dashboard/public', 'scripts/seed-data/pieces.tsv'];
/** Packages that read files of their own. */
const WITH_FILES = ['pdfkit', 'bwip-js'];
/** A name that the code itself does not use, for packages that are not modules yet. */
const REQUIRE = `import { createRequire as createRequireOfBundle } from 'node:module';
const require = createRequireOfBundle(import.meta.url);`;

export async function bundle(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints: ENTRIES,
    outdir: folder,
    outbase: '.',
    chunkNames: 'src/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // of the AWS SDK only what is used comes in where it is taken as modules
    mainFields: ['module', 'main'],
    external: WITH_FILES,
    plugins: [packagesOnDemand, placeOfSources],
    banner: { js: REQUIRE },
    legalComments: 'none',
    sourcemap: 'linked',
    sourcesContent: false,
    metafile: true,
    logLevel: 'warning',
  });
  for (const file of FILES) cpSync(file, join(folder, file), { recursive: true });
  cpSync('scripts/require-node.cjs', join(folder, 'require-node.cjs'));
  writeFileSync(join(folder, 'third-party-licenses.txt'), licensesOf(metafile));
}

/** A package that our code imports when it is needed stays one of its own: what is native, large, or seldom asked for. */
const packagesOnDemand: Plugin = {
  name: 'packages-on-demand',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ kind, path, importer }) =>
      kind === 'dynamic-import' && importer.endsWith('.ts') ? { path, external: true } : undefined,
    );
  },
};

/** A file of ours that looks for others beside it finds them where it would lie by itself. */
const placeOfSources: Plugin = {
  name: 'place-of-sources',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      const place = relative('.', path).replace(/\.ts$/, '.js');
      const url = `new URL(${JSON.stringify(`../${place}`)}, import.meta.url).href`;
      return { contents: source.replaceAll('import.meta.url', url), loader: 'ts' };
    });
  },
};

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
