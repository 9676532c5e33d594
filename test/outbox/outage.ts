import type { Db } from 'mongodb';
import { openCollections, outboxesOf } from '../../src/collections.js';
import type { Outcome } from '../../src/connectors/connector.js';
import { newHold } from '../../src/domain/capsules/hold-capsule.js';
import { newSubscription } from '../../src/domain/order-updates/new-subscription.js';
import { newShopChange } from '../../src/domain/orders/new-shop-change.js';
import { createRepositories } from '../../src/domain/repositories.js';
import { RETURN_INITIATED, RETURN_STEP } from '../../src/domain/returns/deliveries.js';
import { TICKET_CREATE, TICKET_UPDATE } from '../../src/domain/stylist/deliveries.js';
import { createDispatcher } from '../../src/outbox/dispatcher.js';
import { type Delivery, enqueue, enqueueMore, type What } from '../../src/outbox/enqueue.js';
import { handlersOf } from '../connectors/handlers.js';
import { rma, ticket } from '../connectors/messages.js';
import { SCHEDULE } from './outbox.js';

const MINUTE_MS = 60_000;
const START = Date.parse('2099-05-01T00:00:00.000Z');
/** Text messages and emails are away for six hours; the CRM refuses a wrong credential for two of them. */
const AWAY = { from: 60, until: 7 * 60 };
const REFUSING = { from: 2 * 60, until: 4 * 60 };
const ENDS = 11 * 60;
const STEPS = ['approved', 'received', 'completed'];
const STATUSES = ['shipped', 'out_for_delivery', 'delivered'];

/** Something that a receiver was told, in the order in which it was. */
interface Told {
  /** Whom, of what. */
  about: string;
  /** Which of the things about the same it was, from 0. */
  nth: number;
  minute: number;
}

interface OutageResult {
  deliveries: number;
  states: Record<string, number>;
  calls: Record<string, number>;
  told: Told[];
  /** How many of the things about the same were known when one was told. */
  known: (about: string, minute: number) => number;
  /** The longest that anything waited that nothing was in the way of. */
  undisturbedMinutes: number;
  /** When the last was told that had waited. */
  lastToldMinute: number;
}

