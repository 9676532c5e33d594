// What a stranger can make of an order number: API6 of the OWASP API Security Top 10 (2023).
import { randomUUID } from 'node:crypto';
import { inTurn, type Row, range, statusesOf } from './row.js';
import type { Answer, Target } from './target.js';

const RETURNS = '/api/concierge/orders/returns';
const VERIFY = '/api/concierge/orders/verify';
const STRANGER = 'mallory@stranger.example';

const post = (target: Target, path: string, body: object) => target.send(path, { key: 'widget', body });

/** How often each outcome came: the status of the body, the reason of a refusal, or the status of a problem. */
function outcomesOf(answers: readonly Answer[]): string {
  const outcomes = answers.map(({ status, body }) => String(body.reason ?? body.status ?? status));
  return [...new Set(outcomes)]
    .map((outcome) => `${outcome} ×${outcomes.filter((one) => one === outcome).length}`)
    .join(', ');
}

async function ownerOf(target: Target, orderNumber: string) {
  const order = await target.db.collection('orders').findOne({ orderNumber });
  return { email: String(order?.customerEmail), postalCode: String(order?.shipping?.postalCode), order };
}

/** To whom the mails went that were sent, and whether any says something of the stranger. */
async function mailed(target: Target) {
  const mails = await target.mails();
  const to = mails.flatMap((mail) => mail.to.map((one) => one.replace(/[<>]/g, '')));
  return { mails, to, isTold: mails.some(({ data }) => data.includes('stranger')) };
}

/** A session whose customer has proved the order. */
async function proved(target: Target, orderNumber: string): Promise<string> {
  const { email, postalCode } = await ownerOf(target, orderNumber);
  const sessionId = randomUUID();
  await post(target, '/api/concierge/orders/status', { sessionId, orderNumber, email, postalCode });
  return sessionId;
}

