/*
 * What the lock file brings with it: `npm run check:dependencies`.
 *
 * Every package comes from the registry with a checksum, under a licence that this project may use, is not deprecated as far
 * as the lock file knows, and wants no install script but those that package.json forbids by name. `-- --registry` also asks
 * the registry, one after the other, whether a package that package.json names has been deprecated since.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isMain } from './run.js';

interface Locked {
  version?: string;
  resolved?: string;
  integrity?: string;
  license?: string;
  deprecated?: string;
  dev?: boolean;
  link?: boolean;
  hasInstallScript?: boolean;
}

/** Permissive ones; those of other licences stand below, with why they may be used. */
const LICENCES = new Set([
  ...['MIT', 'MIT-0', 'Apache-2.0', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'BlueOak-1.0.0', 'Zlib'],
  ...['CC0-1.0', 'Unlicense', 'Python-2.0'],
]);

interface Exception {
  packages: RegExp;
  licences: string[];
  why: string;
}

const EXCEPTIONS: Exception[] = [
  {
    packages: /^@img\/sharp-/,
    licences: ['LGPL-3.0-or-later'],
    why: 'libvips, a library of its own that is loaded, not linked in',
  },
  {
    packages: /^libheif-js$/,
    licences: ['LGPL-3.0'],
    why: 'a decoder of its own in WebAssembly, loaded as it is and replaceable',
  },
  { packages: /^@fontsource\//, licences: ['OFL-1.1'], why: 'a font, served as it is' },
];

/** Only for work on the project: nothing of them is in what is shipped. */
const OF_TOOLS = new Set(['MPL-2.0', 'LGPL-3.0', 'CC-BY-3.0', 'CC-BY-4.0', 'WTFPL']);

/** Of packages that say it in their licence file alone. */
const UNSAID: Record<string, string> = { 'png-js': 'MIT', 'jsonc-simple-parser': 'MIT' };

const REGISTRY = 'https://registry.npmjs.org/';

/** What is wrong with a lock file, a line each. */
export function dependencyFaults(
  packages: Record<string, Locked>,
  allowScripts: Record<string, boolean>,
): string[] {
  return Object.entries(packages).flatMap(([path, locked]) => {
    if (path === '' || locked.link) return [];
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    return faultsOf(name, locked, allowScripts).map((fault) => `${name}@${locked.version}: ${fault}`);
  });
}

function faultsOf(name: string, locked: Locked, allowScripts: Record<string, boolean>): string[] {
  const { resolved, integrity, deprecated, dev = false, hasInstallScript } = locked;
  const licence = locked.license ?? UNSAID[name];
  const allowed = (id: string) =>
    LICENCES.has(id) ||
    (dev && OF_TOOLS.has(id)) ||
    EXCEPTIONS.some(({ packages, licences }) => packages.test(name) && licences.includes(id));
  const faults = [
    // npm leaves the address out where it is the registry's
    resolved !== undefined && !resolved.startsWith(REGISTRY) && `comes from ${resolved}`,
    !integrity?.startsWith('sha512-') && 'has no checksum',
    deprecated !== undefined && `is deprecated: ${deprecated}`,
    licence === undefined && 'says no licence',
    licence !== undefined && !isAllowed(licence, allowed) && `is under ${licence}`,
    hasInstallScript === true &&
      allowScripts[name] === undefined &&
      'wants to run a script when it is installed',
  ];
  return faults.filter((fault) => fault !== false);
}

/** An SPDX expression of names, AND, OR and brackets. */
export function isAllowed(expression: string, allowed: (id: string) => boolean): boolean {
  const tokens = expression.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const term = (): boolean => {
    const token = tokens[at++] ?? '';
    if (token !== '(') return allowed(token);
    const inner = either();
    at++; // the bracket that closes
    return inner;
  };
  const both = (): boolean => {
    let result = term();
    while (tokens[at] === 'AND') {
      at++;
      result = term() && result;
    }
    return result;
  };
  function either(): boolean {
    let result = both();
    while (tokens[at] === 'OR') {
      at++;
      result = both() || result;
    }
    return result;
  }
  return either() && at === tokens.length;
}

function deprecatedSince(names: readonly string[], packages: Record<string, Locked>): string[] {
  return names.flatMap((name) => {
    const { version } = packages[`node_modules/${name}`] ?? {};
    const { status, stdout } = spawnSync('npm', ['view', `${name}@${version}`, 'deprecated'], {
      encoding: 'utf8',
    });
    if (status !== 0) return [`${name}@${version}: the registry could not be asked`];
    return stdout.trim() ? [`${name}@${version}: is deprecated: ${stdout.trim()}`] : [];
  });
}

if (isMain(import.meta.url)) {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  const {
    allowScripts = {},
    dependencies,
    devDependencies,
  } = JSON.parse(readFileSync('package.json', 'utf8'));
  const faults = dependencyFaults(packages, allowScripts);
  if (process.argv.includes('--registry')) {
    faults.push(...deprecatedSince(Object.keys({ ...dependencies, ...devDependencies }), packages));
  }
  for (const fault of faults) console.error(fault);
  console.log(`${Object.keys(packages).length - 1} packages in the lock file, ${faults.length} faults.`);
  if (faults.length > 0) process.exitCode = 1;
}
