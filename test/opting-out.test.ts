import { createHmac } from 'node:crypto';
import t from 'tap';
import type { Outcome } from '../src/connectors/connector.js';
import type { Carrier, Notice } from '../src/connectors/messaging/notice.js';
import { isFromTwilio } from '../src/connectors/messaging/twilio-signature.js';
import { SUBSCRIPTION_CODE } from '../src/domain/order-updates/deliveries.js';
import { createSigning } from '../src/domain/order-updates/link-signing.js';
import { parseQuietHours, quietUntil, timeZoneOf } from '../src/domain/order-updates/quiet-hours.js';
import { meaningOf } from '../src/domain/order-updates/take-inbound-text.js';
import { handlersOf } from './connectors/handlers.js';
import { receiver } from './connectors/receiver.js';
import { bodyOf, build, call, STAFF_KEY } from './helper.js';
import { declined, refused } from './problem.js';
import { zendesk } from './vendors/zendesk.js';

const PATH = '/api/concierge/order-updates';
const UNSUBSCRIBE = `${PATH}/unsubscribe`;
const INBOUND = '/internal/webhooks/twilio/inbound';
const PUBLIC_URL = 'https://concierge.example';
const TOKEN = 'token-of-the-twilio-account';
const SECRET = 'secret-of-the-links-1';
// later than the real time, so that nothing stored here is old enough to be swept away
const start = new Date('2099-05-01T10:00:00.000Z');
let at = start;
t.beforeEach(() => {
  at = start;
});

const env = {
  PUBLIC_URL,
  LINK_SECRET: `${SECRET}, secret-of-the-links-0`,
  TWILIO_ACCOUNT_SID: 'AC0123456789',
  TWILIO_AUTH_TOKEN: `the-new-token, ${TOKEN}`,
  TWILIO_MESSAGING_SERVICE_SID: 'MG-ours',
  SMTP_URL: 'smtp://127.0.0.1:1',
  EMAIL_FROM: 'care@example.com',
};
const { app, db } = await build(t, { now: () => at, env, staff: true });
await db.collection('orders').insertMany(
  ['GG-1', 'GG-2', 'GG-3'].map((orderNumber) => ({
    orderNumber,
    customerEmail: 'owner@example.com',
    shipping: { country: 'US' },
  })),
);
const subscriptions = db.collection('widgetOrderSubscriptions');
const subscribe = (orderNumber: string, contact?: string, on = app) =>
  call(on, PATH, { sessionId: 's1', orderNumber, contact, consent: true });
const stored = async (response: Awaited<ReturnType<typeof subscribe>>) =>
  subscriptions.findOne({ subscriptionId: response.json().subscriptionId });

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const sign = (fields: Record<string, string>, token = TOKEN, url = `${PUBLIC_URL}${INBOUND}`) => {
  const names = Object.keys(fields).sort();
  const text = names.reduce((all, name) => all + name + fields[name], url);
  return createHmac('sha1', token).update(text).digest('base64');
};
const inbound = (From: string, Body: string, signature?: string, more: Record<string, string> = {}) => {
  const fields = { From, Body, To: '+12025550100', MessageSid: 'SM1', Empty: '', ...more };
  return app.inject({
    method: 'POST',
    url: INBOUND,
    headers: { ...FORM, 'x-twilio-signature': signature ?? sign(fields) },
    payload: new URLSearchParams(fields).toString(),
  });
};

