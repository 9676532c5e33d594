import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { form, PNG } from './images.js';
import { clean, PATIENCE, ROOT, start } from './processes.js';

const MAX_README_LINES = 90;
const KEY = 'dev-concierge-key';
/** A file that CONTRIBUTING invents, to show how an endpoint is added. */
const INVENTED = /gift-note\.(test\.)?ts$/;
/** A file of the shop's. */
const OF_THE_SHOP = 'app/api/concierge/events/route.ts';

const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter(
  (path) => !/^(node_modules|\.git|\.cache|\.tap|dist|artefacts)\//.test(path),
);
const pages = files.filter((path) => /\.md$/.test(path) && !path.startsWith('bench/results'));
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const { scripts } = JSON.parse(read('package.json'));

const anchorsOf = (page: string) =>
  [...page.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  );

t.test('documentation: every link, file and npm script that a page names is there', async (t) => {
  t.ok(pages.length > 20);
  const names = new Set(files.map((path) => basename(path)));
  for (const page of pages) {
    const text = read(page);
    for (const [, target = '', anchor] of text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)) {
      const path = target === '' ? page : join(dirname(page), target);
      t.ok(existsSync(join(ROOT, path)), `${page}: ${target}`);
      if (anchor) t.ok(anchorsOf(read(path)).includes(anchor), `${page}: ${path}#${anchor}`);
    }
    for (const [, script = ''] of text.matchAll(/npm run (?:--silent )?([a-z][a-z:-]*[a-z])/g))
      t.ok(scripts[script], `${page}: npm run ${script}`);
    for (const [, path = ''] of text.matchAll(/[`"]((?:[\w.-]+\/)*[\w-]+\.(?:ts|mjs|cjs|yml|eta))[`"]/g)) {
      const isThere = path.includes('/') ? files.some((file) => file.endsWith(path)) : names.has(path);
      t.ok(isThere || INVENTED.test(path) || path === OF_THE_SHOP, `${page}: ${path}`);
    }
  }
});

t.test(
  'documentation: the hooks of plugins/core/README.md are those of its plugins, and all of them',
  async (t) => {
    const sources = files
      .filter((path) => /^plugins\/.*\.ts$/.test(path))
      .map((path) => [path, read(path)] as const);
    const named = new Set<string>();
    let hook = '';
    for (const [, first = '', plugins = ''] of read('plugins/core/README.md').matchAll(
      /^\| (`on\w+`|`pre\w+`|) ?\| (`.*?) \|/gm,
    )) {
      hook = first.replaceAll('`', '') || hook;
      for (const [, plugin = ''] of plugins.matchAll(/`([a-z-]+)`/g)) {
        const [file] =
          sources.find(
            ([, text]) =>
              text.includes(`name: '${plugin}'`) &&
              (text.includes(`addHook('${hook}'`) || text.includes(`hookRoute(route, '${hook}'`)),
          ) ?? [];
        t.ok(file, `${plugin} has a hook ${hook}`);
        named.add(`${file} ${hook}`);
      }
    }
    for (const [path, text] of sources.filter(([path]) => path.startsWith('plugins/core/')))
      for (const [, one = ''] of text.matchAll(
        /(?:addHook\(|hookRoute\(route, )'(onRequest|pre(?:Validation|Handler|Serialization)|onSend|onResponse)'/g,
      ))
        t.ok(named.has(`${path} ${one}`), `${path}: ${one} is in the table`);
  },
);

t.test('README: short, with the words of the field explained', async (t) => {
  const readme = read('README.md');
  t.ok(readme.split('\n').length <= MAX_README_LINES + 1);
  for (const word of ['RMA', 'capsule', 'creator']) t.match(readme, `**${word}**`);
});

/** What stands in the fences of a page. */
const blocks = (page: string): { language: string; text: string }[] =>
  [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({
    language,
    text,
  }));

const run = (command: string, env: NodeJS.ProcessEnv = {}) =>
  promisify(execFile)('bash', ['-euo', 'pipefail', '-c', command], { cwd: ROOT, env: clean(env) });

/** What `npm run dev` runs: a bundle, which this makes where there is none. */
const DEV = 'scripts/start-dev.mjs';

async function development(t: Test): Promise<string> {
  // the examples come faster than anyone types them
  const env = { ...PATIENCE, DATA_DIR: join(t.testdir(), 'data'), PORT: '0', RATE_LIMIT_BURST: '0' };
  const { match } = await start(t, [DEV], env, /listens at\s+(http:\/\/\S+)[\s\S]*curl/);
  return match[1] ?? '';
}

t.test(
  'docs: README and docs/widget.md: every command and row, in its order, on the service of `npm run dev`',
  async (t) => {
    const address = await development(t);
    const here = (text: string) => text.replaceAll('http://127.0.0.1:4400', address);

    await t.test('README: its commands', async (t) => {
      const commands = blocks(read('README.md')).flatMap(({ text }) =>
        text.replaceAll('\\\n', ' ').split('\n').filter(Boolean),
      );
      const tried: [command: RegExp, proof: (command: string) => unknown][] = [
        [/^npm ci && npm run dev$/, () => t.match(scripts.dev, DEV, 'which this test has started')],
        [
          /^curl /,
          async (command) => t.ok(JSON.parse((await run(here(command))).stdout).length > 0, 'pieces'),
        ],
        [
          /^npm run -s widget:env -- /,
          async (command) => {
            const { stdout } = await run(command);
            for (const [, name] of read('README.md').matchAll(/`(CONCIERGE_\w+_ENDPOINT)`/g))
              t.match(stdout, `${name}=https://concierge.example/`);
          },
        ],
        [/^npm ci && npm test$/, () => t.match(scripts.test, /tap$/, 'which runs this test')],
        // built and started in test/scripts/processes.test.ts
        [/^npm ci && npm run build$/, () => t.match(scripts.build, 'tsconfig.build.json')],
        [/^npm start /, () => t.match(scripts.start, /^node .*dist\/src\/server\.js$/)],
        [
          /^docker compose up --build /,
          () => {
            for (const name of ['nginx', 'worker', 'mongo', 'minio', 'redis'])
              t.match(read('docker-compose.yml'), new RegExp(`image: .*${name}|^  .*${name}`, 'm'));
          },
        ],
        [
          /^npm run concierge -- doctor /,
          async (command) =>
            t.match(await run(command).catch((error) => error), { code: 1, stdout: /WRONG {2}settings/ }),
        ],
      ];
      t.equal(commands.length, tried.length, 'each has a proof');
      for (const [index, [command, proof]] of tried.entries()) {
        t.match(commands[index], command);
        await proof(commands[index] ?? '');
      }
    });

    await t.test('README: its rows', async (t) => {
      const readme = read('README.md');
      const opened = [...readme.matchAll(/^\| <(\S+)> \|/gm)].map(([, url = '']) => here(url));
      t.equal(opened.length, 3);
      for (const url of opened) t.equal((await fetch(url)).status, 200, url);
      const rows = [
        ...readme.matchAll(/^\| `(CONCIERGE_\w+_ENDPOINT)` \| `(\S+)` \| (?:`(.*)`|a form .*) \|$/gm),
      ];
      t.equal(rows.length, 9);
      for (const [, name, path, body] of rows) {
        const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
        const parts = [
          { name: 'sessionId', value: '7c9e6679-7425-40de-944b-e07fc1f90ae7' },
          { name: 'file', fileName: 'ring.png', type: 'image/png', body: PNG },
        ];
        const { payload, headers: ofForm } = form({ authorization: headers.authorization }, parts);
        const sent = body ? { headers, body } : { headers: ofForm as Record<string, string>, body: payload };
        const { status } = await fetch(`${address}${path}`, { method: 'POST', ...sent });
        t.match(String(status), /^20[01]$/, name ?? '');
      }
    });

    await t.test('docs/widget.md: every example is answered, and as it says', async (t) => {
      const [setting, ...examples] = blocks(read('docs/widget.md')).filter(
        ({ language }) => language !== 'js',
      );
      const shell = examples.filter(({ language }) => language === 'sh');
      const marked = shell.map(({ text }) => `echo '== block'\n${text}`);
      const { stdout } = await run([setting?.text, ...marked].join('\n'), { SERVICE: address });
      const [, ...outputs] = stdout.split('== block\n');
      t.equal(outputs.length, shell.length);
      for (const [index, { language, text }] of examples.entries()) {
        if (language !== 'json') continue;
        const output = outputs[shell.indexOf(examples[index - 1] as (typeof shell)[number])] ?? '';
        sameShape(t, JSON.parse(text), JSON.parse(output.split('\n')[0] ?? ''), text.slice(0, 60));
      }
    });

    await t.test('docs/widget.md: the route of the shop passes events on, and answers at once', async (t) => {
      const code = blocks(read('docs/widget.md')).find(({ language }) => language === 'js')?.text ?? '';
      const { POST } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
      Object.assign(process.env, { CONCIERGE_API_BASE: `${address}/api/concierge`, CONCIERGE_API_KEY: KEY });
      const calls: Promise<Response>[] = [];
      t.intercept(globalThis, 'fetch', {
        value: (...args: Parameters<typeof fetch>) => {
          const call = realFetch(...args);
          calls.push(call);
          return call;
        },
      });
      const body = JSON.stringify({ event: 'aurora_widget_open', requestId: 'docs-1' });
      t.equal((await POST(new Request(address, { method: 'POST', body }))).status, 204);
      t.match(await (await calls[0])?.json(), { ok: true, accepted: 1 });
      t.equal((await POST(new Request(address, { method: 'POST', body: 'x'.repeat(9000) }))).status, 204);
      t.equal(calls.length, 1, 'what is too long goes nowhere');
    });
  },
);

const realFetch = globalThis.fetch;

/** Every field that the page shows is in the answer, and of its type. */
function sameShape(t: Test, shown: unknown, given: unknown, at: string): void {
  if (shown === null || typeof shown !== 'object') return void t.equal(typeof given, typeof shown, at);
  for (const [key, value] of Object.entries(shown))
    sameShape(t, value, (given as Record<string, unknown> | undefined)?.[key], `${at} ${key}`);
}
