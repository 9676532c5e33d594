import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Db } from 'mongodb';
import t, { type Test } from 'tap';
import { buildApp } from '../../src/app.js';
import { loadConfig } from '../../src/config/load.js';
import { keyOf, WIDGET_SCOPES } from '../../src/platform/keys/keys.js';
import { smtpReceiver } from '../connectors/smtp-receiver.js';
import { build, call, database, environment, KEY } from '../helper.js';
import { declined, refused } from '../problem.js';

const PATH = '/api/concierge/orders/returns';
const VERIFY = '/api/concierge/orders/verify';
const CONFIRM = '/api/concierge/orders/returns/confirm';
const STATUS = '/api/concierge/orders/status';
const NOW = new Date('2026-08-20T15:00:00Z');
const HOUR_MS = 60 * 60_000;
const OWNER = 'ada.owner@example.com';
const POSTAL_CODE = '10115';
const STRANGER = 'mallory@stranger.example';

const order = (number: number) => ({
  orderNumber: `GG-${number}`,
  customerEmail: OWNER,
  status: 'delivered',
  items: [
    { lineId: 'a', sku: 'RNG-120', title: 'Secret Halo Ring', quantity: 1 },
    { lineId: 'b', sku: 'BRC-405', title: 'Secret Bracelet', quantity: 2 },
  ],
  shipping: {
    postalCode: POSTAL_CODE,
    shippedAt: new Date('2026-08-12'),
    deliveredAt: new Date('2026-08-15'),
  },
  statusHistory: [{ status: 'delivered', label: 'Delivered', date: new Date('2026-08-15') }],
  createdAt: new Date('2026-08-05'),
});

interface Shop {
  app: FastifyInstance;
  db: Db;
  post: (path: string, body: object, headers?: Record<string, string>) => ReturnType<typeof call>;
  /** Delivers what is enqueued, and gives the mails that came of it. */
  mails: () => Promise<{ to: string[]; text: string }[]>;
  later: (hours: number) => void;
}

/** A shop as in production: nobody is trusted. */
async function shop(t: Test, env: NodeJS.ProcessEnv = {}): Promise<Shop> {
  const db = await database(t);
  await db.collection('orders').insertMany(Array.from({ length: 30 }, (_, nth) => order(501 + nth)));
  const { port, emails } = await smtpReceiver(t);
  let at = NOW;
  const { app } = await build(t, {
    db,
    now: () => at,
    env: {
      ORDERS_PROOF: 'required',
      DISPATCHER: 'inline',
      PUBLIC_URL: 'https://concierge.example',
      SMTP_URL: `smtp://127.0.0.1:${port}`,
      CONNECTOR_TIMEOUT_MS: '30000',
      EMAIL_FROM: 'concierge@shop.example',
      ...env,
    },
  });
  return {
    app,
    db,
    post: (path, body, headers) => call(app, path, body, headers),
    async mails() {
      await app.dispatcher.drain();
      // delivered at least once: a mailbox knows a repeat by its id
      const once = new Map(
        emails.splice(0).map((email) => [/^Message-ID: (.*)$/im.exec(email.data)?.[1], email]),
      );
      return [...once.values()].map(({ to, data }) => ({
        to: to.map((one) => one.replace(/[<>]/g, '')),
        text: plain(data),
      }));
    },
    later(hours) {
      at = new Date(at.getTime() + hours * HOUR_MS);
    },
  };
}

// As it is sent: quoted-printable, in lines.
const plain = (data: string): string =>
  data
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));

const untouched = async (t: Test, db: Db, orderNumber: string) => {
  const found = await db.collection('orders').findOne({ orderNumber }, { projection: { _id: 0 } });
  t.same(found, order(Number(orderNumber.slice(3))), `${orderNumber} is as it was`);
  t.equal(await db.collection('returns').countDocuments({ orderNumber }), 0, 'and has no RMA');
};

const linkIn = (text: string): string =>
  /https:\/\/concierge\.example(\S+confirm\?token=\S+)/.exec(text)?.[1] ?? '';
const codeIn = (text: string): string => /\n([0-9A-Z]{4}-[0-9A-Z]{4})\r?\n/.exec(text)?.[1] ?? '';

