import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { parse } from 'yaml';
import { dependencyFaults, isAllowed } from '../../scripts/check-dependencies.js';

t.test('dependencies: what the lock file may not bring with it', async (t) => {
  const fine = { version: '1.0.0', integrity: 'sha512-x', license: 'MIT' };
  const CASES: [name: string, locked: object, faults: RegExp[]][] = [
    ['a package as they should be', {}, []],
    ['from the registry, said so', { resolved: 'https://registry.npmjs.org/a/-/a-1.0.0.tgz' }, []],
    ['from elsewhere', { resolved: 'git+ssh://git@example.com/a.git' }, [/comes from git/]],
    ['without a checksum', { integrity: undefined }, [/no checksum/]],
    ['with a weak one', { integrity: 'sha1-x' }, [/no checksum/]],
    ['deprecated', { deprecated: 'use b' }, [/deprecated: use b/]],
    ['no licence', { license: undefined }, [/says no licence/]],
    ['a licence that binds', { license: 'GPL-3.0' }, [/under GPL-3.0/]],
    ['a licence for tools, in what is shipped', { license: 'MPL-2.0' }, [/under MPL-2.0/]],
    ['a licence for tools, in a tool', { license: 'MPL-2.0', dev: true }, []],
    ['an install script', { hasInstallScript: true }, [/run a script/]],
    ['several at once', { deprecated: 'no', license: 'SSPL-1.0' }, [/deprecated/, /SSPL/]],
  ];
  for (const [name, locked, faults] of CASES) {
    const found = dependencyFaults({ '': {}, 'node_modules/b/node_modules/a': { ...fine, ...locked } }, {});
    t.match(found, faults, name);
    t.equal(found.length, faults.length, `${name}: so many`);
  }
  const withScript = { 'node_modules/a': { ...fine, hasInstallScript: true } };
  t.same(dependencyFaults(withScript, { a: false }), [], 'a script that is forbidden by name');
});

t.test('licences: expressions of several', async (t) => {
  const allowed = (id: string) => ['MIT', 'ISC'].includes(id);
  const CASES: [expression: string, is: boolean][] = [
    ['MIT', true],
    ['GPL-3.0', false],
    ['MIT OR GPL-3.0', true],
    ['(GPL-3.0 OR MIT)', true],
    ['MIT AND GPL-3.0', false],
    ['MIT AND (GPL-3.0 OR ISC)', true],
    ['GPL-3.0 AND MIT OR ISC', true],
    ['ISC AND MIT AND GPL-3.0', false],
    ['', false],
    ['MIT ISC', false],
    ['SEE LICENSE IN x', false],
  ];
  for (const [expression, is] of CASES) t.equal(isAllowed(expression, allowed), is, expression);
});

t.test('tests: every file is run once, by `npm test` or by `npm run test:browser`', async (t) => {
  const { include }: { include: string[] } = parse(readFileSync('.taprc', 'utf8'));
  const suites = readdirSync('test/suites').map((name) => readFileSync(`test/suites/${name}`, 'utf8'));
  const lists = suites.map((text) => text.slice(text.indexOf('([')));
  const inSuites = lists.flatMap((text) => [...text.matchAll(/'(.+?)'/g)].map(([, name]) => name));
  const run = inSuites.map((name) => `test/${name}.test.ts`);
  const files = readdirSync('test', { recursive: true, encoding: 'utf8' });
  const written = files
    .filter((name) => name.endsWith('.test.ts') && !name.startsWith('browser/'))
    .map((name) => `test/${name}`);
  t.same(include, ['test/suites/*.ts']);
  t.match(
    JSON.parse(readFileSync('package.json', 'utf8')).scripts['test:browser'],
    ' test/browser/*.test.ts',
  );
  t.same(run.sort(), written.sort(), 'a new one belongs into a suite of test/suites');
});
