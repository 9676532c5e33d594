import { createHash } from 'node:crypto';
import t, { type Test } from 'tap';
import type { ConnectorSettings } from '../../src/connectors/index.js';
import { createConnectors } from '../../src/connectors/index.js';
import { TEMPLATES } from '../../src/connectors/templates/templates.js';
import type { DispatcherSettings } from '../../src/outbox/dispatcher.js';
import type { What } from '../../src/outbox/enqueue.js';
import { createOperations } from '../../src/outbox/operate.js';
import type { OutboxName } from '../../src/outbox/outbox-collections.js';
import { handlersOf } from '../connectors/handlers.js';
import { eventMessage, holdMessage, rma, subscription, ticket } from '../connectors/messages.js';
import {
  type Answer,
  garbage,
  hang,
  json,
  type Received,
  receiver,
  reset,
  status,
} from '../connectors/receiver.js';
import { outbox, SCHEDULE, START } from './outbox.js';

/** A vendor as it documents itself, from what enqueues it something to its answer when all is well. */
interface Vendor {
  what: What;
  owedBy: [OutboxName, object];
  settings: (url: string) => Partial<ConnectorSettings>;
  answer: Answer;
  /** What becomes of a delivery whose receiver always answers so; `dead` after the whole schedule where nothing else is said. */
  conflict: object;
  garbage: object;
}

const DEAD = { state: 'dead' };
const DONE = { state: 'done' };
const keys = [Buffer.alloc(32, 7)];

const md5 = (text: string) => createHash('md5').update(text).digest('hex');
const bodyOf = ({ body }: Received) => JSON.parse(body);
const answering =
  (code: number, bodyFor: (request: Received) => unknown): Answer =>
  (response, request) =>
    json(code, bodyFor(request))(response, request);

const VENDORS: Record<string, Vendor> = {
  Zendesk: {
    what: { to: 'crm', kind: 'ticket.create' },
    owedBy: ['stylistTickets', ticket],
    settings: (baseUrl) => ({ zendesk: { baseUrl, email: 'a@shop.example', apiToken: 'token', fields: {} } }),
    answer: (response, request) =>
      request.method === 'GET'
        ? json(200, { tickets: [], next_page: null, count: 0 })(response, request)
        : json(201, { ticket: { id: 1, external_id: bodyOf(request).ticket.external_id } })(
            response,
            request,
          ),
    conflict: { ...DEAD, lastError: 'answered 409' },
    garbage: { ...DEAD, lastError: /another form/ },
  },
  Airtable: {
    what: { to: 'crm', kind: 'ticket.create' },
    owedBy: ['stylistTickets', ticket],
    settings: (apiUrl) => ({ airtable: { apiUrl, baseId: 'app1', table: 'Tickets', token: 'token' } }),
    answer: answering(200, (request) => ({
      records: [{ id: 'rec1', fields: bodyOf(request).records[0].fields }],
      createdRecords: ['rec1'],
      updatedRecords: [],
    })),
    conflict: { ...DEAD, attempts: 1, lastError: 'answered 409' },
    garbage: { ...DEAD, lastError: /another form/ },
  },
  Twilio: {
    what: { to: 'notifications', kind: 'subscription.created' },
    owedBy: ['widgetOrderSubscriptions', subscription('sms')],
    settings: (baseUrl) => ({ twilio: { baseUrl, accountSid: 'AC1', authToken: 't', from: '+12025550100' } }),
    answer: answering(201, () => ({ sid: 'SM00000000000000000000000000000001', status: 'queued' })),
    conflict: { ...DEAD, attempts: 1, lastError: 'answered 409' },
    // perhaps sent: nobody is written to again and again for it
    garbage: { ...DEAD, attempts: 1, lastError: /another form/ },
  },
  Braze: {
    what: { to: 'notifications', kind: 'subscription.created' },
    owedBy: ['widgetOrderSubscriptions', subscription('email')],
    settings: (restUrl) => ({ braze: { restUrl, apiKey: 'key', groups: {} } }),
    answer: answering(201, () => ({ message: 'success', events_processed: 1 })),
    conflict: { ...DEAD, attempts: 1, lastError: 'answered 409' },
    garbage: { ...DEAD, lastError: /another form/ },
  },
  'a webhook': {
    what: { to: 'fulfilment', kind: 'return.initiated' },
    owedBy: ['returns', rma],
    settings: (url) => ({ fulfilment: { url, keys } }),
    answer: status(204),
    // it knows the id already
    conflict: DONE,
    // what a webhook says beyond its status counts for nothing
    garbage: DONE,
  },
  'a webhook of events': {
    what: { to: 'analytics', kind: 'analytics.event' },
    owedBy: ['csatFeedback', eventMessage('e').document],
    settings: (url) => ({ analyticsWebhook: { url, keys } }),
    answer: status(204),
    conflict: DONE,
    garbage: DONE,
  },
  'a queue': {
    what: { to: 'render', kind: 'capsule.render' },
    owedBy: ['capsuleHolds', holdMessage().document],
    settings: (url) => ({
      renderQueue: {
        queueUrl: `${url}/1/jobs`,
        region: 'us-east-1',
        credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' },
      },
    }),
    answer: answering(200, (request) => ({
      MessageId: 'm-1',
      MD5OfMessageBody: md5(bodyOf(request).MessageBody),
    })),
    conflict: { ...DEAD, attempts: 1, lastError: /^answered 409/ },
    garbage: { ...DEAD, lastError: /no answer that can be used/ },
  },
};

