import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Db } from 'mongodb';
import type { Test } from 'tap';
import { DEFINITIONS, type OutboxName, openCollections, outboxesOf } from '../../src/collections.js';
import type { Outcome } from '../../src/connectors/connector.js';
import type { Handler, Handlers } from '../../src/outbox/delivery-kind.js';
import { createDispatcher, type DispatcherSettings } from '../../src/outbox/dispatcher.js';
import { type Delivery, enqueue, type What, type WithDeliveries } from '../../src/outbox/enqueue.js';
import { parseSchedule } from '../../src/outbox/next-attempt.js';
import type { OutboxCollections } from '../../src/outbox/outbox-collections.js';
import { ensureIndexes } from '../../src/platform/mongodb/indexes.js';
import { database } from '../helper.js';

export const START = new Date('2099-05-01T10:00:00.000Z');
export const SCHEDULE = parseSchedule('5s 1m 5m 30m 2h 5h 10h 10h 24h 24h') ?? [];

export type OutboxOptions = Partial<DispatcherSettings> & {
  handlers?: Handlers;
  collections?: OutboxCollections | undefined;
  random?: () => number;
  db?: Db;
};

/** A dispatcher on a fresh database, with a clock that only the test moves and dice that fall as high as they can. */
export async function outbox(t: Test, { db, collections, ...options }: OutboxOptions = {}) {
  const fresh = db ?? (await database(t));
  if (!db) await ensureIndexes(fresh, DEFINITIONS);
  let time = START.getTime();
  const now = () => new Date(time);
  const logged: [details: object, message: string][] = [];
  const log = {
    warn: (details: object, message: string) => void logged.push([details, message]),
    info: (details: object, message: string) => void logged.push([details, message]),
    debug: (details: object, message: string) => void logged.push([details, message]),
  };
  const dispatcher = createDispatcher({
    collections: collections ?? outboxesOf(openCollections(fresh)),
    handlers: {},
    schedule: SCHEDULE,
    pollMs: 10,
    timeoutMs: 10_000,
    concurrency: 64,
    random: () => 1,
    now,
    log,
    ...options,
  });
  const store = async (what: What[], name: OutboxName = 'stylistTickets', fields: object = {}) => {
    const queued = enqueue(what, now());
    const { insertedId } = await fresh.collection(name).insertOne({ ...fields, ...unique(), ...queued });
    const read = async () =>
      (await fresh.collection<WithDeliveries>(name).findOne({ _id: insertedId })) ?? queued;
    const deliveries = async (): Promise<Delivery[]> => (await read()).deliveries;
    return { queued, read, deliveries, insertedId };
  };
  const move = (ms: number) => {
    time += ms;
  };
  return { db: fresh, dispatcher, store, logged, now, move };
}

// Every unique index of a collection wants its field.
function unique() {
  const id = randomUUID();
  return {
    reservationId: id,
    rmaId: id,
    ticketId: id,
    feedbackId: id,
    inspirationId: id,
    sessionId: id,
    intent: 'general',
    orderNumber: id,
    claims: [id],
  };
}

/** A connector that answers with the outcomes in turn, the last one from then on, and what it was asked to deliver. */
export function scripted(...outcomes: (Outcome | Error)[]) {
  const asked: { id: string; kind: string; attempt: number; payload?: object; document: object }[] = [];
  const connector: Handler = {
    name: 'scripted',
    async deliver(message) {
      asked.push(message);
      const next = outcomes[Math.min(asked.length, outcomes.length) - 1] ?? { outcome: 'delivered' };
      if (next instanceof Error) throw next;
      return next;
    },
  };
  return { connector, asked };
}

type Answering = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** An HTTP server on this machine; it is closed at the end of the test. */
export async function receiver(t: Test, handle: Answering): Promise<string> {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    handle(request, response, body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
