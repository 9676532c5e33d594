import t from 'tap';
import { loadConfig } from '../../src/config/load.js';
import { createChanges } from '../../src/dashboard/queue/changes.js';
import { database, environment } from '../helper.js';
import { deadTicket, hold, image, order, rating, store, ticket } from './documents.js';
import { createVisitor, KEYS, staffKeys, stage, start, tokenOf } from './staff.js';

const NOW = new Date('2026-11-25T15:00:00Z');
const hoursAgo = (hours: number) => new Date(NOW.getTime() - hours * 3_600_000);
const begin = stage(t, () => NOW);

const PAGES = ['support', 'orders', 'creators', 'insights'].map((name) => `/dashboard/${name}`);

t.test('the pages are off unless they are switched on, and then need a secret', async (t) => {
  const { app } = await start(t, { now: () => NOW, env: {} });
  for (const page of [...PAGES, '/dashboard/sign-in', '/dashboard/assets/dashboard.css'])
    t.equal((await app.inject(page)).statusCode, 404, page);
  t.equal((await app.inject('/api/dashboard/orders')).statusCode, 401, 'the data is always there');
  const env = await environment(await database(t), { DASHBOARD_ENABLED: 'true' });
  t.throws(() => loadConfig(env, {}), /DASHBOARD_SESSION_SECRET/);
});

