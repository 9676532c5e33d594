// Finding other people's orders: API6 of the OWASP API Security Top 10 (2023), and the rules of the shop.
import { randomUUID } from 'node:crypto';
import { inTurn, type Row, statusesOf } from './row.js';

const STATUS = '/api/concierge/orders/status';
/** A stranger with as many addresses as he likes. */
const from = (n: number) => ({ 'x-forwarded-for': `198.18.${n >> 8}.${n & 255}` });

export const orderRows: Row[] = [
  {
    on: 'API6 unrestricted access to sensitive business flows',
    what: "512 guesses at one email's postal code, a new session and address for each, then the right one",
    async run(target) {
      const order = await target.db.collection('orders').findOne({ orderNumber: 'GG-12008' });
      const email = String(order?.customerEmail);
      const guess = (n: number, postalCode: string) =>
        target.send(STATUS, {
          key: 'widget',
          body: { sessionId: randomUUID(), email, postalCode },
          headers: from(n),
        });
      const answers = await inTurn(512, (n) => guess(n, String(10_000 + n)));
      const right = await guess(600, String(order?.shipping?.postalCode));
      const tried = answers.filter(({ status }) => status === 404).length;
      return {
        holds: tried <= 10 && right.status === 429,
        came: `${statusesOf(answers)}; the right one ${right.status}`,
      };
    },
  },
  {
    on: 'API6 unrestricted access to sensitive business flows',
    what: 'the same at an order by its number, in ten ways of writing it',
    async run(target) {
      const spellings = [
        'GG-12010',
        'gg-12010',
        '#GG-12010',
        'GG12010',
        ' GG 12010 ',
        'GG–12010',
        'ＧＧ-12010',
        'gg12010',
        'GG-\u200b12010',
        'GG‑12010',
      ];
      const answers = await inTurn(60, (n) => {
        const body = {
          sessionId: randomUUID(),
          orderNumber: spellings[n % 10],
          email: `a${n}@example.com`,
          postalCode: String(n),
        };
        return target.send(STATUS, { key: 'widget', body, headers: from(1000 + n) });
      });
      const tried = answers.filter(({ status }) => status === 404).length;
      return { holds: tried <= 10, came: statusesOf(answers) };
    },
  },
  {
    on: 'API6 unrestricted access to sensitive business flows',
    what: 'walking order numbers: by one session, and by a session each from one network',
    async run(target) {
      const sessionId = randomUUID();
      const number = (n: number) => `GG-${12_001 + (n % 27)}${n > 26 ? n : ''}`;
      const one = await inTurn(60, (n) =>
        target.send(STATUS, {
          key: 'widget',
          body: { sessionId, orderNumber: number(n) },
          headers: from(2000 + n),
        }),
      );
      const network = await inTurn(200, (n) => {
        const headers = { 'x-forwarded-for': `[2001:db8:7:1::${(n + 1).toString(16)}]:${4000 + n}` };
        return target.send(STATUS, {
          key: 'widget',
          body: { sessionId: randomUUID(), orderNumber: `GG-5${n}` },
          headers,
        });
      });
      const found = network.filter(({ status }) => status !== 429).length;
      return {
        holds: one.filter(({ status }) => status !== 429).length <= 40 && found <= 10,
        came: `one session: ${statusesOf(one)}; one network: ${statusesOf(network)}`,
      };
    },
  },
];
