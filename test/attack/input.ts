// What is sent: API4, API7, API10 of the OWASP API Security Top 10 (2023), and injection.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inTurn, type Row, statusesOf } from './row.js';

const STATUS = '/api/concierge/orders/status';
const SHORTLIST = '/api/concierge/shortlist';

export const inputRows: Row[] = [
  {
    on: 'injection',
    what: 'operators of the database, prototypes and code in the place of texts',
    async run(target) {
      const before = JSON.stringify(await target.db.collection('orders').find().toArray());
      const VALUES = [
        { $gt: '' },
        { $ne: null },
        [{ $regex: '.*' }],
        { $where: 'sleep(1000)' },
        { $function: {} },
      ];
      const bodies = [
        ...VALUES.flatMap((value) => [
          { orderNumber: value },
          { email: value, postalCode: value },
          { lookup: value },
        ]),
        '{"__proto__":{"isStaff":true},"orderNumber":"GG-1"}',
        '{"constructor":{"prototype":{"isStaff":true}},"orderNumber":"GG-1"}',
        { orderNumber: "GG-1' || '1'=='1" },
        { orderNumber: '.*' },
      ];
      const answers = await inTurn(bodies.length, (n) =>
        target.send(STATUS, { key: 'widget', body: bodies[n] }),
      );
      const isSame = JSON.stringify(await target.db.collection('orders').find().toArray()) === before;
      return {
        holds: isSame && answers.every(({ status }) => status === 400 || status === 404),
        came: statusesOf(answers),
      };
    },
  },
  {
    on: 'API4 unrestricted resource consumption',
    what: 'bodies that are too large, too deep, too long, with an idempotency key and without',
    async run(target) {
      const sessionId = randomUUID();
      const deep = (levels: number) =>
        `{"sessionId":"${sessionId}","items":[],"x":${'['.repeat(levels)}${']'.repeat(levels)}}`;
      const items = Array.from({ length: 5000 }, (_, n) => ({ id: `P-${n}` }));
      const BODIES = [
        deep(8000),
        deep(400_000),
        JSON.stringify({ sessionId, items }),
        JSON.stringify({ sessionId, items: [], x: 'y'.repeat(2_000_000) }),
      ];
      const answers = [];
      for (const body of BODIES)
        for (const key of [undefined, `key-${randomUUID()}`])
          answers.push(
            await target.send(SHORTLIST, {
              key: 'widget',
              body,
              headers: key ? { 'idempotency-key': key } : {},
            }),
          );
      answers.push(await target.send('/api/concierge/products', { key: 'widget', body: { limit: 100_000 } }));
      answers.push(
        await target.send('/api/concierge/products', { key: 'widget', body: { q: 'x'.repeat(100_000) } }),
      );
      answers.push(await target.send('/api/neon/catalog?limit=100000', { key: 'widget' }));
      return {
        holds: answers.every(({ status }) => status >= 400 && status < 500),
        came: statusesOf(answers),
      };
    },
  },
  {
    on: 'API4 unrestricted resource consumption',
    what: '100 calls for the API document at once, and 40 honest searches meanwhile',
    async run(target) {
      const document = Array.from({ length: 100 }, (_, n) =>
        target.send(['/openapi.yaml', '/openapi.json', '/docs/yaml'][n % 3] ?? ''),
      );
      const honest = Array.from({ length: 40 }, () =>
        target.send('/api/concierge/products', { key: 'widget', body: { category: 'ring' } }),
      );
      const answers = await Promise.all(honest);
      await Promise.all(document);
      return {
        holds: answers.every(({ status }) => status === 200),
        came: `honest ones: ${statusesOf(answers)}`,
      };
    },
  },
  {
    on: 'API7 server side request forgery',
    what: 'addresses of a server inside, as pictures, links and files',
    async run(target) {
      let hits = 0;
      const inside = createServer((_request, response) => {
        hits += 1;
        response.end();
      });
      await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${(inside.address() as AddressInfo).port}/secret`;
      const sessionId = randomUUID();
      const piece = { id: 'RNG-101', title: 'x', image: url, imageUrl: url, url };
      const answers = [
        await target.send(SHORTLIST, { key: 'widget', body: { sessionId, items: [piece] } }),
        await target.send('/api/concierge/capsule', {
          key: 'widget',
          body: { sessionId, shortlist: [piece] },
        }),
        await target.send('/api/concierge/stylist', {
          key: 'widget',
          body: { sessionId, email: 'ada@example.com', notes: url, shortlist: [piece], uploads: [{ url }] },
        }),
        await target.send('/api/concierge/inspiration', {
          key: 'widget',
          body: { sessionId, fileName: url, contentType: 'image/png', sizeBytes: 10, url },
        }),
        await target.send('/api/concierge/products', {
          key: 'widget',
          body: {},
          headers: { 'x-forwarded-host': url, host: 'evil.example' },
        }),
      ];
      await new Promise((resolve) => inside.close(resolve));
      return {
        holds: hits === 0 && answers.every(({ status }) => status < 500),
        came: `${hits} fetched; ${statusesOf(answers)}`,
      };
    },
  },
  {
    on: 'API10 unsafe consumption of APIs',
    what: "the shop's webhook: unsigned, signed by someone else, and long ago",
    async run(target) {
      const body = { orderNumber: 'GG-12004', status: 'delivered', at: new Date().toISOString() };
      const path = '/internal/webhooks/orders/status';
      const headers = (seconds: number) => ({
        'webhook-id': 'msg_1',
        'webhook-timestamp': String(Math.floor(Date.now() / 1000) - seconds),
        'webhook-signature': `v1,${Buffer.alloc(32, 7).toString('base64')}`,
      });
      const answers = [
        await target.send(path, { body }),
        await target.send(path, { key: 'widget', body }),
        await target.send(path, { key: 'staff', body }),
        await target.send(path, { key: 'staff', body, headers: headers(0) }),
        await target.send(path, { key: 'staff', body, headers: headers(3600) }),
      ];
      const order = await target.db.collection('orders').findOne({ orderNumber: 'GG-12004' });
      return {
        holds:
          order?.status !== 'delivered' && answers.every(({ status }) => status === 401 || status === 403),
        came: statusesOf(answers),
      };
    },
  },
  {
    on: 'uploads',
    what: 'a program, a page and a script, each called an image',
    async run(target) {
      const FILES = [
        'MZ\u0090\u0000\u0003',
        '<!doctype html><script>alert(1)</script>',
        '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        'GIF89a<script>',
        '#!/bin/sh',
      ];
      const answers = await inTurn(FILES.length, (n) => {
        const form = new FormData();
        form.append('sessionId', randomUUID());
        form.append('file', new Blob([FILES[n] ?? ''], { type: 'image/png' }), '../../ring.png');
        return target.send('/api/concierge/inspiration', { key: 'widget', body: form });
      });
      return {
        holds: answers.every(({ status }) => status >= 400 && status < 500),
        came: statusesOf(answers),
      };
    },
  },
];