t.test("opting out: the signature is Twilio's, and nobody else's", async (t) => {
  // the example of Twilio's manual
  const fields = {
    CallSid: 'CA1234567890ABCDE',
    Caller: '+12349013030',
    Digits: '1234',
    From: '+12349013030',
    To: '+18005551212',
  };
  const url = 'https://mycompany.com/myapp.php?foo=1&bar=2';
  t.ok(isFromTwilio(['12345'], url, fields, '0/KCTR6DLpKmkAf8muzZqo1nDgQ='));
  t.ok(isFromTwilio(['12346', '12345'], url, fields, '0/KCTR6DLpKmkAf8muzZqo1nDgQ='), 'by either token');
  t.notOk(isFromTwilio([], url, fields, '0/KCTR6DLpKmkAf8muzZqo1nDgQ='));
  t.notOk(isFromTwilio(['12346'], url, fields, '0/KCTR6DLpKmkAf8muzZqo1nDgQ='));
  const signed = (address: string, text: string) =>
    createHmac('sha1', 't')
      .update(address + text)
      .digest('base64');
  const [plain, port] = ['https://x.example/in', 'https://x.example:443/in'];
  for (const [given, used] of [
    [plain, port],
    [port, plain],
  ] as const)
    t.ok(isFromTwilio(['t'], given, { A: '1' }, signed(used, 'A1')), 'with the port or without');
  const repeated = { B: ['2', '1', '2'], A: 'x' };
  t.ok(isFromTwilio(['t'], plain, repeated, signed(plain, 'AxB1B2')), 'each value of a repeated field once');
  t.notOk(isFromTwilio(['t'], plain, repeated, signed(plain, 'AxB2B1')));
  t.notOk(isFromTwilio(['12345'], url, { ...fields, Digits: '1235' }, '0/KCTR6DLpKmkAf8muzZqo1nDgQ='));
  for (const signature of ['', 'x', sign({ From: '+12025550123', Body: 'STOP' }, 'another-token')])
    refused(t, await inbound('+12025550123', 'STOP', signature), {
      status: 401,
      code: 'webhook.signature_invalid',
    });
  t.equal(await db.collection('suppressions').countDocuments({}), 0);
  const none = await app.inject({ method: 'POST', url: INBOUND, payload: {} });
  t.equal(none.statusCode, 401, 'without a signature');
});

t.test('opting out: the words', async (t) => {
  for (const word of [
    'STOP',
    'stop',
    ' Stop. ',
    'STOPALL',
    'Stop all',
    'quit',
    'END',
    'revoke',
    'OptOut',
    'opt-out',
    'CANCEL',
    'unsubscribe',
  ])
    t.equal(meaningOf(word)?.meaning, 'stop', word);
  for (const word of ['start', 'UNSTOP', 'yes', ' Yes! ']) t.equal(meaningOf(word)?.meaning, 'start', word);
  t.equal(meaningOf('ＳＴＯＰ')?.meaning, 'stop', 'full width');
  t.equal(meaningOf('S\u200bTOP')?.meaning, 'stop', 'with an invisible mark');
  const told: [text: string, optOutType: string | undefined, meaning: string | undefined][] = [
    ['ARRET', 'STOP', 'stop'],
    ['やめる', 'STOP', 'stop'],
    ['OUI', 'START', 'start'],
    ['AIDE', 'help', 'help'],
    ['ARRET', undefined, undefined],
    ['ARRET', 'constructor', undefined],
    ['STOP', '', 'stop'],
  ];
  for (const [text, type, meaning] of told)
    t.equal(meaningOf(text, type)?.meaning, meaning, `${text} ${type}`);
  t.equal(meaningOf('help')?.meaning, 'help');
  for (const word of ['', 'please stop by', 'stopped', 'no', '🙂', 'START HERE'])
    t.equal(meaningOf(word), undefined, word);
});

t.test('opting out: STOP ends every order of the number at once, START takes them up again', async (t) => {
  const number = '+12025550123';
  const [first, second, email] = [
    await subscribe('GG-1', number),
    await subscribe('GG-2', number),
    await subscribe('GG-1'),
  ];
  const other = await subscribe('GG-1', '+12025550199');
  const answer = await inbound(number, 'Stop');
  t.equal(answer.statusCode, 200);
  t.match(answer.headers['content-type'], /^text\/xml/);
  t.match(answer.body, /<Response\/>$/, 'nothing is texted back');
  for (const one of [first, second])
    t.match(await stored(one), {
      status: 'stopped',
      stopped: { at: start, by: 'keyword' },
      history: [{ action: 'subscribed' }, { action: 'stopped by keyword' }],
    });
  for (const one of [email, other]) t.equal((await stored(one))?.status, 'active');
  t.notMatch(JSON.stringify(await db.collection('suppressions').find().toArray()), '2025550123', 'hashed');
  await inbound(number, 'STOP');
  t.equal((await stored(first))?.history.length, 2, 'a repeat changes nothing');

  declined(t, await subscribe('GG-3', '(202) 555-0123'), 'opted_out');
  t.equal(await subscriptions.countDocuments({ orderNumber: 'GG-3' }), 0);

  await inbound(number, 'HELP');
  t.equal((await stored(first))?.status, 'stopped');
  await inbound(number, 'start');
  for (const one of [first, second]) t.equal((await stored(one))?.status, 'active');
  t.equal((await subscribe('GG-3', number)).statusCode, 201);
  await inbound('whatsapp:+12025550123', 'STOP');
  t.equal((await stored(first))?.status, 'active', 'another channel is not ours');
});