const ASKS: [who: string, body: object, headers?: Record<string, string>][] = [
  ['with a session', { sessionId: randomUUID() }],
  ['without a session', {}],
  [
    'with an address of their own',
    { sessionId: randomUUID(), contact: { email: STRANGER, phone: '+12025550123' } },
  ],
  ['naming a piece', { items: [{ sku: 'RNG-120' }], contact: { email: STRANGER } }],
  ['naming a piece that is not in the order', { items: [{ sku: 'NOT-IN-IT' }] }],
  ['nested, as the route of the shop does', { selection: { option: 'return', reason: 'gift' } }],
  ['with an idempotency key', { sessionId: randomUUID() }, { 'idempotency-key': 'key-of-a-stranger' }],
];

t.test(
  'returns: a stranger with an order number opens a return: it is unconfirmed, and nothing is changed or told',
  async (t) => {
    for (const [who, body, headers] of ASKS)
      await t.test(who, async (t) => {
        const { db, post, mails } = await shop(t);
        const answer = await post(PATH, { option: 'return', orderNumber: 'GG-501', ...body }, headers);
        t.equal(answer.statusCode, 201);
        t.match(answer.json(), {
          ok: true,
          status: 'unconfirmed',
          rmaId: /^RMA-/,
          option: 'return',
          orderNumber: 'GG-501',
          expiresAt: new Date(NOW.getTime() + 48 * HOUR_MS).toISOString(),
          message:
            /confirm it within 48 hours by the link that we have sent to the email address of the order/,
        });
        t.notOk('labelUrl' in answer.json(), 'there is no slip');
        t.notMatch(answer.body, /Secret|\bada\b|example\.com|stranger/, 'nothing of the order is told');
        await untouched(t, db, 'GG-501');
        const sent = await mails();
        t.equal(sent.length, 1);
        t.same(sent[0]?.to, [OWNER], 'the owner is asked, and nobody else');
        t.notMatch(sent[0]?.text, /stranger\.example/);
        t.notMatch(
          JSON.stringify(await db.collection('unconfirmedReturns').find().toArray()),
          /stranger|2025550123/,
        );
      });
  },
);

t.test(
  'returns: an unconfirmed return refuses for the order as a whole, never for what is in it',
  async (t) => {
    const { db, post, mails } = await shop(t);
    const orders = db.collection('orders');
    await orders.updateOne({ orderNumber: 'GG-501' }, { $set: { status: 'cancelled' } });
    await orders.updateOne(
      { orderNumber: 'GG-502' },
      { $set: { items: [{ sku: 'X', title: 'Secret', tags: ['engraved'] }] } },
    );
    declined(t, await post(PATH, { option: 'return', orderNumber: 'GG-501' }), 'order_ended');
    for (const items of [undefined, [{ sku: 'X' }], [{ sku: 'Y' }], [{ lineId: 'b', quantity: 9 }]]) {
      const answer = await post(PATH, { option: 'return', orderNumber: items ? 'GG-503' : 'GG-502', items });
      t.equal(answer.json().status, 'unconfirmed', JSON.stringify(items));
    }
    refused(t, await post(PATH, { option: 'return', orderNumber: 'GG-999' }), {
      status: 404,
      code: 'order.not_found',
    });
    t.ok((await mails()).every(({ to }) => to.join() === OWNER));
  },
);

t.test('strangers walk the numbers: no RMA, no order in return, and mail to the owner only', async (t) => {
  const { db, post, mails } = await shop(t);
  for (let number = 501; number <= 530; number++) {
    await post(PATH, { option: 'return', orderNumber: `GG-${number}`, contact: { email: STRANGER } });
    await untouched(t, db, `GG-${number}`);
  }
  t.ok((await mails()).every(({ to }) => to.join() === OWNER));
});

