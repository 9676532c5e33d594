import { createHmac, randomUUID } from 'node:crypto';
import t, { type Test } from 'tap';
import type { CrmNews } from '../src/connectors/crm/news/crm-news.js';
import { readZendesk } from '../src/connectors/crm/news/zendesk-news.js';
import type { StylistTicket } from '../src/domain/stylist/stylist-ticket.js';
import { decideNews, takeCrmNews } from '../src/domain/stylist/take-crm-news.js';
import { json, receiver, status } from './connectors/receiver.js';
import { build, call, STAFF_KEY } from './helper.js';
import { refused } from './problem.js';

const SECRETS = ['secret-of-the-webhook', 'secret-of-before'] as const;
const MAC = Buffer.alloc(32, 5);
const START = new Date('2099-05-01T10:00:00.000Z');
const minute = (minutes: number) => new Date(START.getTime() + minutes * 60_000);
const at = (minutes: number) => minute(minutes).toISOString();
const ZENDESK = { ZENDESK_SUBDOMAIN: 'shop', ZENDESK_EMAIL: 'a@shop.example', ZENDESK_API_TOKEN: 't' };

let now = START;
async function service(t: Test, env: NodeJS.ProcessEnv) {
  now = START;
  const { app, db } = await build(t, { env, staff: true, now: () => now });
  const tickets = db.collection<StylistTicket>('stylistTickets');
  const open = async (sessionId = 's-1') => {
    const answer = await call(app, '/api/concierge/stylist', {
      sessionId,
      email: `${sessionId}@example.com`,
    });
    const { ticketId } = answer.json();
    const read = () => tickets.findOne({ ticketId }, { projection: { _id: 0 } });
    // as if the CRM had been given it
    await tickets.updateOne(
      { ticketId, 'deliveries.0.to': 'crm' },
      { $set: { 'deliveries.0.state': 'done', 'deliveries.0.doneAt': START } },
    );
    return { ticketId, read };
  };
  const act = (ticketId: string, body: object) =>
    call(app, `/api/dashboard/support/tickets/${ticketId}/actions`, body, {
      authorization: `Bearer ${STAFF_KEY}`,
    });
  const zendesk = (body: object, { secret = SECRETS[0] as string, sent = JSON.stringify(body) } = {}) => {
    const timestamp = '2099-05-01T10:00:00Z';
    const signature = createHmac('sha256', secret)
      .update(timestamp + JSON.stringify(body))
      .digest('base64');
    const headers = {
      'content-type': 'application/json',
      'x-zendesk-webhook-signature': signature,
      'x-zendesk-webhook-signature-timestamp': timestamp,
    };
    return app.inject({ method: 'POST', url: '/internal/webhooks/zendesk', headers, payload: sent });
  };
  /** Another process of the same service, which does what is done from time to time. */
  const worker = async () =>
    (await build(t, { db, env: { ...env, DISPATCHER: 'inline' }, now: () => now })).app;
  return { app, db, tickets, open, act, zendesk, worker };
}

