/*
 * Clients for openapi.yaml by generators of others, each generated and type-checked, after Spectral has read it: npm run test:clients
 *
 * It fails when a client does not compile, or when a generator had to make a name up for a type. What cannot be had here is said and
 * passed over.
 */
import '../../scripts/help.js';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Absent, fromPypi, install } from './install.js';

const DOCUMENT = resolve('openapi.yaml');
const MAX_MS = 180_000;
/** Such as `GetDashboardOrder200SubscriptionsItem`, or `contact_type_1`. */
const MADE_UP = /\d{3}[A-Z_]|OneOf|AnyOf|_type_\d/i;
const TSC = resolve('node_modules/typescript/bin/tsc');
const PYTHON_GENERATOR = '0.29.1';

interface Generator {
  name: string;
  /** The program, installed. */
  program: () => Promise<string>;
  generate: (folder: string) => string[];
  check?: (program: string, folder: string) => [command: string, args: string[]];
}

const fromRegistry = (specifier: string, bin: string) => () =>
  install(specifier.replaceAll('/', '+'), join('node_modules/.bin', bin), (folder) => [
    {
      command: 'npm',
      // its peer is the compiler that the project has
      args: [
        'install',
        '--prefix',
        folder,
        '--ignore-scripts',
        '--no-audit',
        '--no-fund',
        specifier,
        'typescript@5.9.3',
      ],
    },
  ]);

const typeCheck = (_program: string, folder: string): [string, string[]] => {
  const options = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    module: 'nodenext',
    lib: ['es2023', 'dom'],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['.'] }));
  return [process.execPath, [TSC, '-p', folder]];
};

const GENERATORS: Generator[] = [
  {
    name: 'spectral',
    program: fromRegistry('@stoplight/spectral-cli@6.16.3', 'spectral'),
    generate: () => ['lint', DOCUMENT, '--ruleset', resolve('.spectral.yaml'), '--fail-severity', 'hint'],
  },
  {
    name: 'openapi-typescript',
    program: async () => resolve('node_modules/.bin/openapi-typescript'),
    generate: (folder) => [DOCUMENT, '--output', join(folder, 'schema.ts')],
    check: typeCheck,
  },
  {
    name: '@hey-api/openapi-ts',
    program: fromRegistry('@hey-api/openapi-ts@0.95.0', 'openapi-ts'),
    generate: (folder) => [
      ...['--input', DOCUMENT, '--output', join(folder, 'client')],
      ...['--plugins', '@hey-api/client-fetch', '@hey-api/typescript', '@hey-api/sdk'],
    ],
    check: typeCheck,
  },
  {
    name: 'orval',
    program: fromRegistry('orval@7.13.2', 'orval'),
    generate: (folder) => ['--input', DOCUMENT, '--output', join(folder, 'client.ts'), '--client', 'fetch'],
    check: typeCheck,
  },
  {
    name: 'openapi-python-client',
    program: () =>
      fromPypi(
        `openapi-python-client@${PYTHON_GENERATOR}`,
        ['mypy==2.4.1', `openapi-python-client==${PYTHON_GENERATOR}`],
        'openapi-python-client',
      ),
    generate: (folder) => [
      'generate',
      '--path',
      DOCUMENT,
      '--output-path',
      join(folder, 'client'),
      '--meta',
      'none',
    ],
    // what is made from the document; the variable of a list is declared once for each field that has it
    check: (program) => [
      join(dirname(program), 'mypy'),
      [
        '-p',
        'client.api',
        '-p',
        'client.models',
        '--follow-imports',
        'silent',
        '--disable-error-code',
        'no-redef',
      ],
    ],
  },
];

let hasFault = false;
for (const generator of GENERATORS) {
  try {
    const faults = await faultsOf(generator);
    console.log(`${generator.name}: ${faults.length === 0 ? 'no faults' : 'has faults'}`);
    for (const fault of faults) console.error(`  ${fault}`);
    hasFault ||= faults.length > 0;
  } catch (error) {
    if (!(error instanceof Absent)) throw error;
    console.log(`${generator.name}: skipped, it cannot be had here: ${error.message}`);
  }
}
if (hasFault) process.exitCode = 1;

async function faultsOf({ name, program, generate, check }: Generator): Promise<string[]> {
  const path = await program();
  const folder = resolve('.cache/clients', name.replaceAll('/', '+'));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return (
    run(path, generate(folder), folder) ??
    (check && run(...check(path, folder), folder)) ??
    madeUpNames(folder).map((made) => `the name of a type is made up: ${made}`)
  );
}

/** What it said if it failed. */
function run(command: string, args: string[], cwd: string): string[] | undefined {
  const env = { ...process.env, PATH: `${dirname(command)}:${process.env.PATH}` };
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env,
    timeout: MAX_MS,
    encoding: 'utf8',
  });
  if (status === 0) return undefined;
  return [
    error?.message ?? `${command} ended with ${status}`,
    ...`${stdout}${stderr}`.trim().split('\n').slice(-10),
  ];
}

function madeUpNames(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const texts = files
    .filter((file) => /\.(ts|py)$/.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8'));
  const names = texts.flatMap((text) => [...text.matchAll(/^(?:export (?:type|interface)|class) (\w+)/gm)]);
  return [...new Set(names.map(([, name = '']) => name))].filter((name) => MADE_UP.test(name));
}
