// Keys, scopes and sessions: API1, API2, API3, API5 of the OWASP API Security Top 10 (2023).
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { inTurn, type Row, range, statusesOf } from './row.js';
import { KEYS, type Target } from './target.js';

interface Documented {
  method: string;
  path: string;
  scopes: string[];
}

type Paths = Record<string, Record<string, { security: { bearerKey?: string[] }[] }>>;

const OPERATIONS: Documented[] = Object.entries(
  parse(readFileSync('openapi.yaml', 'utf8')).paths as Paths,
).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { security }]) => ({
    method: method.toUpperCase(),
    path: path.replace(/\{\w+\}/g, 'GG-12004'),
    scopes: security.flatMap(({ bearerKey }) => bearerKey ?? []),
  })),
);
const KEYED = OPERATIONS.filter(({ scopes }) => scopes.length > 0);
const STAFF = KEYED.filter(({ scopes }) =>
  scopes.every((scope) =>
    /^(dashboard|privacy|analytics|inspiration:read|webhooks|metrics|.*:manage)/.test(scope),
  ),
);

const ask = (target: Target, { method, path }: Documented, headers: Record<string, string>) =>
  target.send(path, { method, headers, body: method === 'GET' ? undefined : {} });

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

export const accessRows: Row[] = [
  {
    on: 'API2 broken authentication',
    what: `${KEYED.length} operations without a key, with a wrong one, with the hash of one, with another scheme`,
    async run(target) {
      const hash = createHash('sha256').update(KEYS.widget).digest('hex');
      const shown = [
        {},
        bearer('not-a-key-of-anyone'),
        bearer(hash),
        { authorization: `Basic ${KEYS.widget}` },
      ];
      const answers = [];
      for (const operation of KEYED)
        for (const headers of shown) answers.push(await ask(target, operation, headers));
      return { holds: answers.every(({ status }) => status === 401), came: statusesOf(answers) };
    },
  },
  {
    on: 'API5 broken function level authorization',
    what: `${STAFF.length} operations of the staff with the key of the widget`,
    async run(target) {
      const answers = [];
      for (const operation of STAFF) answers.push(await ask(target, operation, bearer(KEYS.widget)));
      const metrics = await target.send('/metrics', { key: 'widget' });
      const all = [...answers, metrics];
      return { holds: all.every(({ status }) => status === 403), came: statusesOf(all) };
    },
  },
  {
    on: 'API5 broken function level authorization',
    what: 'acting, finance and personal data with a key that may only look at the dashboard',
    async run(target) {
      const act = { key: 'looker' as const, body: { action: 'done', version: 1, by: 'x' } };
      const acted = await target.send('/api/dashboard/support/tickets/x/actions', act);
      const order = await target.send('/api/dashboard/orders/GG-12004', { key: 'looker' });
      const erased = await target.send('/api/concierge/privacy/erase', {
        key: 'looker',
        body: { email: 'a@example.com' },
      });
      const isHidden =
        order.status === 200 && !/dana\.|@example\.com"/.test(order.text.replace(/•+@example\.com/g, ''));
      return {
        holds: acted.status === 403 && erased.status === 403 && isHidden,
        came: `${statusesOf([acted, erased])}; the order ${isHidden ? 'masked' : 'with an address'}`,
      };
    },
  },
  {
    on: 'API1 broken object level authorization',
    what: 'the conversation, list and hold of another session: by its hold, its list, and 300 guesses at its id',
    async run(target) {
      const owner = randomUUID();
      const stranger = randomUUID();
      const said = { messages: [{ id: 'm-1', role: 'user', content: 'zqsecret' }] };
      await target.send(`/api/concierge/sessions/${owner}/messages`, {
        method: 'PUT',
        key: 'widget',
        body: said,
      });
      const shortlist = [{ id: 'RNG-101' }];
      const hold = await target.send('/api/concierge/capsule', {
        key: 'widget',
        body: { sessionId: owner, shortlist },
      });
      const change = { action: 'release', sessionId: stranger, version: 1 };
      const path = `/api/concierge/capsules/${hold.body.reservationId ?? 'none'}`;
      const released = await target.send(path, { method: 'PATCH', key: 'widget', body: change });
      const begun = Math.floor(Date.now() / 1000);
      const names = range(300).map((n) => (n % 2 ? `widget-${begun - n}` : randomUUID()));
      const guesses = await inTurn(names.length, (n) =>
        target.send(`/api/concierge/sessions/${names[n]}`, { key: 'widget' }),
      );
      const all = [released, ...guesses];
      return {
        holds: all.every(({ status, text }) => status >= 400 && !text.includes('zqsecret')),
        came: statusesOf(all),
      };
    },
  },
  {
    on: 'API1 broken object level authorization',
    what: 'a conversation kept under an id that is guessed: a time, a counter, words, a UUID of version 7',
    async run(target) {
      const ids = [
        'widget-1764450000',
        `session-${Date.now()}`,
        'session-of-the-customer-ada',
        '019ac2f5-8c00-7a5b-9c3d-2f1e4b6a8d70',
      ];
      const messages = [{ id: 'm-1', role: 'user', content: 'hello' }];
      const answers = await inTurn(ids.length, (n) =>
        target.send(`/api/concierge/sessions/${ids[n]}/messages`, {
          method: 'PUT',
          key: 'widget',
          body: { messages },
        }),
      );
      return { holds: answers.every(({ status }) => status === 400), came: statusesOf(answers) };
    },
  },
  {
    on: 'API1 broken object level authorization',
    what: 'taking over an image that another session has announced',
    async run(target) {
      const [owner, stranger] = [randomUUID(), randomUUID()];
      const image = { sessionId: owner, fileName: 'ring.png', contentType: 'image/png', sizeBytes: 68 };
      const announced = await target.send('/api/concierge/inspiration', { key: 'widget', body: image });
      const path = `/api/concierge/inspiration/${announced.body.inspirationId}/complete`;
      const answers = [
        await target.send(path, { key: 'widget', body: { sessionId: stranger } }),
        await target.send(path, { key: 'widget', body: {} }),
      ];
      return {
        holds: announced.status === 201 && answers.every(({ status }) => status === 404 || status === 400),
        came: statusesOf(answers),
      };
    },
  },
  {
    on: 'idempotency',
    what: "an upload, and a saved list, with the idempotency key of another customer's",
    async run(target) {
      const image = Buffer.from(
        'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
        'base64',
      );
      const headers = { 'idempotency-key': 'the-same-for-both-1' };
      const upload = (sessionId: string) => {
        const form = new FormData();
        form.append('sessionId', sessionId);
        form.append('file', new Blob([image], { type: 'image/png' }), 'ring.png');
        return target.send('/api/concierge/inspiration', { key: 'widget', body: form, headers });
      };
      const save = (sessionId: string, id: string) =>
        target.send('/api/concierge/shortlist', {
          key: 'widget',
          body: { sessionId, items: [{ id }] },
          headers,
        });
      const [mine, theirs] = [randomUUID(), randomUUID()];
      const [first, second] = [await upload(mine), await upload(theirs)];
      const lists = [await save(mine, 'RNG-101'), await save(theirs, 'EAR-301')];
      const isOwn =
        first.body.inspirationId !== second.body.inspirationId && !lists[1]?.text.includes('RNG-101');
      return {
        holds: isOwn && second.status === 201,
        came: `${statusesOf([first, second, ...lists])}; each its own`,
      };
    },
  },
  {
    on: 'API3 broken object property level authorization',
    what: 'fields that a caller may not set: status, expiry, version, moderation, price',
    async run(target) {
      const sessionId = randomUUID();
      const forged = {
        status: 'converted',
        expiresAt: '2099-01-01T00:00:00Z',
        version: 99,
        reservationId: 'cap_mine',
        _id: 'x',
      };
      const body = {
        sessionId,
        shortlist: [{ id: 'RNG-103', price: 0.01, inventory: { quantity: 999 } }],
        ...forged,
      };
      const hold = await target.send('/api/concierge/capsule', { key: 'widget', body });
      const kept = await target.db.collection('capsuleHolds').findOne({ sessionId });
      const isOurs =
        kept === null ||
        (kept.status === 'active' &&
          kept.reservationId !== 'cap_mine' &&
          kept.version !== 99 &&
          kept.expiresAt < new Date('2098-01-01'));
      return {
        holds: isOurs && hold.status < 500,
        came: `${hold.status}; ${isOurs ? 'none was taken over' : 'taken over'}`,
      };
    },
  },
  {
    on: 'API3 broken object property level authorization',
    what: 'what an order number alone tells: email, name, street, whole tracking number',
    async run(target) {
      const documents = await target.db.collection('orders').find().toArray();
      const leaks: string[] = [];
      for (const { orderNumber, customerEmail, shipping } of documents.slice(0, 20)) {
        const { text } = await target.send('/api/concierge/orders/status', {
          key: 'widget',
          body: { orderNumber, sessionId: randomUUID() },
        });
        for (const secret of [
          customerEmail,
          shipping?.address,
          shipping?.name,
          shipping?.trackingNumber,
          shipping?.postalCode,
        ])
          if (secret && text.includes(String(secret))) leaks.push(`${orderNumber}: ${secret}`);
      }
      return {
        holds: leaks.length === 0,
        came: leaks.length === 0 ? 'none of it, of 20 orders' : leaks.join('; '),
      };
    },
  },
];
