// Limits as a weapon: what a stranger does must not refuse a correct call of somebody else.
import { randomUUID } from 'node:crypto';
import { inTurn, type Row, range, statusesOf } from './row.js';
import type { Target } from './target.js';

const STATUS = '/api/concierge/orders/status';
const from = (n: number) => ({ 'x-forwarded-for': `203.0.113.${n}` });

const honest = async (target: Target, n: number) => [
  await target.send(STATUS, { key: 'widget', body: { orderNumber: 'GG-12004' } }),
  await target.send(STATUS, {
    key: 'widget',
    body: { orderNumber: 'GG-12005', sessionId: randomUUID() },
    headers: from(n),
  }),
  await target.send('/api/concierge/products', {
    key: 'widget',
    body: { category: 'ring', sessionId: randomUUID() },
    headers: from(n),
  }),
];

export const limitRows: Row[] = [
  {
    on: 'limits as a weapon',
    what: '150 wrong numbers without a session, then right ones of others',
    async run(target) {
      const wrong = await inTurn(150, (n) =>
        target.send(STATUS, { key: 'widget', body: { orderNumber: `GG-77${n}` } }),
      );
      const right = await honest(target, 1);
      return {
        holds: right.every(({ status }) => status === 200),
        came: `${statusesOf(wrong)}; the right ones ${statusesOf(right)}`,
      };
    },
  },
  {
    on: 'limits as a weapon',
    what: '600 misses of 600 sessions, from as many addresses, then right ones: slower for misses only',
    isLong: true,
    async run(target) {
      const miss = (n: number) =>
        target.send(STATUS, {
          key: 'widget',
          body: { orderNumber: `GG-66${n}`, sessionId: randomUUID() },
          headers: { 'x-forwarded-for': `198.19.${n >> 8}.${n & 255}` },
        });
      const wrong = (await inTurn(20, (n) => Promise.all(range(30).map((m) => miss(30 * n + m))))).flat();
      const right = await honest(target, 2);
      const page = await target.send('/metrics', { key: 'staff' });
      const isTold = /^concierge_order_misses_total [1-9]\d{2}/m.test(page.text);
      return {
        holds: isTold && right.every(({ status }) => status === 200),
        came: `${statusesOf(wrong)}; told; the right ones ${statusesOf(right)}`,
      };
    },
  },
  {
    on: 'limits as a weapon',
    what: "a shop's 200 customers behind its one server, none of whom is named",
    async run(target) {
      const answers = await Promise.all(
        Array.from({ length: 200 }, () =>
          target.send('/api/concierge/products', { key: 'widget', body: { sessionId: randomUUID() } }),
        ),
      );
      return { holds: answers.every(({ status }) => status === 200), came: statusesOf(answers) };
    },
  },
  {
    on: 'limits as a weapon',
    what: "300 events of a page, then its customer's calls",
    async run(target) {
      const sessionId = randomUUID();
      const event = { event: 'aurora_widget_open', sessionId };
      const events = await inTurn(300, () =>
        target.send('/api/analytics/events', { key: 'widget', body: event }),
      );
      const calls = await inTurn(5, () =>
        target.send('/api/concierge/products', { key: 'widget', body: { sessionId } }),
      );
      return {
        holds: calls.every(({ status }) => status === 200),
        came: `${statusesOf(events)}; the calls ${statusesOf(calls)}`,
      };
    },
  },
  {
    on: 'limits as a weapon',
    what: '30 text messages to strangers for one order, and by one session',
    async run(target) {
      const text = (orderNumber: string, sessionId: string, n: number) =>
        target.send('/api/concierge/order-updates', {
          key: 'widget',
          body: {
            sessionId,
            orderNumber,
            consent: true,
            contact: { channel: 'sms', value: `+1202555${String(100 + n).padStart(4, '0')}` },
          },
          headers: { 'x-forwarded-for': `203.0.113.${100 + n}` },
        });
      const ofOrder = await inTurn(15, (n) => text('GG-12004', randomUUID(), n));
      const sessionId = randomUUID();
      const ofSession = await inTurn(15, (n) => text(`GG-${12_001 + n}`, sessionId, 40 + n));
      const sent = await target.db.collection('widgetOrderSubscriptions').countDocuments({ channel: 'sms' });
      return { holds: sent <= 6, came: `${statusesOf([...ofOrder, ...ofSession])}; ${sent} would be sent` };
    },
  },
];