t.test('who has not signed in sees the sign-in, and nothing else', async (t) => {
  const { app } = await begin();
  for (const page of PAGES) {
    const response = await app.inject(page);
    t.equal(response.statusCode, 303);
    t.equal(response.headers.location, `/dashboard/sign-in?next=${encodeURIComponent(page)}`);
  }
  t.equal((await app.inject('/dashboard/support/changes')).statusCode, 303);
  const page = await app.inject('/dashboard/sign-in');
  t.match(page.headers['content-security-policy'], /default-src 'none'; script-src 'self'; style-src 'self'/);
  t.notMatch(page.headers['content-security-policy'], /unsafe/);
  t.equal(page.headers['cache-control'], 'no-store');
  t.notMatch(
    page.body,
    /<script(?![^>]*src="\/dashboard\/assets\/)|\sstyle="|\son[a-z]+="/,
    'nothing inline',
  );
  for (const asset of [
    'dashboard.css',
    'dashboard.js',
    'plots.js',
    'chart.umd.min.js',
    'icon.svg',
    'cormorant-garamond-latin-500-normal.woff2',
  ])
    t.equal((await app.inject(`/dashboard/assets/${asset}`)).statusCode, 200, asset);
  for (const other of ['chart.cjs', '../views/layout.eta', '%2e%2e/pages.ts', 'package.json'])
    t.not((await app.inject(`/dashboard/assets/${other}`)).statusCode, 200, other);
});

t.test('signing in', async (t) => {
  const { app, db } = await begin();
  const visitor = createVisitor(app);
  const { submit, open } = visitor;
  const form = (fields: Record<string, string>) =>
    submit('/dashboard/sign-in', '/dashboard/sign-in', { next: '', ...fields });
  t.match(await form({ key: 'nonsense', name: 'M' }), {
    statusCode: 403,
    body: /does not open the dashboard/,
  });
  t.match(await form({ key: KEYS.other, name: 'M' }), { statusCode: 403 });
  t.match(await form({ key: KEYS.agent, name: ' ' }), { statusCode: 400, body: /who you are/ });
  t.equal(visitor.cookies.concierge_dashboard, undefined);

  const response = await form({ key: KEYS.agent, name: 'Margaux', next: '/dashboard/orders?search=GG-1' });
  t.equal(response.statusCode, 303);
  t.equal(response.headers.location, '/dashboard/orders?search=GG-1');
  const cookie = response.cookies.find(({ name }) => name === 'concierge_dashboard');
  t.match(cookie, { httpOnly: true, sameSite: 'Strict', path: '/dashboard', maxAge: 8 * 3600 });
  t.notMatch(cookie?.value, KEYS.agent);
  for (const page of PAGES) t.equal((await open(page)).statusCode, 200, page);
  t.match((await open('/dashboard/sign-in')).headers.location, '/dashboard/support');
  t.match(await db.collection('auditLog').findOne({ action: 'dashboard.signed_in' }), {
    key: 'agent',
    by: 'Margaux',
  });

  for (const next of [
    'https://evil.example',
    '//evil.example',
    '/dashboard//evil',
    '/other',
    '/dashboard/sign-out',
  ]) {
    const fresh = createVisitor(app);
    const answer = await fresh.submit('/dashboard/sign-in', '/dashboard/sign-in', {
      key: KEYS.agent,
      name: 'M',
      next,
    });
    t.match(answer.headers.location, /^\/dashboard\/(support$|\/evil$)/, next);
  }
  const out = await submit('/dashboard/support', '/dashboard/sign-out', {});
  t.equal(out.headers.location, '/dashboard/sign-in');
  t.equal((await open('/dashboard/support')).statusCode, 303);
});

t.test('keys cannot be guessed', async (t) => {
  const { app } = await start(t, { now: () => NOW });
  const { submit } = createVisitor(app);
  const statuses: number[] = [];
  for (let attempt = 0; attempt < 25; attempt++)
    statuses.push(
      (await submit('/dashboard/sign-in', '/dashboard/sign-in', { key: `guess-${attempt}`, name: 'M' }))
        .statusCode,
    );
  t.equal(statuses.filter((status) => status === 403).length, 20);
  t.equal(statuses.at(-1), 429);
});

t.test('a session ends after 8 hours, with its key, and when anything in it is changed', async (t) => {
  let now = NOW;
  const { app } = await start(t, { now: () => now });
  const visitor = createVisitor(app);
  await visitor.signIn();
  const signedIn = async () => (await visitor.open('/dashboard/orders')).statusCode === 200;
  t.ok(await signedIn());
  now = new Date(NOW.getTime() + 8 * 3_600_000 - 1000);
  t.ok(await signedIn());
  now = new Date(NOW.getTime() + 8 * 3_600_000);
  t.notOk(await signedIn());
  now = NOW;

  const good = visitor.cookies.concierge_dashboard ?? '';
  const [value = '', signature = ''] = good.split(/\.(?=[^.]*$)/);
  const forged = JSON.parse(Buffer.from(value, 'base64url').toString());
  forged.key = 'all';
  visitor.cookies.concierge_dashboard = `${Buffer.from(JSON.stringify(forged)).toString('base64url')}.${signature}`;
  t.notOk(await signedIn());
  visitor.cookies.concierge_dashboard = value;
  t.notOk(await signedIn());
  visitor.cookies.concierge_dashboard = good;
  t.ok(await signedIn());

  const key = staffKeys.find(({ id }) => id === 'agent');
  if (!key) return t.fail('there is a key');
  t.teardown(() => Object.assign(key, { scopes: ['dashboard:read', 'dashboard:write'], sha256 }));
  const { sha256 } = key;
  key.scopes = ['returns:manage'];
  t.notOk(await signedIn(), 'the key does not allow it any more');
  key.scopes = ['dashboard:read'];
  key.sha256 = '0'.repeat(64);
  t.notOk(await signedIn(), 'another key under the same id');
});

t.test('every form brings back a token of that person', async (t) => {
  const { app, db } = await begin();
  await store(db, 'stylistTickets', [ticket(hoursAgo(1), { ticketId: 'T-1' })]);
  const [visitor, other] = [createVisitor(app), createVisitor(app)];
  await visitor.signIn();
  await other.signIn(KEYS.all, 'Jules');
  const path = '/dashboard/support/tickets/T-1';
  const act = (form: Record<string, string>) =>
    visitor.send('POST', `${path}/actions`, { action: 'done', version: '1', ...form });
  t.match(await act({}), { statusCode: 403, body: /out of date/ });
  t.match(await act({ _csrf: 'nonsense' }), { statusCode: 403 });
  t.match(await act({ _csrf: tokenOf((await other.open(path)).body) }), { statusCode: 403 });
  const anonymous = createVisitor(app);
  t.match(await act({ _csrf: tokenOf((await anonymous.open('/dashboard/sign-in')).body) }), {
    statusCode: 403,
  });
  t.equal(
    (await anonymous.submit('/dashboard/sign-in', `${path}/actions`, { action: 'done', version: '1' }))
      .statusCode,
    401,
  );
  t.match(await db.collection('stylistTickets').findOne({ ticketId: 'T-1' }), { version: 1, status: 'open' });
  t.equal((await act({ _csrf: tokenOf((await visitor.open(path)).body) })).statusCode, 303);
});

t.test(
  'a ticket is worked with plain forms; who was too late is told, and sees it as it is now',
  async (t) => {
    const { app, db } = await begin();
    await store(db, 'stylistTickets', [
      ticket(hoursAgo(5), { ticketId: 'T-1', notes: '<b>Ring</b> & "more"' }),
    ]);
    const [margaux, jules, looker] = [createVisitor(app), createVisitor(app), createVisitor(app)];
    await margaux.signIn();
    await jules.signIn(KEYS.all, 'Jules');
    await looker.signIn(KEYS.looker, 'Lou');
    const path = '/dashboard/support/tickets/T-1';
    const queue = await margaux.open('/dashboard/support');
    t.match(queue.body, '&lt;b&gt;Ring&lt;/b&gt; &amp; &quot;more&quot;');
    t.match(queue.body, /1 h over/);
    t.match((await margaux.open(path)).body, /a•••@example\.com/);
    t.match((await jules.open(path)).body, /ada@example\.com/);

    const seen = await jules.open(path);
    t.equal(
      (await margaux.submit(path, `${path}/actions`, { action: 'in_progress', version: '1' })).headers
        .location,
      `${path}?done=in_progress`,
    );
    t.match((await margaux.open(`${path}?done=in_progress`)).body, /The ticket is in progress/);
    t.notMatch((await margaux.open(`${path}?done=constructor`)).body, /native code/);
    const late = await jules.send('POST', `${path}/actions`, {
      _csrf: tokenOf(seen.body),
      action: 'note',
      version: '1',
      note: 'Mine, with love',
    });
    t.equal(late.statusCode, 409);
    t.match(late.body, /Nothing was done[\s\S]*Someone else has acted[\s\S]*In progress/);
    t.match(late.body, 'Mine, with love', 'what was written is not lost');
    t.notMatch((await looker.open(path)).body, /actions"/, 'who may only look has no forms');
    t.equal((await looker.submit(path, `${path}/actions`, { action: 'done', version: '2' })).statusCode, 403);
    t.equal((await margaux.open('/dashboard/support/tickets/T-9')).statusCode, 404);
    t.match(await margaux.open('/dashboard/nothing'), { statusCode: 404, body: /There is no such page/ });
  },
);

t.test('every kind of thing has a page, and what cannot be undone is asked for twice', async (t) => {
  const { app, db } = await begin();
  const dead = deadTicket(hoursAgo(5));
  await store(db, 'stylistTickets', [dead]);
  await store(db, 'capsuleHolds', [
    hold(hoursAgo(20), { reservationId: 'C-1', customerEmail: 'ada@example.com' }),
  ]);
  await store(db, 'csatFeedback', [
    rating(hoursAgo(6), { feedbackId: 'F-1', score: 1, notes: 'Nobody answered' }),
  ]);
  await store(db, 'widgetInspiration', [image(hoursAgo(2), { inspirationId: 'I-1' })]);
  await store(db, 'orders', [order('GG-1', hoursAgo(30))]);
  const visitor = createVisitor(app);
  await visitor.signIn();
  const deliveryId = dead.deliveries[0]?.id ?? '';
  const pages: [path: string, shows: RegExp][] = [
    ['capsules/C-1', /Aurora Ring[\s\S]*<details class="confirm">[\s\S]*Release the pieces/],
    ['feedback/F-1', /Nobody answered[\s\S]*Customer contacted/],
    ['images/I-1', /Approve[\s\S]*<details class="confirm">[\s\S]*Reject and remove/],
    [`deliveries/${deliveryId}`, /answered 403[\s\S]*<details class="confirm">[\s\S]*Send it again/],
  ];
  for (const [path, shows] of pages)
    t.match(await visitor.open(`/dashboard/support/${path}`), { statusCode: 200, body: shows }, path);
  t.match((await visitor.open('/dashboard/orders/GG-1')).body, /As the customer sees it/);
  t.match((await visitor.open('/dashboard/orders?search=XX-1')).body, /No order is known as/);
  t.match(
    (await visitor.open('/dashboard/support?kind=tickets&status=&due=&assignee=')).body,
    /Nothing matches these filters/,
  );
  const replay = await visitor.submit(
    `/dashboard/support/deliveries/${deliveryId}`,
    `/dashboard/support/deliveries/${deliveryId}/actions`,
    { action: 'replay', version: '11' },
  );
  t.equal(replay.headers.location, '/dashboard/support?done=replay');
});

t.test('the stream of changes tells that the queue has changed, and ends with the service', async (t) => {
  let state = 'a';
  let asked = 0;
  const changes = createChanges(
    async () => `${++asked > 1 ? state : 'a'}`,
    1,
    (error) => t.error(error),
  );
  const told = new Promise<void>((resolve) => {
    const stop = changes.listen(() => {
      stop();
      resolve();
    });
  });
  state = 'b';
  await told;

  const { app } = await start(t, { now: () => NOW });
  const visitor = createVisitor(app);
  await visitor.signIn();
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  const cookie = `concierge_dashboard=${visitor.cookies.concierge_dashboard}`;
  const response = await fetch(`${address}/dashboard/support/changes`, { headers: { cookie } });
  t.equal(response.headers.get('content-type'), 'text/event-stream');
  const reading = response.text();
  await app.close();
  t.match(await reading, /^retry: \d+/);
});