t.test('Zendesk: what an agent does is what the dashboard says, by events and by triggers', async (t) => {
  const { app, open, act, zendesk } = await service(t, {
    ...ZENDESK,
    ZENDESK_WEBHOOK_SECRET: SECRETS.join(),
  });
  const { ticketId, read } = await open();
  const event = (type: string, minutes: number, more: object) => ({
    type: `zen:event-type:ticket.${type}`,
    id: '01HN',
    time: at(minutes),
    detail: { id: '35436', external_id: ticketId, status: 'OPEN' },
    event: more,
  });
  const outcome = async (body: object, options = {}) => (await zendesk(body, options)).json().outcome;

  t.equal(
    await outcome(event('agent_assignment_changed', 5, { current: '8207', previous: null })),
    'changed',
  );
  t.equal(await outcome(event('status_changed', 10, { current: 'OPEN', previous: 'NEW' })), 'changed');
  const reply = {
    comment: { id: '1', is_public: true, body: 'Hello', author: { is_staff: true, name: 'Mia' } },
  };
  t.equal(await outcome(event('comment_added', 20, reply)), 'changed');
  t.equal(
    await outcome(event('comment_added', 15, reply), { secret: SECRETS[1] }),
    'changed',
    'an earlier answer, by the old secret',
  );
  for (const none of [
    event('comment_added', 11, { comment: { ...reply.comment, is_public: false } }),
    event('comment_added', 11, { comment: { ...reply.comment, author: { is_staff: false } } }),
    event('priority_changed', 11, { current: 'HIGH' }),
    { any: 'thing' },
  ])
    t.equal(await outcome(none), 'ignored');
  t.match(await read(), {
    status: 'in_progress',
    assignee: 'Zendesk agent 8207',
    firstResponseAt: minute(15),
  });

  const trigger = (minutes: number, more: object) => ({
    external_id: ticketId,
    at: at(minutes),
    by: 'Mia',
    ...more,
  });
  t.equal(await outcome(trigger(30, { status: 'Solved', assignee: 'Mia' })), 'changed');
  t.equal(await outcome(trigger(30, { status: 'Solved', assignee: 'Mia' })), 'known', 'again');
  t.equal(await outcome(trigger(25, { status: 'Pending', assignee: 'Jo' })), 'known', 'late');
  t.match(
    await read(),
    { status: 'done', assignee: 'Mia', deliveries: [{ kind: 'ticket.create' }] },
    'the CRM is not told of it again',
  );
  t.match(
    (await read())?.history.slice(1).map(({ by, action, note }) => [by, action, note]),
    [
      ['Zendesk', 'assign', 'To Zendesk agent 8207'],
      ['Zendesk', 'in_progress', undefined],
      ['Mia', 'answered', undefined],
      ['Mia', 'answered', undefined],
      ['Mia', 'done', undefined],
      ['Mia', 'assign', 'To Mia'],
    ],
  );

  // the dashboard acts later than the CRM, which hears of it only after a while
  now = minute(40);
  const acted = await act(ticketId, { action: 'reopen', version: (await read())?.version });
  t.equal(acted.statusCode, 200, acted.body);
  t.equal(await outcome(trigger(50, { status: 'Solved' })), 'known', 'what we have still to tell is newer');
  t.match(await read(), { status: 'open' });

  const shown = await app.inject({
    url: `/api/dashboard/support/tickets/${ticketId}`,
    headers: { authorization: `Bearer ${STAFF_KEY}` },
  });
  t.match(shown.json(), { status: 'open', assignee: 'Mia', firstResponseAt: at(15) });

  t.equal(await outcome({ external_id: 'ST-OTHER', at: at(1), status: 'open' }), 'not_found');
  const wrong = { status: 401, code: 'webhook.signature_invalid' };
  const solved = trigger(60, { status: 'Solved' });
  refused(t, await zendesk(solved, { secret: 'another' }), wrong, 'another secret');
  refused(
    t,
    await zendesk(solved, { sent: JSON.stringify({ ...solved, status: 'Open' }) }),
    wrong,
    'another body',
  );
  refused(
    t,
    await app.inject({ method: 'POST', url: '/internal/webhooks/zendesk', payload: solved }),
    wrong,
    'unsigned',
  );
});

t.test('crm news: news of a ticket come to the same in every order, and twice', async (t) => {
  const { tickets, open } = await service(t, ZENDESK);
  const news: Omit<CrmNews, 'ticketId' | 'vendor'>[] = [
    { at: minute(1), status: 'in_progress', assignee: 'Jo' },
    { at: minute(2), status: 'done', assignee: null },
    { at: minute(3), status: 'open', repliedAt: minute(3) },
    { at: minute(3), status: 'in_progress', assignee: 'Mia', repliedAt: minute(2) },
  ];
  const orders = permutations(news);
  t.equal(orders.length, 24);
  for (const [index, order] of orders.entries()) {
    const { ticketId, read } = await open(`s-${index}`);
    for (const one of [...order, ...order])
      await takeCrmNews(tickets, { vendor: 'Zendesk', ticketId, ...one }, START);
    t.match(
      await read(),
      { status: 'in_progress', assignee: 'Mia', firstResponseAt: minute(2) },
      `order ${index}`,
    );
  }
  // all at the same moment
  const { ticketId, read } = await open('at-once');
  await Promise.all(news.map((one) => takeCrmNews(tickets, { vendor: 'Zendesk', ticketId, ...one }, START)));
  t.match(await read(), { status: 'in_progress', assignee: 'Mia', firstResponseAt: minute(2) });
});

