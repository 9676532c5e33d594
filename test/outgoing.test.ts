import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import t, { type Test } from 'tap';
// @ts-expect-error the verifier that docs/deliveries.md shows is no module of ours
import { verify } from '../docs/recipes/verify.mjs';
import { EVENTS } from '../plugins/core/openapi/outgoing.js';
import { seedCatalogue } from '../scripts/seed.js';
import { createConnectors } from '../src/connectors/index.js';
import type { Notice } from '../src/connectors/messaging/notice.js';
import { TEAM_KINDS } from '../src/connectors/team/team-channel.js';
import { TEMPLATES } from '../src/connectors/templates/message-texts.js';
import { decodeSecret, signatureHeaders } from '../src/connectors/webhooks/signature.js';
import { handlersOf } from './connectors/handlers.js';
import { eventMessage } from './connectors/messages.js';
import { json, type Received, receiver, status } from './connectors/receiver.js';
import { build, call, database, STAFF_KEY } from './helper.js';
import { ROOT, start } from './processes.js';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const KEY = decodeSecret(SECRET) ?? Buffer.alloc(0);
const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

const SHOP = { name: 'GlowGlitch', timeZone: 'UTC', locale: 'en-US', returnAddress: [] };

type Event = { type: string; data: Record<string, unknown> };
interface Described {
  examples: Record<string, { value: Event }>;
  schema: { properties: { data: { $ref?: string; properties?: object } } };
}

/** A service whose webhooks all go to one receiver, and which has done everything that sends one. */
async function told(t: Test) {
  const { url, received } = await receiver(t, status(204));
  const targets = ['FULFILMENT', 'RENDER', 'ANALYTICS', 'CRM'].flatMap((name) => [
    [`${name}_WEBHOOK_URL`, `${url}/${name.toLowerCase()}`],
    [`${name}_WEBHOOK_SECRET`, SECRET],
  ]);
  const db = await database(t);
  await seedCatalogue(db);
  const env = {
    ...Object.fromEntries(targets),
    DISPATCHER: 'inline',
    DELIVERY_POLL_MS: '60000',
  };
  const { app } = await build(t, { db, env, staff: true });
  await db.collection('orders').insertOne({
    orderNumber: 'GG-1',
    customerEmail: 'ada@example.com',
    status: 'delivered',
    items: [{ sku: 'RNG-101', title: 'Aurora Ring', quantity: 1, price: 1250 }],
    shipping: { deliveredAt: new Date() },
    createdAt: new Date(),
  });
  const sessionId = randomUUID();
  const post = async (path: string, body: object, key?: string) => {
    const answer = await call(app, path, body, key ? { authorization: `Bearer ${key}` } : {});
    t.ok(answer.statusCode < 300, `${path} ${answer.body}`);
    return answer.json();
  };
  const resize = { option: 'resize', orderNumber: 'GG-1', sessionId };
  await post('/api/concierge/orders/returns', { ...resize, newSize: '6', reason: 'wrong_size' });
  await post('/api/concierge/orders/returns', { ...resize, newSize: '7' });
  await post('/api/concierge/capsule', { sessionId, shortlist: [{ id: 'RNG-101' }] });
  await post('/api/analytics/csat', { sessionId, rating: 'poor', notes: 'Too late', orderNumber: 'GG-1' });
  const { ticketId } = await post('/api/concierge/stylist', {
    sessionId,
    email: 'ada@example.com',
    name: 'Ada',
    phone: '+12025550123',
    notes: 'A ring',
    transcript: [{ role: 'user', content: 'Hello' }],
  });
  const path = `/api/dashboard/support/tickets/${ticketId}/actions`;
  await post(path, { action: 'done', note: 'Chose platinum', version: 1 }, STAFF_KEY);
  // the service delivers by itself as well: what it has in hand, a drain does not wait for
  const isThere = (type: string) => received.some(({ body }) => body.startsWith(`{"type":"${type}"`));
  const drain = async (until: (type: string) => boolean) => {
    while (!Object.keys(EVENTS).every((type) => isThere(type) || !until(type))) await app.dispatcher.drain();
  };
  await drain((type) => !['analytics.event', 'ticket.erased'].includes(type));
  await post('/api/concierge/privacy/erase', { email: 'ada@example.com' }, STAFF_KEY);
  await drain((type) => type !== 'analytics.event');
  return { app, received };
}

