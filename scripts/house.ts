/**
 * How the house stands: files and lines by folder, the longest way down from a return request, and in how many
 * files one thing is named. Of the working copy, or of a commit: `npm run house -- --at 6e6fc11`. Of circles,
 * `npm run lint:layers` says that there are none.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize, relative } from 'node:path';
import { parseArgs } from 'node:util';

/** What the service is made of; the tests, fuzzers and benches of the stand-ins are not counted, wherever they live. */
const COUNTED = /^(src|plugins|schemas|scripts|embedded)\//;
const NOT_COUNTED = /^embedded\/(test|bench)\/|\.(json|svg|md)$/;
const SMALL_LINES = 40;
/** Where collections are described, as opposed to used; before there was one place for each, and since. */
const LISTS = /^src\/(database|privacy|outbox|collections\.ts)/;
const DEFINES = /= defineCollection\b/;

type Files = ReadonlyMap<string, string>;
type Graph = ReadonlyMap<string, readonly string[]>;

const { values } = parseArgs({ options: { at: { type: 'string' } } });
const files = values.at ? filesAt(values.at) : filesIn('.');
const graph = importsOf(files);
printFolders(files);
printGraph(graph);
printTouched(files, graph);

function filesAt(commit: string): Files {
  const folder = mkdtempSync(join(tmpdir(), 'house-'));
  try {
    const archive = execFileSync('git', ['archive', commit], { maxBuffer: 1e9 });
    execFileSync('tar', ['-x', '-C', folder], { input: archive });
    return filesIn(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function filesIn(root: string): Files {
  const all = ['src', 'plugins', 'schemas', 'scripts', 'embedded'].flatMap((folder) => pathsIn(root, folder));
  const counted = all.filter((path) => COUNTED.test(path) && !NOT_COUNTED.test(path));
  return new Map(counted.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}

function pathsIn(root: string, folder: string): string[] {
  try {
    return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(root, join(entry.parentPath, entry.name)));
  } catch {
    return [];
  }
}

// Of types as well, and those that are loaded later.
function importsOf(all: Files): Graph {
  const edges = [...all].map(([path, text]): [string, string[]] => {
    const targets = [...text.matchAll(/(?:from|import\(|import) ?'(\.{1,2}\/[^']+)\.js'/g)].map(
      ([, target]) => `${normalize(join(dirname(path), target ?? ''))}.ts`,
    );
    return [path, targets.filter((target) => all.has(target))];
  });
  return new Map(edges);
}

function printFolders(all: Files): void {
  const folders = new Map<string, { files: number; lines: number }>();
  const lineCount = (text: string) => text.split('\n').length - 1;
  for (const [path, text] of all) {
    const parts = path.split('/');
    const depth = ['src', 'plugins'].includes(parts[0] ?? '') ? 2 : 1;
    const folder = parts.slice(0, Math.min(depth, parts.length - 1)).join('/');
    const { files: before, lines } = folders.get(folder) ?? { files: 0, lines: 0 };
    folders.set(folder, { files: before + 1, lines: lines + lineCount(text) });
  }
  for (const [folder, count] of [...folders].sort(([a], [b]) => a.localeCompare(b)))
    row(folder, count.files, count.lines);
  const total = [...all.values()].map(lineCount);
  row(
    'in all',
    total.length,
    total.reduce((sum, lines) => sum + lines, 0),
  );
  const small = [...all].filter(([path, text]) => path.endsWith('.ts') && lineCount(text) < SMALL_LINES);
  console.log(`\nof fewer than ${SMALL_LINES} lines: ${small.length} of ${total.length} files`);
}

function row(name: string, count: number, lines: number): void {
  console.log(`${name.padEnd(24)}${String(count).padStart(5)} files${String(lines).padStart(8)} lines`);
}

function printGraph(edges: Graph): void {
  const start = [...edges.keys()].find((path) => /plugins\/endpoints\/returns\.ts$/.test(path)) ?? '';
  const way = longestWay(start, edges);
  console.log(`longest way down from ${start}: ${way.length - 1} imports\n  ${way.slice(1).join('\n  ')}`);
}

function longestWay(start: string, edges: Graph): string[] {
  const known = new Map<string, string[]>();
  const from = (path: string): string[] => {
    const found = known.get(path);
    if (found) return found;
    // whoever is asked for again below itself, in a circle, ends the way there
    known.set(path, [path]);
    const below = (edges.get(path) ?? []).map(from).sort((a, b) => b.length - a.length)[0] ?? [];
    const way = [path, ...below];
    known.set(path, way);
    return way;
  };
  return from(start);
}

/** One thing of each kind that stands for a new one: the files that name it are those that a new one touches. */
function printTouched(all: Files, edges: Graph): void {
  const naming = (word: RegExp, where = /^(src|plugins|schemas)\//) =>
    [...all].filter(([path, text]) => where.test(path) && word.test(text)).map(([path]) => path);
  const route = [...all.keys()].filter((path) => /^(plugins\/(?!core).*|schemas)\/facets\.ts$/.test(path));
  const isPlugin = (path: string) => path.startsWith('plugins/') && route.includes(path);
  const registering = [...edges].filter(([, targets]) => targets.some(isPlugin)).map(([path]) => path);
  const things = {
    '(a) a field on a return, such as orderStatusBefore': naming(/\borderStatusBefore\b/),
    '(b) a setting, such as RMA_VALID_DAYS': naming(/\bRMA_VALID_DAYS\b/),
    '(c) a collection, such as capsuleHolds': naming(/\bcapsuleHolds\b/).filter(
      (path) => LISTS.test(path) || DEFINES.test(all.get(path) ?? ''),
    ),
    '(d) a kind of delivery, such as capsule.render': naming(/capsule\.render/),
    '(e) an endpoint, such as the facets': [...route, ...registering],
  };
  console.log('\nfiles that name one thing');
  for (const [thing, paths] of Object.entries(things))
    console.log(`${thing}: ${paths.length}\n  ${paths.join('\n  ')}`);
}