t.test('opting out: a farewell is enqueued for whom it can reach, each under an id of its own', async (t) => {
  const number = '+12025550144';
  const [first, second] = [await subscribe('GG-1', number), await subscribe('GG-2', number)];
  await inbound(number, 'STOP');
  const [one, other] = [await stored(first), await stored(second)];
  for (const ended of [one, other])
    t.match(ended?.deliveries, [{}, { kind: 'subscription.stopped', state: 'pending' }]);
  t.not(one?.deliveries[1].id, other?.deliveries[1].id);
  const { subscriptions: repository } = app.repositories;
  const third = await subscribe('GG-3', '+12025550145');
  t.equal(await repository.stop({ destination: '+12025550145' }, 'carrier', at), 1);
  t.equal((await stored(third))?.deliveries.length, 1, 'not where nothing can be sent');
  t.equal(await repository.stop({ destination: '+12025550145' }, 'carrier', at), 0);
});

t.test(
  'opting out: HELP is answered, unless Twilio has; other services of the account are not ours',
  async (t) => {
    const number = '+12025550146';
    const subscribed = await subscribe('GG-1', number);
    const status = async () => (await stored(subscribed))?.status;
    const help = await inbound(number, 'help');
    t.match(
      help.body,
      /<Response><Message>GlowGlitch: .*Help: care@example\.com\. .*frequency.*&amp; data rates may apply.*STOP.*<\/Message><\/Response>$/,
    );
    const ours = { MessagingServiceSid: 'MG-ours' };
    t.match((await inbound(number, 'INFO', undefined, ours)).body, /<Message>/);
    t.match((await inbound(number, 'AIDE', undefined, { OptOutType: 'HELP' })).body, /<Response\/>$/);
    const others = { MessagingServiceSid: 'MG-marketing' };
    t.match((await inbound(number, 'HELP', undefined, others)).body, /<Response\/>$/);
    await inbound(number, 'STOP', undefined, others);
    t.equal(await status(), 'stopped', 'whoever has had enough is believed wherever they say it');
    await inbound(number, 'START', undefined, others);
    t.equal(await status(), 'stopped');
    await inbound(number, 'START', undefined, ours);
    t.equal(await status(), 'active');
  },
);