t.test('outgoing: what is sent is signed, and is what the API document says', async (t) => {
  const { app, received } = await told(t);
  const document = app.swagger() as unknown as {
    webhooks: Record<string, { post: { requestBody: { content: Record<string, Described> } } }>;
  };
  const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }));
  ajv.addSchema({ ...document, $id: 'document' });
  const check = (type: string, event: unknown, name: string) => {
    const validate = ajv.getSchema(
      `document#/webhooks/${type}/post/requestBody/content/application~1json/schema`,
    );
    if (!validate) return t.fail(`${type} is not described`);
    t.ok(validate(event), `${name}: ${ajv.errorsText(validate.errors)}`);
  };
  const seen = new Set<string>();
  for (const { headers, body } of received) {
    const event = verify(SECRET, headers, Buffer.from(body)) as Event;
    seen.add(event.type);
    check(event.type, event, `${event.type} as it is sent`);
  }
  // an analytics service that has a queue gets its events one by one
  const queue = await receiver(t, json(200, { MessageId: 'm-1' }));
  const credentials = { accessKeyId: 'AKIA', secretAccessKey: 'secret' };
  const analyticsQueue = { queueUrl: `${queue.url}/1/events`, region: 'us-east-1', credentials };
  const { analytics } = handlersOf(
    createConnectors({ timeoutMs: 20_000, shop: SHOP, messages: TEMPLATES, analyticsQueue }),
  );
  await analytics?.deliver(eventMessage('e-1'), new AbortController().signal);
  const [message] = JSON.parse(queue.received[0]?.body ?? '{}').Entries;
  const event = JSON.parse(message.MessageBody);
  seen.add(event.type);
  check(event.type, event, 'a message of the queue');

  for (const [name, body] of await toVendors(t)) {
    seen.add(name);
    check(name, body, `${name} as it is sent`);
  }

  t.strictSame(
    [...seen].sort(),
    Object.keys(document.webhooks).sort(),
    'all that is described has been sent',
  );
  for (const [type, { post }] of Object.entries(document.webhooks))
    for (const { value } of Object.values(post.requestBody.content['application/json']?.examples ?? {}))
      check(type, value, `the example of ${type}`);

  const ticket = received
    .map(({ body }) => JSON.parse(body) as Event)
    .find(({ data }) => String(data.ticketId).startsWith('ST-'));
  t.match(ticket, {
    type: 'ticket.created',
    data: { customer: { email: 'ada@example.com' }, details: { notes: 'A ring', phone: '+12025550123' } },
  });
});

/** What Braze, Slack and Teams are sent, by the name of each in the API document. */
async function toVendors(t: Test): Promise<[name: string, body: unknown][]> {
  const { url, received } = await receiver(t, json(200, { message: 'success', dispatch_id: 'd' }));
  const settings = { timeoutMs: 20_000, shop: SHOP, messages: TEMPLATES };
  const attempt = { id: 'd-1', number: 1, signal: new AbortController().signal };
  const at = new Date('2026-08-20T15:04:00.000Z');
  const facts = { subscriptionId: 'sub_1', orderNumber: 'GG-1', at };
  const update = { status: 'shipped', label: 'On its way', carrier: 'UPS', tracking: '**6784', eta: at, at };
  const notices: Notice[] = (['sms', 'email'] as const).flatMap((channel) => {
    const to = channel === 'sms' ? '+12025550123' : 'ada@example.com';
    return [
      { ...facts, channel, to, kind: 'subscription.created' },
      { ...facts, channel, to, kind: 'subscription.code', code: '123456' },
      { ...facts, channel, to, kind: 'subscription.stopped' },
      { ...facts, channel, to, kind: 'order.update', update },
    ];
  });
  for (const transactionalCampaign of [undefined, 'campaign']) {
    const braze = { restUrl: url, apiKey: 'key', groups: { sms: 'g', email: 'g' }, transactionalCampaign };
    const { notifications } = createConnectors({ ...settings, braze });
    for (const notice of notices)
      t.match(await notifications?.[notice.channel]?.tell(notice, attempt), { outcome: 'delivered' });
    await notifications?.email?.forget?.({ emails: ['ada@example.com'], phones: ['+12025550123'] }, attempt);
  }
  for (const kind of TEAM_KINDS)
    for (const link of [undefined, 'https://concierge.example/dashboard'])
      await createConnectors({ ...settings, team: { url: `${url}/${kind}`, kind } }).team?.post(
        { title: 'A customer wants a *stylist*', facts: [['Ticket', 'ST-1']], url: link },
        attempt,
      );
  return received.map(({ path, body }) => {
    const [, name] = /(track|send|delete|slack|teams)$/.exec(path) ?? [];
    return [
      path.includes('/users') || path.includes('/campaigns') ? `braze.${name}` : `${name}.note`,
      JSON.parse(body),
    ];
  });
}

