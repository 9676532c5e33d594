// What anyone can reach: API8 and API9 of the OWASP API Security Top 10 (2023).
import { connect } from 'node:net';
import { DEVELOPMENT } from '../../src/config/development.js';
import { inTurn, type Row, statusesOf } from './row.js';
import type { Target } from './target.js';

const HEADERS = [
  'content-security-policy',
  'x-content-type-options',
  'x-frame-options',
  'strict-transport-security',
  'referrer-policy',
];

// As it is written: a client library would tidy the path up.
function raw({ address }: Target, text: string): Promise<string> {
  const { hostname, port } = new URL(address);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk) => {
      answer += chunk;
    });
    socket.setTimeout(10_000, () => socket.destroy());
    socket.on('close', () => resolve(answer)).on('error', reject);
  });
}

const get = (target: Target, path: string) =>
  raw(target, `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
const statusIn = (answer: string) => ({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0) });

export const surfaceRows: Row[] = [
  {
    on: 'API8 security misconfiguration',
    what: 'paths out of the folders that are served, and paths that are none',
    async run(target) {
      const paths = [
        '/docs/static/../..',
        '/docs/static/../../package.json',
        '/docs/static/%2e%2e/%2e%2e/.env',
        '/dashboard/assets/..%2f..%2fpages.ts',
        '/%zz',
        '/docs/%00',
        '//etc/passwd',
        '/..;/admin',
      ];
      const answers = await inTurn(paths.length, (n) => get(target, paths[n] ?? ''));
      const bare = answers.filter(
        (answer) => !HEADERS.every((header) => answer.toLowerCase().includes(`\r\n${header}:`)),
      );
      return {
        holds:
          bare.length === 0 && answers.map(statusIn).every(({ status }) => status >= 400 && status < 500),
        came: `${statusesOf(answers.map(statusIn))}; ${bare.length} without the headers`,
      };
    },
  },
  {
    on: 'API8 security misconfiguration',
    what: 'the headers of every kind of answer, and what errors say of the inside',
    async run(target) {
      const answers = [
        await target.send('/health/live'),
        await target.send('/nothing'),
        await target.send('/api/concierge/products', { method: 'DELETE' }),
        await target.send('/api/concierge/products', { body: {} }),
        await target.send('/api/concierge/products', { key: 'widget', body: '{"category":' }),
        await target.send('/openapi.json'),
        await target.send('/docs/'),
        await target.send('/dashboard/sign-in'),
      ];
      const bare = answers.filter(({ headers }) => !HEADERS.every((name) => headers.has(name)));
      const telling = answers.filter(
        ({ status, text, headers }) =>
          (status >= 400 && /node_modules|at .+:\d+:\d+|Mongo|FST_/.test(text)) ||
          headers.has('server') ||
          headers.has('x-powered-by'),
      );
      return {
        holds: bare.length + telling.length === 0,
        came: `${bare.length} bare, ${telling.length} telling, of ${answers.length}`,
      };
    },
  },
  {
    on: 'API8 security misconfiguration',
    what: 'what is not HTTP, smuggled lengths, headers without end',
    async run(target) {
      const TEXTS = [
        'HELLO\r\n\r\n',
        `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`,
        'POST /api/concierge/products HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\nhost: x\r\n\r\n',
        'POST /api/concierge/products HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n{}',
        'GET /health/live HTTP/1.1\r\nhost: x\r\nx-request-id: a\nb: c\r\nconnection: close\r\n\r\n',
        'TRACE / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
      ];
      const answers = await inTurn(TEXTS.length, (n) => raw(target, TEXTS[n] ?? ''));
      return {
        holds: answers.map(statusIn).every(({ status }) => status >= 400 && status < 500),
        came: statusesOf(answers.map(statusIn)),
      };
    },
  },
  {
    on: 'API8 security misconfiguration',
    what: 'a page of another origin that calls with a key',
    async run(target) {
      const headers = {
        origin: 'https://evil.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      };
      const before = await target.send('/api/concierge/products', { method: 'OPTIONS', headers });
      const call = await target.send('/api/concierge/products', {
        key: 'widget',
        body: {},
        headers: { origin: 'https://evil.example' },
      });
      const isOpen = [before, call].some((answer) => answer.headers.has('access-control-allow-origin'));
      return {
        holds: !isOpen,
        came: `${statusesOf([before, call])}; ${isOpen ? 'allowed' : 'allowed by no header'}`,
      };
    },
  },
  {
    on: 'API8 security misconfiguration',
    what: 'a start with keys and secrets that everyone knows, or soon guesses',
    isLong: true,
    async run(target) {
      const ENVS: NodeJS.ProcessEnv[] = [
        { CONCIERGE_API_KEY: DEVELOPMENT.key },
        { CONCIERGE_API_KEY: 'short-key' },
        { ANALYTICS_SALT: DEVELOPMENT.salt },
        { DASHBOARD_SESSION_SECRET: DEVELOPMENT.sessionSecret },
        { LINK_SECRET: 'x'.repeat(40) },
      ];
      const ended = await inTurn(ENVS.length, (n) => target.tryStart(ENVS[n] ?? {}));
      const isTold = ended.every(
        ({ said }) => !ENVS.some((env) => Object.values(env).some((secret) => said.includes(`${secret}`))),
      );
      return {
        holds: isTold && ended.every(({ code }) => code === 1),
        came: `ended with ${ended.map(({ code }) => code).join(', ')}; no secret was printed`,
      };
    },
  },
  {
    on: 'API9 improper inventory management',
    what: 'what is often left lying about: 24 paths of tools, dumps, older versions',
    async run(target) {
      const paths = [
        '.env',
        '.git/config',
        'admin',
        'api',
        'api/v1/users',
        'api/v2',
        'graphql',
        'debug',
        'debug/pprof',
        'actuator/env',
        'server-status',
        'swagger',
        'swagger-ui',
        'phpinfo.php',
        'backup.sql',
        'dist/src/server.js',
        'package.json',
        'src/server.ts',
        'test',
        'demo',
        'demo/outbox',
        'internal',
        'internal/health',
        'console',
      ];
      const answers = await inTurn(paths.length, (n) => target.send(`/${paths[n]}`));
      return { holds: answers.every(({ status }) => status === 404), came: statusesOf(answers) };
    },
  },
];