t.test('crm news: what the CRM was told last is newer than what it says of before', (t) => {
  const ticket = { status: 'open' as const, deliveries: [] };
  const update = (state: 'pending' | 'done' | 'dead', doneAt?: Date) => ({
    ...ticket,
    deliveries: [
      {
        id: 'd',
        to: 'crm' as const,
        kind: 'ticket.update',
        payload: { status: 'open' },
        state,
        attempts: 1,
        doneAt,
      },
    ],
  });
  const news = { vendor: 'Zendesk', ticketId: 'ST-1', at: minute(5), status: 'done' } as const;
  const decided = (state: Parameters<typeof decideNews>[0], more: object = {}) =>
    decideNews(state, { ...news, ...more }).set.status;
  t.equal(decided(ticket), 'done');
  t.equal(decided(update('pending')), undefined);
  t.equal(decided(update('done', minute(6))), undefined, 'its own echo');
  t.equal(decided(update('done', minute(4))), 'done');
  t.equal(decided(update('dead')), 'done', 'what it has not taken it does not know');
  t.match(
    decideNews(update('pending'), { ...news, assignee: 'Mia' }).set,
    { assignee: 'Mia' },
    'we have said nothing of that',
  );
  t.end();
});

t.test('Airtable: a ping, and what has changed is read from where it was read last', async (t) => {
  const rows = new Map<string, object>();
  const pages: object[] = [];
  const webhooks: object[] = [];
  let answers = true;
  const airtable = await receiver(t, (response, request) => {
    if (!answers) return status(503)(response, request);
    const { pathname, searchParams } = new URL(request.path, 'http://x');
    if (pathname === '/v0/bases/app1/webhooks') return json(200, { webhooks })(response, request);
    if (pathname === '/v0/bases/app1/webhooks/ach1/payloads') {
      const from = Number(searchParams.get('cursor'));
      const page = pages[from - 1];
      const rest = { cursor: page ? from + 1 : from, mightHaveMore: from < pages.length };
      return json(200, { payloads: page ? [page] : [], ...rest, payloadFormat: 'v0' })(response, request);
    }
    const row = rows.get(pathname.split('/').at(-1) ?? '');
    return (row ? json(200, row) : json(404, { error: 'NOT_FOUND' }))(response, request);
  });
  const { app, db, open, worker } = await service(t, {
    AIRTABLE_BASE_ID: 'app1',
    AIRTABLE_TABLE: 'Tickets & more',
    AIRTABLE_TOKEN: 'token',
    AIRTABLE_API_URL: airtable.url,
    AIRTABLE_WEBHOOK_SECRET: MAC.toString('base64'),
  });
  const { ticketId, read } = await open();
  const ping = (key = MAC, base = 'app1') => {
    const payload = JSON.stringify({ base: { id: base }, webhook: { id: 'ach1' }, timestamp: at(0) });
    const mac = `hmac-sha256=${createHmac('sha256', key).update(payload).digest('hex')}`;
    const headers = { 'content-type': 'application/json', 'x-airtable-content-mac': mac };
    return app.inject({ method: 'POST', url: '/internal/webhooks/airtable', headers, payload });
  };
  const change = (minutes: number, id: string, fields: object) => {
    rows.set(id, { id, createdTime: at(0), fields });
    pages.push({
      timestamp: at(minutes),
      baseTransactionNumber: pages.length + 1,
      payloadFormat: 'v0',
      actionMetadata: {
        source: 'client',
        sourceMetadata: { user: { id: 'usr1', email: 'mia@shop.example', name: 'Mia' } },
      },
      changedTablesById: {
        tbl1: { changedRecordsById: { [id]: { current: { cellValuesByFieldId: { fld1: 'x' } } } } },
      },
    });
  };
  change(5, 'rec1', {
    Ticket: ticketId,
    Status: 'In progress',
    Assignee: { id: 'usr1', name: 'Mia' },
    'First response': at(4),
  });
  change(6, 'rec2', { Name: 'a row of another table' });
  pages.push({
    timestamp: at(7),
    changedTablesById: { tbl1: { changedRecordsById: { recGone: {} }, destroyedRecordIds: ['recGone'] } },
  });
  t.equal((await ping()).statusCode, 204);
  t.match(await read(), {
    status: 'in_progress',
    assignee: 'Mia',
    firstResponseAt: minute(4),
    history: [{}, { by: 'Mia' }, {}, {}],
  });
  t.match(airtable.received[0], { method: 'GET', headers: { authorization: 'Bearer token' } });
  t.ok(airtable.received.some(({ path }) => path === '/v0/app1/Tickets%20%26%20more/rec1'));

  change(9, 'rec1', { Ticket: ticketId, Status: 'Done', 'First response': at(8) });
  answers = false;
  refused(t, await ping(), { status: 503, code: 'service.unavailable' }, 'Airtable is away: it pings again');
  answers = true;
  const before = airtable.received.length;
  await Promise.all([ping(), ping()]);
  t.match(await read(), { status: 'done', firstResponseAt: minute(4), assignee: undefined });
  t.ok(
    airtable.received.slice(before).every(({ path }) => !path.endsWith('cursor=1')),
    'not from the beginning',
  );
  t.match(await db.collection<{ _id: string }>('crmCursors').findOne({ _id: 'ach1' }), { cursor: 5 });

  // once a day, what pings have not brought is taken, which keeps the webhook for another week
  const keeper = await worker();
  const jobs = async (log: string[]) => {
    const from = airtable.received.length;
    now = new Date(now.getTime() + 25 * 60 * 60_000);
    keeper.log.warn = (...[, message]: unknown[]) => void log.push(String(message));
    await keeper.runJobs();
    return airtable.received.slice(from).map(({ method, path }) => `${method} ${path}`);
  };
  const url = (host: string) => `https://${host}/internal/webhooks/airtable`;
  const hook = (id: string, more: object) => ({
    id,
    isHookEnabled: true,
    areNotificationsEnabled: true,
    notificationUrl: null,
    expirationTime: at(10),
    ...more,
  });
  webhooks.push(
    hook('ach1', {}),
    hook('ach2', { notificationUrl: url('shop.example'), areNotificationsEnabled: false }),
    hook('ach3', { notificationUrl: url('shop.example'), isHookEnabled: false }),
    hook('ach4', { notificationUrl: 'https://other.example/hook' }),
  );
  change(12, 'rec1', { Ticket: ticketId, Status: 'Open' });
  const warned: string[] = [];
  const asked = await jobs(warned);
  t.match(await read(), { status: 'open' }, 'a ping that was lost');
  t.ok(
    asked.includes('GET /v0/bases/app1/webhooks/ach1/payloads?cursor=5'),
    'which Airtable takes as its refresh',
  );
  t.ok(asked.includes('GET /v0/bases/app1/webhooks/ach2/payloads?cursor=1'), 'one that has never pinged');
  t.notOk(
    asked.some((path) => path.includes('ach4')),
    'that of somebody else is left alone',
  );
  t.match(warned, [/its pings are off: POST/, /it has ended: make a new one/]);
  const after = airtable.received.length;
  await Promise.all([keeper.runJobs(), keeper.runJobs()]);
  t.equal(airtable.received.length, after, 'not again that day, by whichever process');
  webhooks.length = 0;
  const none: string[] = [];
  await jobs(none);
  t.match(none, [/the base has no webhook for .*: make one/]);
  answers = false;
  const failed: string[] = [];
  await jobs(failed);
  t.match(failed, ['job failed, to be tried again']);
  answers = true;

  const wrong = { status: 401, code: 'webhook.signature_invalid' };
  const known = airtable.received.length;
  refused(t, await ping(Buffer.alloc(32, 6)), wrong, 'another secret');
  refused(t, await ping(MAC, 'app2'), wrong, 'another base');
  t.equal(airtable.received.length, known, 'nothing was asked for');
});