t.test('outgoing: the verifiers of docs/deliveries.md take what is ours, and nothing else', async (t) => {
  const page = read('docs/deliveries.md');
  for (const name of ['verify.mjs', 'verify.py'])
    t.ok(page.includes(read(`docs/recipes/${name}`).trim()), `${name} is shown`);

  const body = '{"type":"return.initiated","data":{"title":"Ring für Ána"}}';
  const signed = (keys: Buffer[], at: Date, said = body) =>
    signatureHeaders(keys, { id: 'msg_1', at, body: said });
  const other = Buffer.alloc(32, 9);
  const now = new Date();
  const cases: [name: string, headers: Record<string, string>, isOurs: boolean][] = [
    ['signed now', signed([KEY], now), true],
    ['signed with an old and a new secret', signed([other, KEY], now), true],
    ['signed with another secret', signed([other], now), false],
    ['another body', signed([KEY], now, `${body} `), false],
    ['six minutes old', signed([KEY], new Date(now.getTime() - 6 * 60_000)), false],
    ['without a signature', { ...signed([KEY], now), 'webhook-signature': '' }, false],
    ['without a time', { ...signed([KEY], now), 'webhook-timestamp': 'x' }, false],
  ];
  for (const [name, headers, isOurs] of cases) {
    const attempt = () => verify(SECRET, headers, Buffer.from(body));
    if (isOurs) t.same(attempt(), JSON.parse(body), `Node: ${name}`);
    else t.throws(attempt, `Node: ${name}`);
  }
  if (spawnSync('python3', ['-c', 'import hmac']).status !== 0)
    return t.pass('there is no Python here: its verifier was not run');
  const script = [
    'import json, sys',
    'sys.path.insert(0, "docs/recipes")',
    'from verify import verify',
    'for name, headers, ours in json.loads(sys.argv[1]):',
    '    try:',
    '        found = verify(sys.argv[2], headers, sys.argv[3].encode()) == json.loads(sys.argv[3])',
    '    except (ValueError, KeyError):',
    '        found = False',
    '    print(name, found == ours)',
  ].join('\n');
  const python = spawnSync(
    'python3',
    ['-B', '-X', 'utf8', '-c', script, JSON.stringify(cases), SECRET, body],
    { cwd: ROOT, encoding: 'utf8' },
  );
  t.equal(python.status, 0, python.stderr);
  for (const line of python.stdout.trim().split('\n')) t.match(line, / True$/, `Python: ${line}`);
});