t.test('what is no word goes to the team: to the ticket that is open, else to one a day', async (t) => {
  const there = zendesk();
  const { url } = await receiver(t, there.answer);
  const crm = { ZENDESK_BASE_URL: url, ZENDESK_EMAIL: 'mia@shop.example', ZENDESK_API_TOKEN: 'token' };
  const { app, db } = await build(t, { now: () => at, env: { ...env, ...crm, DISPATCHER: 'inline' } });
  const text = (From: string, Body: string, MessageSid: string, more = {}) => {
    const fields = { From, Body, MessageSid, ...more };
    return app.inject({
      method: 'POST',
      url: INBOUND,
      headers: { ...FORM, 'x-twilio-signature': sign(fields) },
      payload: new URLSearchParams(fields).toString(),
    });
  };
  const ask = { sessionId: 's1', email: 'ana@example.com', phone: '(202) 555-0150', notes: 'A ring' };
  const { ticketId } = (await call(app, '/api/concierge/stylist', ask)).json();
  await app.dispatcher.drain();
  const answer = await text('+12025550150', 'Is <it> ready?', 'SM1');
  t.match(answer.body, /<Response\/>$/);
  for (const id of ['SM2', 'SM2', 'SM3']) await text('+12025550151', `Hello ${id}`, id);
  await text('+12025550151', '', 'SM4', { NumMedia: '2' });
  await text('+12025550151', '', 'SM5');
  // the dispatcher works by itself too
  do await app.dispatcher.drain();
  while (await db.collection('customerTexts').findOne({ nextDeliveryAt: { $exists: true } }));
  const [ticket, thread, ...more] = there.tickets;
  t.same(more, []);
  t.match(ticket, {
    external_id: ticketId,
    comments: [{}, { html_body: /text message<br>.*Is &lt;it&gt; ready\?/ }],
  });
  t.match(thread, {
    external_id: /^TX-/,
    subject: 'Text messages of +12025550151',
    tags: ['concierge', 'text', String],
    comments: [{ body: /Hello SM2$/ }, { body: /Note: Hello SM3/ }, { body: /with 2 attachments/ }],
  });
  t.notOk(thread?.comments.some((comment) => comment.public !== false));
  for (let nth = 10; nth < 32; nth++) await text('+12025550152', 'again', `SM${nth}`);
  const flood = await db.collection('customerTexts').findOne({ phone: '+12025550152' });
  t.equal(flood?.messages.length, 20, 'a flood ends');
  at = new Date(start.getTime() + 24 * 3_600_000);
  await text('+12025550151', 'The next day', 'SM99');
  t.equal(await db.collection('customerTexts').countDocuments({ phone: '+12025550151' }), 2);
});

t.test('opting out: Braze tells of who has left a group there, with a key of ours', async (t) => {
  const number = '+12025550147';
  const [byText, byEmail] = [await subscribe('GG-1', number), await subscribe('GG-2')];
  const tell = (payload: object, key = STAFF_KEY) =>
    app.inject({
      method: 'POST',
      url: '/internal/webhooks/braze/subscription',
      headers: { authorization: `Bearer ${key}` },
      payload,
    });
  const left = { subscription_state: 'unsubscribed' };
  t.equal((await tell({ ...left, phone: number }, 'another-key')).statusCode, 401);
  for (const body of [
    { phone: number },
    left,
    { ...left, phone: 'none' },
    { phone: number, subscription_state: 'x' },
  ])
    t.equal((await tell(body)).statusCode, 400, JSON.stringify(body));
  t.equal((await stored(byText))?.status, 'active');
  t.equal((await tell({ ...left, phone: '+1 (202) 555-0147', email: '' })).statusCode, 200);
  t.equal((await stored(byText))?.status, 'stopped');
  declined(t, await subscribe('GG-3', number), 'opted_out');
  await tell({ ...left, email: 'Owner@example.com' });
  t.match(await stored(byEmail), { status: 'stopped', stopped: { by: 'link' } });
  await tell({ subscription_state: 'subscribed', phone: number });
  t.equal((await stored(byText))?.status, 'active');
});