t.test(
  '120 strangers at once ask for one order: three wait, the owner has three mails, and proves the order all the same',
  async (t) => {
    const { db, post, mails } = await shop(t);
    const answers = await Promise.all(
      Array.from({ length: 120 }, (_, nth) =>
        post(PATH, {
          option: ['return', 'resize', 'care'][nth % 3],
          orderNumber: 'GG-501',
          sessionId: randomUUID(),
          notes: `stranger ${nth}`,
          items: nth % 2 ? [{ lineId: 'b', quantity: (nth % 5) + 1 }] : undefined,
          contact: { email: `mallory-${nth}@stranger.example` },
        }),
      ),
    );
    t.same(
      [...new Set(answers.map(({ statusCode, body }) => (statusCode < 300 ? 'answered' : body)))],
      ['answered'],
    );
    t.equal(answers.filter(({ statusCode }) => statusCode === 201).length, 3);
    t.equal(await db.collection('unconfirmedReturns').countDocuments(), 3);
    declined(
      t,
      await post(PATH, { option: 'return', orderNumber: 'GG-501', newSize: 9 }),
      'confirmation_awaited',
    );
    const sent = await mails();
    t.equal(sent.length, 3);
    t.ok(sent.every(({ to }) => to.join() === OWNER));
    await untouched(t, db, 'GG-501');

    const sessionId = randomUUID();
    await post(STATUS, { sessionId, email: OWNER, postalCode: POSTAL_CODE, orderNumber: 'GG-501' });
    const own = await post(PATH, { option: 'return', orderNumber: 'GG-501', sessionId });
    t.match(own.json(), { ok: true, status: 'initiated', rmaId: /^RMA-/, labelUrl: /^http/ });
  },
);

t.test(
  'the owner confirms by the link: a look at it does nothing, a press opens the return, a second is harmless',
  async (t) => {
    const { app, db, post, mails } = await shop(t);
    const asked = await post(PATH, {
      option: 'return',
      orderNumber: 'GG-501',
      reason: 'gift',
      sessionId: randomUUID(),
    });
    const { rmaId } = asked.json();
    const link = linkIn((await mails())[0]?.text ?? '');
    t.match(link, CONFIRM);
    for (const method of ['GET', 'HEAD'] as const) await app.inject({ method, url: link });
    const page = await app.inject({ url: link });
    t.match(page.body, new RegExp(`<form method="post"><button>Confirm ${rmaId}`));
    t.match(page.headers['content-security-policy'], /default-src 'none'/);
    t.equal(page.headers['cache-control'], 'no-store');
    await untouched(t, db, 'GG-501');

    const press = (accept: string) =>
      app.inject({
        method: 'POST',
        url: link,
        headers: { accept, 'content-type': 'application/x-www-form-urlencoded' },
        payload: '',
      });
    const done = await press('text/html');
    t.equal(done.statusCode, 200);
    t.match(done.body, new RegExp(`under way. Please quote ${rmaId}`));
    const rma = await db.collection('returns').findOne({ rmaId });
    t.match(rma, { status: 'initiated', option: 'return', reason: { code: 'gift' }, claims: { length: 3 } });
    t.match(await db.collection('orders').findOne({ orderNumber: 'GG-501' }), { status: 'return_pending' });
    const again = await press('application/json');
    t.match(again.json(), { ok: true, rmaId, status: 'initiated', labelUrl: /^http/ });
    t.equal(await db.collection('returns').countDocuments(), 1);
    t.match(await mails(), [{ to: [OWNER], text: new RegExp(rmaId) }], 'and the slip goes to the owner');
    t.match((await app.inject({ url: link })).body, /already/, 'the page says so from then on');
  },
);

t.test('returns: a link that is not ours, or has lapsed, opens nothing', async (t) => {
  const { app, db, post, mails, later } = await shop(t);
  const { rmaId } = (await post(PATH, { option: 'return', orderNumber: 'GG-501' })).json();
  const link = linkIn((await mails())[0]?.text ?? '');
  const press = (url: string) =>
    app.inject({ method: 'POST', url, headers: { 'content-type': 'application/json' }, payload: {} });
  for (const token of [rmaId, `${rmaId}.AAAA`, link.split('token=')[1]?.replace(rmaId, 'RMA-AAAA-AAAA'), ''])
    refused(
      t,
      await press(`${CONFIRM}?token=${token}`),
      {
        status: 400,
        code: token === '' ? 'request.invalid' : 'return.link_invalid',
      },
      `token ${token}`,
    );
  later(48);
  declined(t, await press(link), 'lapsed');
  t.match((await app.inject({ url: link })).body, /time has passed/);
  await untouched(t, db, 'GG-501');
  t.equal(
    (await post(PATH, { option: 'return', orderNumber: 'GG-501' })).statusCode,
    201,
    'and its place is free again',
  );
});