/** A recipe in a process of its own, and what it does with the events. */
async function recipe(t: Test, name: string, env: NodeJS.ProcessEnv) {
  const { match } = await start(
    t,
    [`docs/recipes/${name}.mjs`],
    { ...env, PORT: '0', CRM_WEBHOOK_SECRET: SECRET },
    /listening on (\d+)/,
  );
  const send = async (event: object, keys = [KEY]) => {
    const body = JSON.stringify(event);
    const headers = {
      'content-type': 'application/json',
      ...signatureHeaders(keys, { id: 'msg_1', at: new Date(), body }),
    };
    return (await fetch(`http://127.0.0.1:${match[1]}`, { method: 'POST', headers, body })).status;
  };
  return send;
}
const CREATED = {
  type: 'ticket.created',
  data: {
    ticketId: 'ST-1',
    subject: 'Stylist request ST-1',
    customer: { name: 'Ada', email: 'ada@example.com' },
    text: 'Notes: a ring',
    tags: ['concierge', 'stylist'],
    priority: 'urgent',
    details: {},
  },
};
const DONE = {
  type: 'ticket.updated',
  data: { ticketId: 'ST-1', action: 'done', by: 'Mia', note: 'Platinum', status: 'done', at: 'x' },
};
const calls = (received: Received[]) => received.map(({ method, path }) => `${method} ${path}`);

t.test('outgoing: the recipe for Gorgias opens a ticket once, and closes it', async (t) => {
  const tickets: { id: number; external_id: string }[] = [];
  const gorgias = await receiver(t, (response, request) => {
    if (request.method === 'POST' && request.path === '/api/tickets')
      tickets.push({ id: 7, external_id: JSON.parse(request.body).external_id });
    json(200, { data: tickets })(response, request);
  });
  const send = await recipe(t, 'gorgias', {
    GORGIAS_URL: gorgias.url,
    GORGIAS_USER: 'mia@shop.example',
    GORGIAS_KEY: 'key',
  });
  t.equal(await send(DONE), 500, 'not before it has been opened: the service comes again');
  t.equal(await send(CREATED, [Buffer.alloc(32, 1)]), 401);
  for (const again of [1, 2]) t.equal(await send(CREATED), 204, `${again}`);
  t.equal(await send(DONE), 204);
  t.strictSame(
    calls(gorgias.received).filter((one) => !one.startsWith('GET')),
    ['POST /api/tickets', 'PUT /api/tickets/7', 'POST /api/tickets/7/messages'],
  );
  const [opened, closed, note] = gorgias.received
    .filter(({ method }) => method !== 'GET')
    .map(({ body }) => JSON.parse(body));
  t.match(opened, {
    external_id: 'ST-1',
    customer: { email: 'ada@example.com' },
    messages: [{ from_agent: false, body_text: 'Notes: a ring' }],
  });
  t.same(closed, { status: 'closed' });
  t.match(note, { channel: 'internal-note', body_text: 'Concierge: done by Mia\nPlatinum' });
  t.equal(
    gorgias.received[0]?.headers.authorization,
    `Basic ${Buffer.from('mia@shop.example:key').toString('base64')}`,
  );
});

t.test('outgoing: the recipe for HubSpot makes and changes a ticket by its number', async (t) => {
  const hubspot = await receiver(
    t,
    json(200, { status: 'COMPLETE', results: [{ id: '512' }] }),
    json(200, {}),
    status(429),
  );
  const send = await recipe(t, 'hubspot', {
    HUBSPOT_URL: hubspot.url,
    HUBSPOT_TOKEN: 'token',
    HUBSPOT_STAGES: '10,20,40',
  });
  t.equal(await send(CREATED), 204);
  t.equal(await send(DONE), 204);
  t.equal(await send(DONE), 500, 'refused for now');
  t.strictSame([...new Set(calls(hubspot.received))], ['POST /crm/v3/objects/tickets/batch/upsert']);
  const [made, done] = hubspot.received.map(({ body }) => JSON.parse(body).inputs[0]);
  t.match(made, {
    idProperty: 'concierge_id',
    id: 'ST-1',
    properties: { subject: 'Stylist request ST-1', hs_pipeline_stage: '10', hs_ticket_priority: 'URGENT' },
  });
  t.same(done, {
    idProperty: 'concierge_id',
    id: 'ST-1',
    properties: { concierge_id: 'ST-1', hs_pipeline_stage: '40' },
  });
  t.equal(hubspot.received[0]?.headers.authorization, 'Bearer token');
});