t.test('opting out: what is enqueued already is not sent any more', async (t) => {
  const { app, db } = await build(t, {
    now: () => at,
    env: { ...env, DISPATCHER: 'inline', TWILIO_BASE_URL: 'http://127.0.0.1:1' },
  });
  await db.collection('orders').insertOne({ orderNumber: 'GG-1', shipping: { country: 'US' } });
  const { subscriptionId } = (await subscribe('GG-1', '+12025550123', app)).json();
  const read = () => db.collection('widgetOrderSubscriptions').findOne({ subscriptionId });
  await app.dispatcher.drain();
  t.match((await read())?.deliveries, [{ state: 'pending', lastError: String }], 'Twilio is away');
  await app.suppressions.suppress('+12025550123', 'STOP', at);
  at = new Date(start.getTime() + 60 * 60_000);
  await app.dispatcher.drain();
  t.match((await read())?.deliveries, [{ state: 'skipped', lastError: 'the number has opted out' }]);

  const sent: Notice[] = [];
  const carrier: Carrier = {
    name: 'probe',
    async tell(notice) {
      sent.push(notice);
      return { outcome: 'delivered' };
    },
  };
  const tools = {
    isSuppressed: async (number: string) => number === 'opted-out',
    codeOf: createSigning([SECRET]).codeOf,
    subscriptions: { findById: async () => ({ ...whole, destination: 'opted-out' }) },
  };
  const carriers = { name: 'probe', sms: carrier, email: carrier };
  const wanted = handlersOf({ notifications: carriers }, tools).notifications;
  const whole = {
    subscriptionId: 'sub_1',
    orderNumber: 'GG-1',
    consent: { given: true },
    channel: 'sms',
    status: 'active',
    createdAt: at,
  };
  const confirmation = { nonce: 'n1', attempts: 0, expiresAt: at };
  const cases: [kind: string, document: object, payload: object, outcome: string][] = [
    ['subscription.created', { status: 'active', channel: 'sms', destination: 'x' }, {}, 'delivered'],
    ['subscription.created', { status: 'active', channel: 'sms', destination: 'opted-out' }, {}, 'skipped'],
    ['subscription.created', { status: 'stopped', channel: 'email', destination: 'x' }, {}, 'skipped'],
    ['subscription.created', { status: 'pending', channel: 'sms', destination: 'x' }, {}, 'skipped'],
    ['subscription.stopped', { status: 'active', channel: 'email', destination: 'x' }, {}, 'skipped'],
    ['subscription.stopped', { status: 'stopped', channel: 'email', destination: 'x' }, {}, 'delivered'],
    [
      SUBSCRIPTION_CODE.kind,
      { status: 'pending', channel: 'sms', destination: 'x', confirmation },
      { nonce: 'n1' },
      'delivered',
    ],
    [
      SUBSCRIPTION_CODE.kind,
      { status: 'pending', channel: 'sms', destination: 'x', confirmation },
      { nonce: 'n0' },
      'skipped',
    ],
    [
      SUBSCRIPTION_CODE.kind,
      { status: 'active', channel: 'sms', destination: 'x' },
      { nonce: 'n1' },
      'skipped',
    ],
    [
      SUBSCRIPTION_CODE.kind,
      { status: 'pending', channel: 'sms', destination: 'opted-out', confirmation },
      { nonce: 'n1' },
      'skipped',
    ],
  ];
  const change = { status: 'shipped', label: 'Shipped', at };
  cases.push(['order.update', change, { subscriptionId: 'sub_1' }, 'skipped']);
  const signal = new AbortController().signal;
  for (const [kind, document, payload, outcome] of cases) {
    const result = await wanted?.deliver(
      { id: '1', kind, attempt: 1, payload, document: { ...whole, ...document } },
      signal,
    );
    t.equal(result?.outcome, outcome, `${kind} ${JSON.stringify(document)}`);
  }
  t.equal(sent.length, 3);
  t.match(sent.at(-1), { code: /^\d{6}$/ });
});