t.test(
  'returns: an unconfirmed return never blocks the owner, who then is told of it when using its link',
  async (t) => {
    const { app, db, post, mails } = await shop(t);
    const stranger = await post(PATH, { option: 'return', orderNumber: 'GG-501' });
    const link = linkIn((await mails())[0]?.text ?? '');
    const sessionId = randomUUID();
    await post(STATUS, { sessionId, email: OWNER, postalCode: POSTAL_CODE });
    await post(STATUS, { sessionId, orderNumber: 'GG-501', email: OWNER, postalCode: POSTAL_CODE });
    const own = await post(PATH, {
      option: 'return',
      orderNumber: 'GG-501',
      sessionId,
      contact: { email: 'ada@work.example' },
    });
    t.equal(own.statusCode, 201);
    t.match(own.json(), { status: 'initiated', labelUrl: /^http/ });
    t.not(own.json().rmaId, stranger.json().rmaId, 'it is one of their own');
    t.match(await mails(), [{ to: ['ada@work.example'], text: new RegExp(own.json().rmaId) }]);
    const pressed = await app.inject({
      method: 'POST',
      url: link,
      headers: { 'content-type': 'application/json' },
      payload: {},
    });
    t.match(pressed.json(), { ok: true, rmaId: own.json().rmaId }, 'the same wish is the same RMA');
    t.equal(await db.collection('returns').countDocuments(), 1);
  },
);

t.test('returns: a stranger beside the open return of the owner learns nothing of it', async (t) => {
  const { db, post, mails } = await shop(t);
  const sessionId = randomUUID();
  await post(STATUS, { sessionId, orderNumber: 'GG-501', email: OWNER, postalCode: POSTAL_CODE });
  const own = (await post(PATH, { option: 'return', orderNumber: 'GG-501', sessionId })).json();
  await mails();
  for (const body of [{}, { items: [{ lineId: 'a' }] }, { items: [{ lineId: 'b', quantity: 2 }] }]) {
    const answer = await post(PATH, {
      option: 'return',
      orderNumber: 'GG-501',
      sessionId: randomUUID(),
      ...body,
    });
    t.equal(answer.json().status, 'unconfirmed');
    t.notMatch(answer.body, new RegExp(own.rmaId));
    t.notOk('labelUrl' in answer.json());
  }
  t.equal(await db.collection('returns').countDocuments(), 1);
});

t.test('a code proves an order: asked for, sent to the address of the order, given back', async (t) => {
  const { post, mails } = await shop(t);
  const sessionId = randomUUID();
  const asked = await post(VERIFY, {
    sessionId,
    orderNumber: ' gg-501 ',
    email: STRANGER,
    contact: { email: STRANGER },
  });
  t.match(asked.json(), { ok: true, status: 'sent', message: /If we know this order/ });
  const [mail, ...none] = await mails();
  t.same(none, []);
  t.same(mail?.to, [OWNER]);
  const code = codeIn(mail?.text ?? '');
  t.match(code, /^\w{4}-\w{4}$/);
  declined(t, await post(VERIFY, { sessionId, orderNumber: 'GG-501', code: 'AAAA-AAAA' }), 'code_wrong');
  t.equal(
    (await post(PATH, { option: 'return', orderNumber: 'GG-501', sessionId })).json().status,
    'unconfirmed',
  );
  const proved = await post(VERIFY, {
    sessionId,
    orderNumber: 'GG-501',
    code: ` ${code.toLowerCase().replace('-', ' ')}`,
  });
  t.match(proved.json(), { ok: true, status: 'verified' });
  const own = await post(PATH, { option: 'return', sessionId });
  t.match(own.json(), { ok: true, status: 'initiated', orderNumber: 'GG-501', labelUrl: /^http/ });
  const other = await post(PATH, { option: 'return', orderNumber: 'GG-501', sessionId: randomUUID() });
  t.equal(other.json().status, 'unconfirmed', 'it is proved in that session alone');
});