const PATIENT_MS = 20_000;
const SHORT = { schedule: [1000, 1000] };
const shop = { name: 'GlowGlitch', timeZone: 'UTC', locale: 'en-US', returnAddress: [] };

/** A document with a delivery to the vendor, and a receiver that gives these answers, the last one from then on. */
async function queuedFor(t: Test, vendor: Vendor, answers: Answer[], more: Partial<DispatcherSettings> = {}) {
  const { timeoutMs = PATIENT_MS } = more;
  const { url, received } = await receiver(t, ...answers);
  const settings = { timeoutMs, shop, messages: TEMPLATES, ...vendor.settings(url) };
  const handlers = handlersOf(createConnectors(settings));
  const { db, dispatcher, store, move, now } = await outbox(t, {
    handlers,
    ...more,
    timeoutMs: timeoutMs + PATIENT_MS,
  });
  const [name, fields] = vendor.owedBy;
  const { queued, read } = await store([vendor.what], name, fields);
  /** Until nothing is left to do. */
  const settle = async () => {
    for (;;) {
      await dispatcher.drain();
      const { deliveries, nextDeliveryAt } = await read();
      if (!nextDeliveryAt) return deliveries[0];
      move(nextDeliveryAt.getTime() - now().getTime());
    }
  };
  return { db, received, dispatcher, read, move, now, settle, id: queued.deliveries[0]?.id ?? '' };
}

for (const [name, vendor] of Object.entries(VENDORS))
  t.test(name, async (t) => {
    await t.test('comes back after too many requests, an error and a reset', async (t) => {
      const tooMany = status(429, { 'retry-after': '120' });
      const answers = [tooMany, status(500), reset, vendor.answer];
      const { received, dispatcher, read, move, settle, id } = await queuedFor(t, vendor, answers);
      await dispatcher.drain();
      const first = await read();
      // the SDK of the queue keeps the header to itself
      const asked = name === 'a queue' ? SCHEDULE[0] : 120_000;
      t.match(first.deliveries, [{ state: 'pending', attempts: 1, lastError: /^answered 429/ }]);
      t.same(first.nextDeliveryAt, new Date(START.getTime() + (asked ?? 0)));
      move((asked ?? 0) - 1);
      await dispatcher.drain();
      t.equal(received.length, 1, 'not a millisecond early');
      t.match(await settle(), { id, state: 'done', attempts: 4, lastError: undefined });
    });

    const always: [name: string, answer: Answer, expected: object][] = [
      ['an error', status(500), { ...DEAD, attempts: 3, lastError: /^answered 500/ }],
      ['a refusal', status(422), { ...DEAD, attempts: 1, lastError: /^answered 422/ }],
      ['a conflict', status(409), vendor.conflict],
      ['garbage', garbage, vendor.garbage],
      ['a reset', reset, { ...DEAD, attempts: 3, lastError: /^no (connection|answer that can be used)/ }],
    ];
    for (const [what, answer, expected] of always)
      await t.test(`always ${what}`, async (t) => {
        const { settle } = await queuedFor(t, vendor, [answer], SHORT);
        t.match(await settle(), expected);
      });

    await t.test('never an answer', async (t) => {
      const { settle } = await queuedFor(t, vendor, [hang], { ...SHORT, timeoutMs: 50 });
      t.match(await settle(), { ...DEAD, attempts: 3, lastError: 'no answer within 50 ms' });
    });
  });

t.test(
  'a receiver that is down for the whole schedule: dead, listed, and delivered when it is replayed',
  async (t) => {
    const vendor = VENDORS['a webhook'];
    if (!vendor) return t.fail('there is no webhook');
    const down = Array<Answer>(SCHEDULE.length + 1).fill(status(503));
    const { db, received, settle, now, id } = await queuedFor(t, vendor, [...down, status(204)]);
    t.match(await settle(), { ...DEAD, attempts: 11, lastError: 'answered 503' });
    const operations = createOperations(db);
    t.match(await operations.list({ state: 'dead', limit: 10 }), [
      { collection: 'returns', delivery: { id } },
    ]);
    t.equal(await operations.replay({ id }, now()), 1);
    t.match(await settle(), { ...DONE, id, attempts: 1 });
    t.equal(new Set(received.map(({ headers }) => headers['webhook-id'])).size, 1, 'under one id');
    t.same(await operations.list({ state: 'dead', limit: 10 }), []);
  },
);