t.test('crm news: what Zendesk may send besides says nothing', (t) => {
  for (const body of [
    null,
    'x',
    [],
    {},
    { external_id: 'x' },
    { external_id: '', at: at(1) },
    { external_id: 'x', at: 'soon' },
  ])
    t.equal(readZendesk(body), undefined, JSON.stringify(body));
  t.match(readZendesk({ external_id: 'x', at: at(1), status: 'Brand new', assignee: '' }), {
    status: undefined,
    assignee: null,
  });
  t.end();
});

function permutations<T>(all: T[]): T[][] {
  if (all.length < 2) return [all];
  return all.flatMap((one, index) => permutations(all.toSpliced(index, 1)).map((rest) => [one, ...rest]));
}

t.test('crm news: the team hears of a new ticket, and when nobody has answered in time', async (t) => {
  const cases: [kind: string, fields: string | undefined][] = [
    ['slack', undefined],
    ['slack', 'name,notes'],
    ['teams', undefined],
  ];
  for (const [kind, fields] of cases) {
    const channel = await receiver(t, status(200));
    let now = new Date('2099-05-06T15:00:00.000Z');
    const { app, db } = await build(t, {
      now: () => now,
      env: {
        TEAM_WEBHOOK_URL: channel.url,
        TEAM_WEBHOOK_KIND: kind,
        TEAM_NOTE_FIELDS: fields,
        PUBLIC_URL: 'https://concierge.example/',
        DASHBOARD_ENABLED: 'true',
        DASHBOARD_SESSION_SECRET: 'secret-of-the-dashboard-that-is-long',
        DISPATCHER: 'inline',
        DELIVERY_POLL_MS: '60000',
      },
    });
    const open = async (name: string) => {
      const body = {
        sessionId: randomUUID(),
        email: `${name}@example.com`,
        name: 'Ada <!channel>',
        notes: 'A [ring](x)',
      };
      return (await call(app, '/api/concierge/stylist', body)).json().ticketId;
    };
    const states = async (ticketId: string) =>
      ((await db.collection('stylistTickets').findOne({ ticketId }))?.deliveries ?? [])
        .filter(({ to }: { to: string }) => to === 'team')
        .map(({ state }: { state: string }) => state);
    const settled = async (ticketId: string, expected: string[]) => {
      while (`${await states(ticketId)}` !== `${expected}`) await app.dispatcher.drain();
    };
    const [late, answered] = [await open('late'), await open('answered')];
    await settled(late, ['done', 'pending']);
    await settled(answered, ['done', 'pending']);
    await db
      .collection('stylistTickets')
      .updateOne({ ticketId: answered }, { $set: { firstResponseAt: now } });
    now = new Date('2099-05-20T15:00:00.000Z');
    await settled(late, ['done', 'done']);
    await settled(answered, ['done', 'skipped']);

    const said = channel.received.map(({ body }) => body);
    t.equal(said.length, 3, kind);
    t.ok(said.every((body) => body.includes('https://concierge.example/dashboard/support/tickets/ST-')));
    t.match(said.at(-1), new RegExp(`Nobody has answered in time.*${late.replaceAll('-', '.*')}`));
    t.notMatch(said.join(), /example\.com|<!channel>/, 'nobody is named, nobody is called');
    const [first] = said.map((body) => JSON.parse(body));
    if (kind === 'teams')
      t.match(first.attachments[0].content, { type: 'AdaptiveCard', body: [{}, { type: 'FactSet' }] });
    else if (fields) t.match(first.text, /Name: Ada &lt;!channel&gt;\nNotes: A \[ring\]/);
    else t.notMatch(first.text, /Ada|ring/);
  }
});