t.test('returns: asking for a code tells nobody whether there is such an order', async (t) => {
  const { db, post, mails } = await shop(t);
  await db.collection('orders').insertOne({ ...order(777), customerEmail: undefined });
  const ask = async (orderNumber: string, code?: string) => {
    const answer = await post(VERIFY, { sessionId: randomUUID(), orderNumber, code });
    return { status: answer.statusCode, body: { ...answer.json(), requestId: '' } };
  };
  const known = await ask('GG-501');
  t.same(await ask('GG-99999'), known, 'an unknown one');
  t.same(await ask('GG-777'), known, 'one without an address');
  const wrong = await ask('GG-501', 'AAAA-AAAA');
  t.equal(wrong.body.reason, 'code_wrong');
  for (const number of ['GG-99999', 'GG-777', 'GG-502'])
    t.same(await ask(number, 'AAAA-AAAA'), wrong, number);
  t.equal((await mails()).length, 1);
  refused(t, await post(VERIFY, { sessionId: randomUUID() }), { status: 400, code: 'request.invalid' });
});

t.test(
  'strangers who ask for codes all day: the owner has a few mails, and the code in them works',
  async (t) => {
    const { post, mails, later } = await shop(t);
    await Promise.all(
      Array.from({ length: 60 }, (_, nth) =>
        post(VERIFY, { sessionId: randomUUID(), orderNumber: `GG-${501 + (nth % 20)}` }),
      ),
    );
    const sent = await mails();
    const codes = [...new Set(sent.map(({ text }) => codeIn(text)))];
    t.equal(codes.length, 1, 'all with the same code');
    for (let guess = 0; guess < 50; guess++)
      await post(VERIFY, { sessionId: randomUUID(), orderNumber: 'GG-501', code: `AAAA-${1000 + guess}` });

    later(11);
    const sessionId = randomUUID();
    t.equal((await post(VERIFY, { sessionId, orderNumber: 'GG-501' })).json().status, 'sent');
    sent.push(...(await mails()));
    t.equal(sent.length, 4, 'whichever of the orders of one mailbox is asked for, and however often');
    t.equal(
      (await post(VERIFY, { sessionId, orderNumber: 'GG-501', code: codes[0] })).json().status,
      'verified',
    );
    later(1);
    declined(
      t,
      await post(VERIFY, { sessionId: randomUUID(), orderNumber: 'GG-501', code: codes[0] }),
      'code_wrong',
    );
    await post(VERIFY, { sessionId, orderNumber: 'GG-501' });
    const [next] = await mails();
    t.not(codeIn(next?.text ?? ''), codes[0], 'after twelve hours it is another one');
  },
);

t.test(
  'returns: codes are limited by session, and the shop that vouches for its callers needs none',
  async (t) => {
    const { post } = await shop(t, { RATE_LIMIT_VERIFY: '3' });
    const sessionId = randomUUID();
    for (let nth = 0; nth < 3; nth++)
      t.equal((await post(VERIFY, { sessionId, orderNumber: 'GG-501' })).statusCode, 200);
    refused(t, await post(VERIFY, { sessionId, orderNumber: 'GG-501' }), {
      status: 429,
      code: 'rate_limit.exceeded',
    });
    t.equal(
      (await post(VERIFY, { sessionId: randomUUID(), orderNumber: 'GG-501' })).statusCode,
      200,
      'the owner is another session',
    );
  },
);

t.test('returns: a key with orders:trusted, and ORDERS_PROOF=trusted, open a return at once', async (t) => {
  const db = await database(t);
  await db.collection('orders').insertMany([order(501), order(502)]);
  const config = loadConfig(await environment(db, { ORDERS_PROOF: 'required' }), {});
  const vouching = keyOf('key-of-a-shop-that-checks', [...WIDGET_SCOPES, 'orders:trusted']);
  const app = await buildApp({ ...config, apiKeys: [...config.apiKeys, vouching] }, { now: () => NOW });
  t.teardown(() => app.close());
  await app.ready();
  const ask = (key: string, orderNumber: string) =>
    call(app, PATH, { option: 'return', orderNumber }, { authorization: `Bearer ${key}` });
  t.match((await ask('key-of-a-shop-that-checks', 'GG-501')).json(), {
    status: 'initiated',
    labelUrl: /^http/,
  });
  t.match((await ask(KEY, 'GG-502')).json(), { status: 'unconfirmed' });
  const { app: trusting } = await build(t, { db, now: () => NOW, env: { ORDERS_PROOF: 'trusted' } });
  t.match((await call(trusting, PATH, { option: 'return', orderNumber: 'GG-502' })).json(), {
    status: 'initiated',
  });
});