/** Plays hours of deliveries to five destinations, by a clock of its own, with two dispatchers on one database. */
export async function playOutage(db: Db, size: number): Promise<OutageResult> {
  const collections = openCollections(db);
  const repositories = createRepositories(collections, {
    shop: { timeZone: 'UTC', locale: 'en-US' },
    orders: {},
    salt: 'salt',
  });
  let minute = 0;
  const now = () => new Date(START + minute * MINUTE_MS);
  const told: Told[] = [];
  const calls: Record<string, number> = {};
  const history = new Map<string, number[]>();

  const isIn = ({ from, until }: typeof AWAY) => minute >= from && minute < until;
  const answer = (place: string, about: string, nth: number): Outcome => {
    calls[place] = (calls[place] ?? 0) + 1;
    if ((place === 'sms' || place === 'email') && isIn(AWAY))
      return { outcome: 'retry', reason: 'no connection (ECONNREFUSED)' };
    if (place === 'crm' && isIn(REFUSING)) return { outcome: 'misconfigured', reason: 'answered 401' };
    told.push({ about, nth, minute });
    return { outcome: 'delivered' };
  };
  const connectors = {
    crm: {
      name: 'crm',
      open: async ({ id }: { id: string }) => answer('crm', id, 0),
      change: async ({ id }: { id: string }) => answer('crm', id, 1),
      add: async ({ id }: { id: string }) => answer('crm', id, 1),
    },
    email: {
      name: 'email',
      send: async ({ to = '', subject }: { to?: string | undefined; subject: string }) =>
        answer(
          'email',
          to,
          ['approved', 'received your parcel', 'complete'].findIndex((word) => subject.includes(word)),
        ),
    },
    notifications: {
      name: 'texts',
      sms: {
        name: 'sms',
        tell: async (notice: { subscriptionId: string; update?: { status: string } }) =>
          answer('sms', notice.subscriptionId, STATUSES.indexOf(notice.update?.status ?? '')),
      },
    },
    fulfilment: { name: 'fulfilment', send: async () => answer('fulfilment', 'fulfilment', 0) },
    render: { name: 'render', send: async () => answer('render', 'render', 0) },
  };
  const handlers = handlersOf(connectors, { ...repositories, now });
  const quiet = { info: () => {}, warn: () => {}, debug: () => {} };
  const dispatchers = [1, 2].map(() =>
    createDispatcher({
      collections: outboxesOf(collections),
      handlers,
      schedule: SCHEDULE,
      pollMs: 10,
      timeoutMs: 10_000,
      concurrency: 5,
      now,
      sleep: async () => undefined,
      log: quiet,
    }),
  );

  const note = (about: string) => history.set(about, [...(history.get(about) ?? []), minute]);
  const plan = planOf(size);
  const unique = (n: number) => ({ openKey: `open-${n}`, claims: [`claim-${n}`] });
  const bare = <Document extends { deliveries: Delivery[] }>({ deliveries: _, ...document }: Document) =>
    document;

  async function enqueueNow(n: number, kind: Kind, nth: number): Promise<void> {
    const at = now();
    const id = `${kind}-${n}`;
    const push = (what: What) => enqueueMore([what], at);
    if (kind === 'crm') {
      note(id);
      const document = { ...bare(ticket), ...unique(n), ticketId: id, sessionId: id };
      if (nth === 0)
        await db
          .collection('stylistTickets')
          .insertOne({ ...document, ...enqueue([TICKET_CREATE.of()], at) });
      else
        await db
          .collection('stylistTickets')
          .updateOne({ ticketId: id }, push(TICKET_UPDATE.of({ action: 'done', at })) as object);
    } else if (kind === 'email') {
      const email = `${n}@example.com`;
      note(email);
      const document = { ...bare(rma), ...unique(n), rmaId: id, contact: { email } };
      const what = RETURN_STEP.of({ status: STEPS[nth] ?? '' });
      if (nth === 0) await db.collection('returns').insertOne({ ...document, ...enqueue([what], at) });
      else await db.collection('returns').updateOne({ rmaId: id }, push(what) as object);
    } else if (kind === 'sms') {
      const orderNumber = `GG-${n}`;
      const facts = {
        orderNumber,
        channel: 'sms' as const,
        destination: `+1202555${1000 + n}`,
        sessionId: id,
      };
      const fresh = newSubscription({ ...facts, consent: { given: true, requestId: id } }, at);
      const subscription = { ...fresh, subscriptionId: id, deliveries: [], nextDeliveryAt: undefined };
      if (nth === 0)
        await db.collection('widgetOrderSubscriptions').insertOne(subscription, { ignoreUndefined: true });
      note(id);
      const change = { webhookId: `${id}-${nth}`, orderNumber, status: STATUSES[nth] ?? '' };
      const made = newShopChange(change, [subscription], at);
      // the order itself is nobody's concern here
      const [, ...messages] = made.deliveries;
      await db.collection('orderChanges').insertOne({ ...made, deliveries: messages, nextDeliveryAt: at });
    } else if (kind === 'fulfilment') {
      const document = { ...bare(rma), ...unique(100_000 + n), rmaId: id };
      await db.collection('returns').insertOne({ ...document, ...enqueue([RETURN_INITIATED.of()], at) });
    } else {
      const hold = newHold({ sessionId: id, items: [] }, [id], at);
      const [render] = hold.deliveries;
      await db.collection('capsuleHolds').insertOne({ ...hold, deliveries: [render], nextDeliveryAt: at });
    }
  }

  for (; minute < ENDS; minute++) {
    for (const { n, kind, nth } of plan.get(minute) ?? []) await enqueueNow(n, kind, nth);
    await Promise.all(dispatchers.map((dispatcher) => dispatcher.drain()));
  }

  const all = await deliveriesIn(db);
  const undisturbed = all.filter(({ to }) => to === 'fulfilment' || to === 'render');
  const waits = undisturbed.map(({ owedSince, doneAt }) => Number(doneAt) - Number(owedSince));
  return {
    deliveries: all.length,
    states: countBy(all.map(({ state }) => state)),
    calls,
    told,
    known: (about, minute) => (history.get(about) ?? []).filter((since) => since <= minute).length,
    undisturbedMinutes: Math.max(...waits) / MINUTE_MS,
    lastToldMinute: Math.max(
      ...told.filter(({ minute }) => minute >= AWAY.until).map(({ minute }) => minute),
    ),
  };
}

export const OUTAGE_ENDS = AWAY.until;

type Kind = 'crm' | 'email' | 'sms' | 'fulfilment' | 'render';

/** What is enqueued in which minute: a fifth of it for each destination, spread over the first eight hours. */
function planOf(size: number): Map<number, { n: number; kind: Kind; nth: number }[]> {
  const plan = new Map<number, { n: number; kind: Kind; nth: number }[]>();
  let dice = 20_990_501;
  const random = () => {
    dice = (dice * 16_807) % 2_147_483_647;
    return dice / 2_147_483_647;
  };
  const add = (kind: Kind, n: number, times: number) => {
    const minutes = Array.from({ length: times }, () => Math.floor(random() * 8 * 60)).sort((a, b) => a - b);
    // two things about the same do not happen in one minute
    const apart = minutes.map((minute, nth) => minute + nth);
    for (const [nth, minute] of apart.entries())
      plan.set(minute, [...(plan.get(minute) ?? []), { n, kind, nth }]);
  };
  for (let n = 0; n < size / 10; n++) add('crm', n, 2);
  for (let n = 0; n < size / 15; n++) {
    add('email', n, 3);
    add('sms', n, 3);
  }
  for (let n = 0; n < size / 5; n++) {
    add('fulfilment', n, 1);
    add('render', n, 1);
  }
  return plan;
}

async function deliveriesIn(db: Db): Promise<Delivery[]> {
  const names = ['stylistTickets', 'returns', 'orderChanges', 'capsuleHolds'];
  const found = await Promise.all(names.map((name) => db.collection(name).find().toArray()));
  return found.flat().flatMap(({ deliveries }) => deliveries as Delivery[]);
}

const countBy = (names: string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};