export const flowRows: Row[] = [
  {
    on: 'API6 unrestricted access to sensitive business flows',
    what: 'returns of 27 orders by their numbers, with and without a session, the mail to an address of his own',
    async run(target) {
      const { db } = target;
      await target.mails();
      const orders = () => db.collection('orders').find().sort({ orderNumber: 1 }).toArray();
      const before = JSON.stringify(await orders());
      const answers = await inTurn(27, (n) =>
        post(target, RETURNS, {
          option: ['return', 'resize', 'care'][n % 3],
          orderNumber: `GG-${12_001 + n}`,
          sessionId: n % 2 ? randomUUID() : undefined,
          contact: { email: STRANGER, phone: '+12025550123' },
          items: n % 5 ? undefined : [{ sku: 'RNG-101' }],
          newSize: 7,
        }),
      );
      const { to, isTold } = await mailed(target);
      const owners = new Set((await orders()).map(({ customerEmail }) => customerEmail));
      const rmas = await db.collection('returns').countDocuments();
      const isSame = JSON.stringify(await orders()) === before;
      const isShown = answers.some(({ text }) => /labelUrl|stranger|@example/.test(text));
      const isOurs = to.every((address) => owners.has(address)) && !isTold;
      return {
        holds:
          isSame &&
          rmas === 0 &&
          isOurs &&
          !isShown &&
          answers.some(({ body }) => body.status === 'unconfirmed'),
        came: `${outcomesOf(answers)}; ${rmas} RMAs, orders ${isSame ? 'as they were' : 'changed'}, ${to.length} mails, ${isOurs ? 'to the owners alone' : 'ASTRAY'}`,
      };
    },
  },
  {
    on: 'API6 unrestricted access to sensitive business flows',
    what: "confirming a return without its mail: a link that is made up, another's, the RMA's number",
    async run(target) {
      const asked = await post(target, RETURNS, { option: 'return', orderNumber: 'GG-12006' });
      const rmaId = String(asked.body.rmaId ?? 'RMA-AAAA-AAAA');
      const tokens = [
        rmaId,
        `${rmaId}.`,
        `${rmaId}.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA`,
        '',
        '../..',
      ];
      const answers = await inTurn(tokens.length, (n) =>
        target.send(`${RETURNS}/confirm?token=${encodeURIComponent(tokens[n] ?? '')}`, { body: {} }),
      );
      const rmas = await target.db.collection('returns').countDocuments();
      return {
        holds: rmas === 0 && answers.every(({ status }) => status === 400),
        came: `${statusesOf(answers)}; ${rmas} RMAs`,
      };
    },
  },
  {
    on: 'API2 broken authentication',
    what: "proving an order by 300 guesses at its code, a session each; by another order's code; in a session of a guessed name",
    async run(target) {
      const { email } = await ownerOf(target, 'GG-12005');
      await target.mails();
      const ask = (orderNumber: string, code?: string, sessionId: string = randomUUID()) =>
        post(target, VERIFY, { sessionId, orderNumber, code });
      const codeOf = async (orderNumber: string) => {
        await ask(orderNumber);
        const { mails } = await mailed(target);
        return /\n([0-9A-Z]{4}-[0-9A-Z]{4})\r?\n/.exec(mails[0]?.data ?? '')?.[1] ?? 'none came';
      };
      const code = await codeOf('GG-12005');
      const other = await codeOf('GG-12007');
      const letters = '23456789ABCDEFGHJKMNPQRSTVWXYZ';
      const guess = (n: number) =>
        [...range(8)].map((at) => letters[(n * 7 + at * 11) % letters.length]).join('');
      const guesses = await inTurn(300, (n) => ask('GG-12005', guess(n)));
      const one = randomUUID();
      const rotated = await inTurn(40, (n) => ask('GG-12005', guess(n), one));
      const foreign = [await ask('GG-12005', other), await ask('GG-12007', code)];
      const guessed = await ask('GG-12005', code, 'widget-1764450000');
      const floods = await inTurn(30, () => ask('GG-12005'));
      const { to } = await mailed(target);
      const right = await ask('GG-12005', code);
      const holds =
        [...guesses, ...foreign].every(({ body }) => body.reason === 'code_wrong') &&
        rotated.filter(({ status }) => status === 429).length >= 20 &&
        guessed.status === 400 &&
        floods.every(({ status }) => status === 200) &&
        to.length <= 3 &&
        to.every((address) => address === email) &&
        right.body.status === 'verified';
      return {
        holds,
        came: `${outcomesOf(guesses)}; one session: ${outcomesOf(rotated)}; foreign codes: ${outcomesOf(foreign)}; guessed session: ${guessed.status}; asked for 30 times more: ${to.length} mails; the right code: ${right.body.status ?? right.status}`,
      };
    },
  },
  {
    on: 'API6 unrestricted access to sensitive business flows',
    what: '120 strangers mailed from one order number: by updates, by returns, by codes',
    async run(target) {
      const { email } = await ownerOf(target, 'GG-12020');
      await target.mails();
      const updates = await inTurn(40, (n) =>
        post(target, '/api/concierge/order-updates', {
          sessionId: randomUUID(),
          orderNumber: 'GG-12020',
          contact: { channel: 'email', value: `friend-${n}@stranger.example` },
        }),
      );
      const returns = await inTurn(40, (n) =>
        post(target, RETURNS, {
          option: 'care',
          orderNumber: 'GG-12020',
          notes: `${n}`,
          contact: { email: `friend-${n}@stranger.example` },
        }),
      );
      const codes = await inTurn(40, () =>
        post(target, VERIFY, { sessionId: randomUUID(), orderNumber: 'GG-12020', email: STRANGER }),
      );
      const { to, isTold } = await mailed(target);
      return {
        holds: to.length <= 8 && !isTold && to.every((address) => address === email),
        came: `${outcomesOf([...updates, ...returns, ...codes])}; ${to.length} mails, ${new Set(to).size} address`,
      };
    },
  },
  {
    on: 'API6 unrestricted access to sensitive business flows',
    what: '40 ratings of one order by strangers, 12 by its owner',
    async run(target) {
      const rate = (sessionId: string, n: number) =>
        post(target, '/api/analytics/csat', {
          sessionId,
          rating: 1,
          intent: `i-${n}`,
          orderNumber: 'GG-12004',
        });
      await inTurn(40, (n) => rate(randomUUID(), n));
      const { order } = await ownerOf(target, 'GG-12004');
      for (const n of range(12)) await rate(await proved(target, 'GG-12004'), n);
      const kept = await target.db.collection('csatFeedback').countDocuments({ orderNumber: 'GG-12004' });
      return {
        holds: order?.csatRating === undefined && kept > 0 && kept <= 10,
        came: `strangers: score of the order ${order?.csatRating ?? 'untouched'}; its owner: ${kept} of 12 on it`,
      };
    },
  },
  {
    on: 'API6 unrestricted access to sensitive business flows',
    what: '60 tickets: of one session, and of 60 sessions under the address of somebody else, who then asks too',
    async run(target) {
      const ask = (sessionId: string, email: string, n: number) =>
        post(target, '/api/concierge/stylist', { sessionId, email, notes: `Flood ${n}` });
      const sessionId = randomUUID();
      const one = await inTurn(20, (n) => ask(sessionId, `one-${n}@stranger.example`, n));
      const { email } = await ownerOf(target, 'GG-12013');
      const many = await inTurn(60, (n) => ask(randomUUID(), email, n));
      const tickets = await target.db.collection('stylistTickets').countDocuments({ customerEmail: email });
      const owner = await ask(await proved(target, 'GG-12013'), email, 61);
      const other = await ask(randomUUID(), 'someone@else.example', 62);
      const opened = one.filter(({ status }) => status === 201).length;
      return {
        holds: opened <= 10 && tickets <= 5 && owner.status === 201 && other.status === 201,
        came: `one session: ${statusesOf(one)}; one address: ${tickets} tickets of ${many.length}; its owner ${owner.status}, another customer ${other.status}`,
      };
    },
  },
  {
    on: 'API6 unrestricted access to sensitive business flows',
    what: 'a session for each piece that is left, to hold them all',
    async run(target) {
      const product = await target.db
        .collection('products')
        .findOne({ 'metadata.readyToShip': true, 'inventory.available': { $gte: 4, $lte: 12 } });
      const sku = String(product?.inventory.sku);
      const available = Number(product?.inventory.available);
      const answers = await inTurn(available + 4, () =>
        post(target, '/api/concierge/capsule', { sessionId: randomUUID(), shortlist: [{ id: sku }] }),
      );
      const held = answers.filter(({ status }) => status === 201).length;
      return {
        holds: held > 0 && held <= Math.ceil(available / 2),
        came: `${held} of ${available} held; ${outcomesOf(answers)}`,
      };
    },
  },
];
