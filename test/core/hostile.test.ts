import type { FastifyInstance } from 'fastify';
import { type CommandStartedEvent, MongoServerError } from 'mongodb';
import t from 'tap';
import { loggedError } from '../../src/lib/log-error.js';
import { loggerOptions } from '../../src/platform/http/server-options.js';
import { build, KEY, STAFF_KEY } from '../helper.js';
import { leavesOf, operationsOf, requestOf, withValue } from './operations.js';

/** Would match every document, were it ever taken for a filter. */
const OPERATORS = [{ $gt: 'zq-operator' }, { $ne: 'zq-operator' }, [{ $regex: 'zq-operator' }]];

t.test('hostile: operators, prototypes and other trees in place of texts do nothing anywhere', async (t) => {
  const { app } = await build(t, { staff: true });
  const commands: string[] = [];
  app.database.client.on('commandStarted', ({ command }: CommandStartedEvent) => {
    commands.push(JSON.stringify(command));
  });
  const statuses = new Map<number, number>();
  const attempt = async (request: ReturnType<typeof requestOf>) => {
    const { statusCode, body } = await app.inject(request);
    statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
    const what = `${request.method} ${request.url} ${String(request.payload).slice(0, 300)}`;
    if (statusCode >= 500) t.fail(`${statusCode}: ${what}\n${body}`);
    if (statusCode >= 400 && !('code' in JSON.parse(body))) t.fail(`no problem document: ${what}`);
  };
  const operations = operationsOf(app);
  t.ok(operations.length >= 20, 'all of them');
  for (const operation of operations) {
    for (const example of operation.examples) {
      for (const place of leavesOf(example))
        for (const value of OPERATORS)
          await attempt(requestOf(operation, { body: withValue(example, place, value) }));
      const inside = JSON.stringify(example).slice(1);
      for (const hostile of [
        '"__proto__":{"polluted":true}',
        '"constructor":{"prototype":{"polluted":true}}',
        '"prototype":{"polluted":true},"hasOwnProperty":1,"toString":{"$where":"zq-operator"}',
      ])
        await attempt(requestOf(operation, { body: `{${hostile},${inside}` }));
      await attempt(requestOf(operation, { body: `[${JSON.stringify(example)}]` }));
    }
    for (const parameter of [
      '{"$gt":"zq-operator"}',
      '__proto__',
      'constructor',
      '..',
      '%00',
      '.*',
      '(a+)+$',
    ])
      await attempt(requestOf(operation, { parameter, body: operation.examples[0] }));
    const query =
      '?q[$gt]=zq-operator&sessionId[$ne]=zq-operator&__proto__[polluted]=true&from[$gt]=zq-operator';
    await attempt(requestOf(operation, { query, body: operation.examples[0] }));
  }
  t.equal(({} as { polluted?: boolean }).polluted, undefined, 'no prototype has been changed');
  t.same(
    commands.filter((command) => /\{"\$\w+":"zq-operator"/.test(command)),
    [],
    'no operator has reached the database',
  );
  t.ok((statuses.get(400) ?? 0) > 100, JSON.stringify([...statuses]));
});

/** What a customer may write about himself or herself, each recognisable wherever it turns up. */
const MARKED: [field: RegExp, value: string][] = [
  [/email/i, 'zqmail@example.com'],
  [/phone/i, '+12025550177'],
  [/value/i, 'zqmail@example.com'],
  [/zip|postal/i, 'zqzip'],
  [
    /name|notes|comment|caption|summary|content|text|reason|note|preference|description|title|^q$/i,
    'zqwords',
  ],
];
const PRIVATE = new RegExp(`zq|2025550177|X-Amz-|${KEY}|${STAFF_KEY}|undisclosed`, 'i');

const ORDER = {
  customerEmail: 'zqmail@example.com',
  status: 'delivered',
  items: [{ lineId: 'line-1', sku: 'RNG-101', title: 'zqtitle', quantity: 3, price: 10 }],
  shipping: { name: 'Zqname', address: '7 Zqstreet', postalCode: 'zqzip', deliveredAt: new Date() },
  createdAt: new Date(),
};

async function watchedApp(t: Parameters<typeof build>[0]) {
  const lines: string[] = [];
  const stream = { write: (line: string) => lines.push(line) };
  const nowhere = 'http://127.0.0.1:1/undisclosed-path';
  const { app, db } = await build(t, {
    staff: true,
    logger: { ...loggerOptions({ level: 'trace' }), stream },
    env: {
      DISPATCHER: 'inline',
      CRM_WEBHOOK_URL: nowhere,
      CRM_WEBHOOK_SECRET: `whsec_${Buffer.from('undisclosed-secret-of-the-crm-x').toString('base64')}`,
      NOTIFICATIONS_WEBHOOK_URL: nowhere,
      WEBHOOK_SECRET: 'undisclosed-secret-of-the-webhooks',
    },
  });
  return { app, db, lines };
}

const marked = (body: unknown): unknown =>
  leavesOf(body).reduce((so, place) => {
    const name = String(place.findLast((part) => typeof part === 'string') ?? '');
    const [, value] = MARKED.find(([field]) => field.test(name)) ?? [];
    return value === undefined ? so : withValue(so, place, value);
  }, body);

/** Calls everything with what is private, as it should be and with something wrong at each place. */
async function callEverything(app: FastifyInstance): Promise<Set<number>> {
  const statuses = new Set<number>();
  const make = async (request: ReturnType<typeof requestOf>) =>
    statuses.add((await app.inject(request)).statusCode);
  for (const operation of operationsOf(app)) {
    for (const example of operation.examples) {
      const body = marked(example);
      await make(requestOf(operation, { body }));
      for (const place of leavesOf(body))
        await make(requestOf(operation, { body: withValue(body, place, { zq: 'zqwrong' }) }));
    }
    await make(requestOf(operation, { body: '{"email":"zqmail@example.com",' }));
    await make(
      requestOf(operation, { parameter: 'zqparameter', query: '?q=zqwords&email=zqmail@example.com' }),
    );
  }
  return statuses;
}

t.test(
  'hostile: nothing that is private comes into the log, whatever is called and whatever fails',
  async (t) => {
    const { app, db, lines } = await watchedApp(t);
    const numbers = new Set(JSON.stringify(operationsOf(app)).match(/GG-\d+/g));
    for (const orderNumber of numbers) await db.collection('orders').insertOne({ ...ORDER, orderNumber });
    const statuses = await callEverything(app);
    t.ok(
      [200, 201, 400, 404].every((status) => statuses.has(status)),
      [...statuses].join(),
    );
    await app.dispatcher.drain();
    // on a line of its own, were it not for JSON
    await app.inject({
      url: '/api/nothing%0A%7B%22level%22:60%7D',
      headers: { 'user-agent': 'x\u0007{"level":60}' },
    });
    t.ok(lines.length > 100);
    for (const line of lines) {
      t.doesNotThrow(() => JSON.parse(line));
      if (PRIVATE.test(line)) t.fail(line);
      if (/\n./.test(line)) t.fail(`not one line: ${line}`);
    }
  },
);

t.test('log: what is private is taken out of a message, whatever stands around it', async (t) => {
  const ROWS: [text: string, told: string][] = [
    ['to zqmail@example.com: refused', 'to [email]: refused'],
    ['<zqmail@example.com>, zq.two+x@mail.example.co.uk; done', '<[email]>, [email]; done'],
    ['mailto:zqmail@example.com?subject=x', 'mailto:[email]?subject=x'],
    ['?email=zqmail%40example.com&x=1', '?email=[email]&x=1'],
    ['mongodb+srv://zquser:zq@pass@db.example/x', 'mongodb+srv://[credentials]@db.example/x'],
    ['Cannot find package @fastify/rate-limit', 'Cannot find package @fastify/rate-limit'],
    ['E11000 dup key: { a: "zq } zq" } at x', 'E11000 dup key: {…} at x'],
    ['E11000 dup key: { a: "zq, cut off', 'E11000 dup key: {…}'],
    ['call +1 (202) 555-0177 now', 'call [phone] now'],
  ];
  for (const [text, told] of ROWS) {
    const { message } = loggedError(new Error(text)) as { message: string };
    t.equal(message, told, text);
  }
  const lines = loggedError(new Error('first\n    at zqmail@example.com'));
  t.notMatch(JSON.stringify(lines), /zq/, 'a line of the message that looks like a place');
});

// each of these would take minutes if the time grew with the square of the length
t.test(
  'log: a message of two million letters is told, in every form that patterns are slow with',
  async (t) => {
    const HARD = [
      'a',
      'a@',
      '@a',
      'dup key: {',
      '+1 ',
      '+1',
      'bearer ',
      'x://',
      'X-Amz-Signature=',
      ' ',
      '<a',
      '\n at ',
    ];
    for (const part of HARD) {
      const text = part.repeat(Math.ceil(2_000_000 / part.length));
      t.ok(String(loggedError(new Error(text)).message).length <= 500, JSON.stringify(part));
    }
  },
);

t.test('hostile: errors are told without what hangs on them', async (t) => {
  const duplicate = new MongoServerError({
    message:
      'E11000 duplicate key error collection: c.x index: e dup key: { customerEmail: "zqmail@example.com" }',
    code: 11000,
    keyValue: { customerEmail: 'zqmail@example.com' },
  });
  const failure = Object.assign(
    new Error(
      'could not send to zqmail@example.com, +1 202 555 0177, via https://zquser:zqpass@smtp.example',
      {
        cause: duplicate,
      },
    ),
    { command: { document: 'zqwords' }, config: { headers: { authorization: 'Bearer zqtoken' } } },
  );
  const told = JSON.stringify(loggedError(failure));
  t.notMatch(told, /zq|0177/);
  t.match(told, /E11000.*11000/);
  t.match(told, /hostile\.test/, 'where it was');
  for (const text of ['Bearer zqtoken', 'https://s3/x?X-Amz-Signature=zqsignature&X-Amz-Credential=zq%2F1'])
    t.notMatch(JSON.stringify(loggedError(new Error(text))), /zq/);
  t.same(loggedError('only a text'), { message: 'only a text' });
});