t.test('a link: looking at it does nothing, one click ends it, and only it', async (t) => {
  const [response, other] = [await subscribe('GG-2'), await subscribe('GG-3')];
  const token = app.signing.tokenOf(response.json().subscriptionId) ?? '';
  const page = await app.inject({ url: `${UNSUBSCRIBE}?token=${token}` });
  t.equal(page.statusCode, 200);
  t.match(page.headers['content-type'], /^text\/html/);
  t.match(page.headers, { 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
  t.match(page.body, /<form method="post">/);
  t.equal((await stored(response))?.status, 'active', 'a mailbox may look it up');

  const click = {
    method: 'POST',
    url: `${UNSUBSCRIBE}?token=${token}`,
    headers: FORM,
    payload: 'List-Unsubscribe=One-Click',
  } as const;
  t.same(bodyOf(await app.inject(click)), {
    ok: true,
    message: 'You will get no more updates on this order.',
  });
  t.match(await stored(response), { status: 'stopped', stopped: { by: 'link' } });
  t.equal((await stored(other))?.status, 'active');
  t.equal((await app.inject(click)).statusCode, 200, 'a repeat is harmless');

  const again = await subscribe('GG-2');
  t.same([again.statusCode, again.json().subscriptionId], [200, response.json().subscriptionId]);
  t.match(await stored(response), {
    status: 'active',
    stopped: undefined,
    deliveries: [{}, { kind: 'subscription.stopped' }, { kind: 'subscription.created', state: 'pending' }],
  });

  const inBrowser = { ...click, headers: { ...FORM, accept: 'text/html,*/*' } };
  t.match((await app.inject(inBrowser)).body, /<p>You will get no more/);
  const inBody = await app.inject({ method: 'POST', url: UNSUBSCRIBE, payload: { token } });
  t.equal(inBody.statusCode, 200);

  const part = (fields: string) => `--b1\r\nContent-Disposition: form-data; ${fields}\r\n--b1--\r\n`;
  const multipart = (payload: string, type = 'multipart/form-data; boundary=b1') =>
    app.inject({ ...click, headers: { 'content-type': type }, payload });
  const third = await subscribe('GG-2');
  t.equal((await stored(third))?.status, 'active');
  const clicked = await multipart(part('name="List-Unsubscribe"\r\n\r\nOne-Click'));
  t.equal(clicked.statusCode, 200, 'as a form in parts');
  t.equal((await stored(third))?.status, 'stopped');
  const withFile = await multipart(part('name="token"; filename="a"\r\n\r\nnot a text'));
  t.equal(withFile.statusCode, 200, 'a file is no field, and the token of the address counts');
  for (const [payload, type] of [
    ['--b1\r\n', undefined],
    ['', undefined],
    ['List-Unsubscribe=One-Click', 'multipart/form-data'],
  ] as const)
    t.equal((await multipart(payload, type)).statusCode, 400, `${payload || 'nothing'} ${type ?? ''}`);
});

t.test('opting out: only our links, and those of the secret before', async (t) => {
  const id = (await subscribe('GG-1')).json().subscriptionId;
  const before = createSigning(['secret-of-the-links-0']).tokenOf(id) ?? '';
  t.equal((await app.inject({ url: `${UNSUBSCRIBE}?token=${before}` })).statusCode, 200);
  const good = app.signing.tokenOf(id) ?? '';
  for (const token of [
    '',
    'x',
    id,
    `${id}.`,
    `${good}x`,
    good.slice(0, -2),
    good.replace('sub_', 'sub-'),
    createSigning(['a-secret-of-strangers']).tokenOf(id) ?? '',
  ]) {
    const response = await app.inject({ method: 'POST', url: UNSUBSCRIBE, payload: { token } });
    refused(t, response, { status: 400, code: 'subscription.link_invalid' }, `link ${token.slice(-12)}`);
  }
  t.equal(createSigning([]).tokenOf(id), undefined, 'without a secret there are no links');
});

t.test('double opt-in: nothing is sent before the code has come back', async (t) => {
  const { app, db } = await build(t, { now: () => at, env: { ...env, SMS_DOUBLE_OPT_IN: 'true' } });
  await db
    .collection('orders')
    .insertOne({ orderNumber: 'GG-1', customerEmail: 'o@example.com', shipping: { country: 'US' } });
  const subscriptions = db.collection('widgetOrderSubscriptions');
  const ask = () => subscribe('GG-1', '+12025550123', app);
  const confirm = (code: string, sessionId = 's1') =>
    call(app, `${PATH}/confirm`, { sessionId, subscriptionId, code });
  const read = () => subscriptions.findOne({ subscriptionId });
  const first = await ask();
  const { subscriptionId, status, message } = first.json();
  t.equal(status, 'pending');
  t.match(message, /code to \*\*0123/);
  t.match(await read(), { deliveries: [{ kind: SUBSCRIPTION_CODE.kind, state: 'pending' }] });
  const nonceOf = async () => (await read())?.confirmation?.nonce;
  const right = app.signing.codeOf(await nonceOf()) ?? '';
  t.notMatch(JSON.stringify(await read()), right, 'the code stands nowhere');
  const wrong = String((Number(right) + 1) % 1_000_000).padStart(6, '0');

  refused(t, await confirm(right, 'another-session'), { status: 404, code: 'subscription.not_found' });
  declined(t, await confirm(wrong), 'code_wrong');
  t.equal((await ask()).json().status, 'pending');
  t.equal((await read())?.deliveries.length, 1, 'asking again sends no second code while one is out');
  for (let attempt = 0; attempt < 4; attempt += 1) await confirm(wrong);
  declined(t, await confirm(right), 'code_expired', 'after five attempts');

  await ask();
  const second = app.signing.codeOf(await nonceOf()) ?? '';
  at = new Date(start.getTime() + 10 * 60_000);
  declined(t, await confirm(second), 'code_expired', 'after ten minutes');
  await ask();
  const third = app.signing.codeOf(await nonceOf()) ?? '';
  const confirmed = await confirm(` ${third} `);
  t.match(confirmed.json(), { ok: true, status: 'active' });
  t.match(await read(), { status: 'active', confirmation: undefined });
  t.match((await read())?.deliveries.at(-1), { kind: 'subscription.created', state: 'pending' });
  t.match((await confirm(third)).json(), { status: 'active' }, 'a double click');
  t.equal((await subscribe('GG-1', undefined, app)).json().status, 'active', 'emails need no code');
});

t.test('quiet hours: by the clock of the customer, over midnight and over a change of clocks', async (t) => {
  const night = parseQuietHours('21:00-08:00');
  if (!night) return t.fail('it can be read');
  const cases: [at: string, timeZone: string, until: string | undefined][] = [
    ['2026-03-10T20:59:59Z', 'UTC', undefined],
    ['2026-03-10T21:00:00Z', 'UTC', '2026-03-11T08:00:00.000Z'],
    ['2026-03-10T00:00:00Z', 'UTC', '2026-03-10T08:00:00.000Z'],
    ['2026-03-10T07:59:59Z', 'UTC', '2026-03-10T08:00:00.000Z'],
    ['2026-03-10T08:00:00Z', 'UTC', undefined],
    // the clocks go forward in this night: it is an hour shorter
    ['2026-03-29T00:30:00Z', 'Europe/Vienna', '2026-03-29T06:00:00.000Z'],
    ['2026-03-10T12:00:00Z', 'Asia/Tokyo', '2026-03-10T23:00:00.000Z'],
    ['2026-03-10T10:00:00Z', 'Pacific/Auckland', '2026-03-10T19:00:00.000Z'],
  ];
  for (const [time, timeZone, until] of cases)
    t.equal(quietUntil(new Date(time), night, timeZone)?.toISOString(), until, `${time} ${timeZone}`);
  const noon = { from: 12 * 60, until: 13 * 60 };
  t.equal(
    quietUntil(new Date('2026-03-10T12:30:00Z'), noon, 'UTC')?.toISOString(),
    '2026-03-10T13:00:00.000Z',
  );
  t.equal(quietUntil(new Date('2026-03-10T13:30:00Z'), noon, 'UTC'), undefined);
  for (const text of ['', '21-8', '24:00-08:00', '08:00-08:00', '21:00-08:60', '21:00'])
    t.equal(parseQuietHours(text), undefined, text);
  const zones: [country: string | undefined, timeZone: string | undefined][] = [
    ['GB', 'Europe/London'],
    ['AT', 'Europe/Vienna'],
    ['JP', 'Asia/Tokyo'],
    ['US', undefined],
    ['AU', undefined],
    ['', undefined],
    [undefined, undefined],
  ];
  for (const [country, timeZone] of zones) t.equal(timeZoneOf(country, at), timeZone, `${country}`);
});

t.test(
  'opting out: an update waits for the morning, comes too late or not at all, and a number that is gone ends it',
  async (t) => {
    const sent: Notice[] = [];
    let outcome: Outcome = { outcome: 'delivered' };
    const carrier: Carrier = {
      name: 'probe',
      async tell(notice) {
        sent.push(notice);
        return outcome;
      },
    };
    const ended: unknown[] = [];
    const night = new Date('2026-03-10T23:00:00.000Z');
    const subscription = {
      subscriptionId: 'sub_1',
      orderNumber: 'GG-1',
      consent: { given: true },
      channel: 'sms',
      destination: '+442071838750',
      status: 'active',
      createdAt: night,
      deliveries: [],
    };
    const tellAt = async (
      now: Date,
      tools: Record<string, unknown> & { subscriptions?: object } = {},
      createdAt = now,
    ) => {
      const handlers = handlersOf(
        { notifications: { name: 'probe', sms: carrier } },
        {
          now: () => now,
          updates: {
            validHours: 48,
            quietHours: parseQuietHours('21:00-08:00'),
            timeZone: 'America/New_York',
          },
          suppress: async (number: string) => void ended.push(['suppressed', number]),
          ...tools,
          subscriptions: {
            findById: async () => subscription,
            stop: async (which: object, by: string) => void ended.push([which, by]),
            ...tools.subscriptions,
          },
        },
      );
      const document = { orderNumber: 'GG-1', status: 'shipped', label: 'Shipped', at: createdAt, createdAt };
      const message = {
        id: '1',
        kind: 'order.update',
        attempt: 1,
        payload: { subscriptionId: 'sub_1' },
        document,
      };
      return handlers.notifications?.deliver(message, new AbortController().signal);
    };
    const morning = new Date('2026-03-11T08:00:00.000Z');
    t.same(await tellAt(night), { outcome: 'postponed', until: morning });
    t.same(await tellAt(morning), { outcome: 'delivered' });
    t.same(sent[0]?.validUntil, new Date('2026-03-13T08:00:00.000Z'));
    const late = new Date(morning.getTime() - 48 * 3_600_000);
    t.match(await tellAt(morning, {}, late), { outcome: 'skipped', reason: /too late/ });
    t.match(await tellAt(morning, { shopChanges: { hasLater: async () => true } }), {
      outcome: 'superseded',
    });
    const turn = (taken: string) => ({ subscriptions: { takeTurn: async () => taken } });
    t.match(await tellAt(morning, turn('overtaken')), { outcome: 'superseded' });
    t.match(await tellAt(morning, turn('busy')), {
      outcome: 'postponed',
      until: new Date(morning.getTime() + 2000),
    });
    t.equal(sent.length, 1, 'none of them was sent');
    outcome = { outcome: 'skipped', reason: 'answered 400 (21610)', gone: 'opted_out' };
    t.match(await tellAt(morning), { outcome: 'skipped' });
    outcome = { outcome: 'skipped', reason: 'answered 400 (21614)', gone: 'unreachable' };
    t.match(await tellAt(morning), { outcome: 'skipped' });
    const which = { destination: '+442071838750', channel: 'sms' };
    t.same(ended, [
      ['suppressed', '+442071838750'],
      [which, 'keyword'],
      [which, 'carrier'],
    ]);
  },
);

t.test('turns: one message to a customer at a time, and nothing earlier after it', async (t) => {
  const { app, db } = await build(t);
  const { subscriptions } = app.repositories;
  await db
    .collection('widgetOrderSubscriptions')
    .insertOne({ subscriptionId: 'sub_turn', orderNumber: 'GG-77' });
  const time = (minutes: number) => new Date(start.getTime() + minutes * 60_000);
  const take = (id: string, toldAt: number, now: number) =>
    subscriptions.takeTurn('sub_turn', { id, at: time(toldAt) }, time(now), time(now + 2));
  t.equal(await take('a', 10, 20), 'taken');
  t.equal(await take('b', 11, 20), 'busy', 'another is on its way');
  t.equal(await take('a', 10, 20), 'taken', 'the same again, after a crash');
  t.equal(await take('b', 11, 22), 'taken', 'or when nobody has ended it in time');
  await subscriptions.endTurn('sub_turn', 'a', time(10));
  t.equal(await take('c', 12, 22), 'busy', 'who comes late ends nothing');
  await subscriptions.endTurn('sub_turn', 'b', time(11));
  t.equal(await take('a', 10, 23), 'overtaken');
  t.equal(await take('c', 12, 23), 'taken');
  await subscriptions.endTurn('sub_turn', 'c', undefined);
  t.equal(await take('d', 11, 23), 'taken', 'what was not told overtakes nothing');
});
