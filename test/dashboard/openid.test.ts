import t, { type Test } from 'tap';
import { loadConfig } from '../../src/config/load.js';
import { groupsOf } from '../../src/dashboard/sign-in/openid-connect.js';
import { database, environment } from '../helper.js';
import { CLIENT, startIdentityProvider } from './identity-provider.js';
import { createVisitor, ENABLED, start } from './staff.js';

const NOW = new Date();
const PUBLIC_URL = 'https://concierge.example';
const START = '/dashboard/sign-in/openid';
const LEADS = 'Concierge leads';
const STYLISTS = 'CN=Stylists,OU=Shop';

type Visitor = ReturnType<typeof createVisitor>;
type Provider = Awaited<ReturnType<typeof startIdentityProvider>>;

/** From the link on the page of the sign-in to the answer to coming back. */
async function signInAt(provider: Provider, visitor: Visitor, login: string, next = '') {
  const begun = await visitor.open(`${START}?next=${encodeURIComponent(next)}`);
  return visitor.open(within(await provider.signIn(String(begun.headers.location), login)));
}

const within = (address: string): string => address.slice(PUBLIC_URL.length);

async function begin(test: Test, how?: Parameters<typeof startIdentityProvider>[1], now = () => NOW) {
  const provider = await startIdentityProvider(test, how);
  const env = { ...ENABLED, PUBLIC_URL, ...provider.settings };
  const { app, db } = await start(test, { now, env });
  return { provider, app, db };
}

t.test('OpenID Connect: who signs in at the provider is let in by their groups', async (t) => {
  for (const [what, how] of [
    ['groups in the ID token', { inIdToken: true }],
    ['groups in what is said of the user', { inIdToken: false }],
    ['the secret in the body', { method: 'client_secret_post' }],
  ] as const) {
    const { provider, app, db } = await begin(t, how);
    await provider.serve(PUBLIC_URL);
    provider.people.set('ada', { name: 'Ada Sample', groups: ['others', STYLISTS] });
    const visitor = createVisitor(app);
    const page = await visitor.open('/dashboard/sign-in?next=%2Fdashboard%2Forders');
    t.match(
      page.body,
      /href="\/dashboard\/sign-in\/openid\?next=%2Fdashboard%2Forders">Sign in at Atelier Login/,
      what,
    );
    const begun = await visitor.open(`${START}?next=/dashboard/orders`);
    t.match(
      begun.cookies,
      [{ httpOnly: true, secure: true, sameSite: 'Lax', path: START, maxAge: 600 }],
      what,
    );
    const sent = new URL(String(begun.headers.location)).searchParams;
    t.match(Object.fromEntries(sent), {
      response_type: 'code',
      code_challenge_method: 'S256',
      code_challenge: /^[\w-]{43}$/,
      state: /^[\w-]{43}$/,
      nonce: /^[\w-]{43}$/,
      redirect_uri: `${PUBLIC_URL}${START}/back`,
    });
    const back = await visitor.open(within(await provider.signIn(String(begun.headers.location), 'ada')));
    t.equal(back.statusCode, 200, what);
    t.match(back.body, /http-equiv="refresh" content="0;url=\/dashboard\/orders"/, what);
    const cookie = back.cookies.find(({ name }) => name === 'concierge_dashboard');
    t.match(cookie, { httpOnly: true, secure: true, sameSite: 'Strict', maxAge: 8 * 3600 }, what);
    t.match((await visitor.open('/dashboard/support')).body, /Ada Sample/, what);
    t.match(await db.collection('staffSessions').findOne({}), { key: /^oidc-/, roles: ['agent'] }, what);
    t.match(await db.collection('auditLog').findOne({ action: 'dashboard.signed_in' }), {
      by: 'Ada Sample',
      target: /^oidc-/,
      details: { roles: ['agent'] },
    });
  }
});

t.test(
  'OpenID Connect: what comes back is good once, in the browser that asked, for ten minutes',
  async (t) => {
    let now = NOW;
    const { provider, app } = await begin(t, {}, () => now);
    await provider.serve(PUBLIC_URL);
    provider.people.set('ada', { name: 'Ada Sample', groups: [STYLISTS] });
    const refused = async (visitor: Visitor, path: string, why: RegExp, what: string) => {
      const answer = await visitor.open(path);
      t.equal(answer.statusCode, 403, what);
      t.match(answer.body, why, what);
      t.equal((await visitor.open('/dashboard/orders')).statusCode, 303, `${what}: not signed in`);
    };
    const sent = async (visitor: Visitor) => {
      const begun = await visitor.open(START);
      return within(await provider.signIn(String(begun.headers.location), 'ada'));
    };
    const NOT_HERE = /not begun in this browser/;
    const NOT_IN = /Atelier Login has not let you in/;

    const [victim, mallory] = [createVisitor(app), createVisitor(app)];
    const path = await sent(victim);
    await refused(createVisitor(app), path, NOT_HERE, 'a browser that has not asked');
    await mallory.open(START);
    await refused(mallory, path, NOT_IN, 'a browser that has asked for something else');

    const code = new URL(path, PUBLIC_URL).searchParams.get('code') ?? '';
    const own = new URL(await sent(mallory), PUBLIC_URL);
    own.searchParams.set('code', code);
    await refused(mallory, own.pathname + own.search, NOT_IN, "another's code under the own state");

    const late = createVisitor(app);
    const tooLate = await sent(late);
    now = new Date(NOW.getTime() + 10 * 60_000);
    await refused(late, tooLate, NOT_HERE, 'after ten minutes');
    now = NOW;

    const forged = createVisitor(app);
    const forgedPath = await sent(forged);
    forged.cookies.concierge_sign_in = `${forged.cookies.concierge_sign_in?.split('.')[0]}.forged`;
    await refused(forged, forgedPath, NOT_HERE, 'a cookie that is not ours');
    const csrf = createVisitor(app);
    const csrfPath = await sent(csrf);
    await csrf.open('/dashboard/sign-in');
    csrf.cookies.concierge_sign_in = csrf.cookies.concierge_csrf ?? '';
    await refused(csrf, csrfPath, NOT_HERE, 'a cookie of ours that is of another kind');

    const once = createVisitor(app);
    const oncePath = await sent(once);
    const kept = once.cookies.concierge_sign_in ?? '';
    t.equal((await once.open(oncePath)).statusCode, 200);
    const again = createVisitor(app);
    again.cookies.concierge_sign_in = kept;
    await refused(again, oncePath, NOT_IN, 'a second time');
    const denied = createVisitor(app);
    const state = new URL(String((await denied.open(START)).headers.location)).searchParams.get('state');
    await refused(denied, `${START}/back?error=access_denied&state=${state}`, NOT_IN, 'refused there');
    t.equal((await signInAt(provider, createVisitor(app), 'ada', 'https://evil.example')).statusCode, 200);
    t.notMatch((await signInAt(provider, createVisitor(app), 'ada', 'https://evil.example')).body, /evil/);
  },
);

t.test('OpenID Connect: rights follow the groups at the next sign-in, in every browser', async (t) => {
  const { provider, app, db } = await begin(t);
  await provider.serve(PUBLIC_URL);
  const ada = { name: 'Ada Sample', groups: [LEADS] };
  provider.people.set('ada', ada);
  provider.people.set('bo', { name: 'Bo Sample', groups: [LEADS] });
  const [first, second, other] = [createVisitor(app), createVisitor(app), createVisitor(app)];
  await signInAt(provider, first, 'ada');
  await signInAt(provider, other, 'bo');
  const opens = async (visitor: Visitor, path: string) => (await visitor.open(path)).statusCode;
  t.equal(await opens(first, '/dashboard/lists/audit'), 200, 'a lead');
  ada.groups = [STYLISTS];
  await signInAt(provider, second, 'ada');
  t.equal(await opens(first, '/dashboard/lists/audit'), 403, 'an agent now, in the earlier session too');
  t.equal(await opens(first, '/dashboard/orders'), 200);
  ada.groups = ['others'];
  const refused = await signInAt(provider, createVisitor(app), 'ada');
  t.equal(refused.statusCode, 403);
  t.match(refused.body, /none of the groups/);
  t.same([await opens(first, '/dashboard/orders'), await opens(second, '/dashboard/orders')], [303, 303]);
  t.equal(await opens(other, '/dashboard/lists/audit'), 200, 'nobody else is concerned');
  t.match(await db.collection('auditLog').findOne({ action: 'dashboard.sign_in_refused' }), {
    by: 'Ada Sample',
  });
});

t.test('OpenID Connect: signing out ends the session here, and leads to the provider', async (t) => {
  const { provider, app } = await begin(t);
  await provider.serve(PUBLIC_URL);
  provider.people.set('ada', { name: 'Ada Sample', groups: [STYLISTS] });
  const visitor = createVisitor(app);
  await signInAt(provider, visitor, 'ada');
  const kept = { ...visitor.cookies };
  const out = await visitor.submit('/dashboard/support', '/dashboard/sign-out', {});
  t.equal(out.headers.location, '/dashboard/sign-in?out=here');
  t.match((await visitor.open('/dashboard/sign-in?out=here')).body, /Sign out of Atelier Login too/);
  const leading = new URL(String((await visitor.open(`${START}/sign-out`)).headers.location));
  t.equal(leading.origin, provider.issuer);
  t.match(Object.fromEntries(leading.searchParams), {
    client_id: CLIENT.client_id,
    post_logout_redirect_uri: `${PUBLIC_URL}/dashboard/sign-in`,
  });
  Object.assign(visitor.cookies, kept);
  t.equal((await visitor.open('/dashboard/orders')).statusCode, 303);

  const byKey = createVisitor(app);
  await byKey.signIn();
  const gone = await byKey.submit('/dashboard/support', '/dashboard/sign-out', {});
  t.equal(gone.headers.location, '/dashboard/sign-in', 'a key is at no provider');
});

t.test('OpenID Connect: a provider that is away is said so, and asked again the next time', async (t) => {
  const { provider, app } = await begin(t);
  const visitor = createVisitor(app);
  const away = await visitor.open(START);
  t.equal(away.statusCode, 503);
  t.match(away.body, /identity provider cannot be reached/);
  t.equal((await visitor.signIn()).statusCode, 303, 'keys open the dashboard meanwhile');
  await provider.serve(PUBLIC_URL);
  t.equal((await visitor.open(START)).statusCode, 303);
});

t.test(
  'OpenID Connect: another provider, or none any more, ends the sessions of the one before',
  async (t) => {
    const { provider, app, db } = await begin(t);
    await provider.serve(PUBLIC_URL);
    provider.people.set('ada', { name: 'Ada Sample', groups: [STYLISTS] });
    const visitor = createVisitor(app);
    await signInAt(provider, visitor, 'ada');
    const { cookies } = visitor;
    const { buildApp } = await import('../../src/app.js');
    for (const [what, changed, status] of [
      ['as it was', provider.settings, 200],
      ['no provider', {}, 303],
      ['another client', { ...provider.settings, DASHBOARD_OIDC_CLIENT_ID: 'other' }, 303],
      ['a role that nobody has any more', { ...provider.settings, DASHBOARD_OIDC_ROLES: 'lead=L' }, 303],
    ] as const) {
      const env = { ...ENABLED, PUBLIC_URL, ...changed };
      const next = await buildApp(loadConfig(await environment(db, env), {}), { now: () => NOW });
      t.equal((await next.inject({ url: '/dashboard/orders', cookies })).statusCode, status, what);
      await next.close();
    }
  },
);

t.test('OpenID Connect: settings that do not go together', async (t) => {
  const env = await environment(await database(t), { ...ENABLED });
  const fine = {
    DASHBOARD_OIDC_ISSUER: 'https://login.example',
    DASHBOARD_OIDC_CLIENT_ID: 'c',
    DASHBOARD_OIDC_CLIENT_SECRET: 's',
    DASHBOARD_OIDC_ROLES: 'agent=a',
  };
  const ROWS: [what: string, changed: object, problem: RegExp | undefined][] = [
    ['fine', {}, undefined],
    ['a list with an end', { DASHBOARD_OIDC_ROLES: ' agent = a ; lead=b=c; ' }, undefined],
    ['http on this machine', { DASHBOARD_OIDC_ISSUER: 'http://localhost:9000' }, undefined],
    ['http', { DASHBOARD_OIDC_ISSUER: 'http://login.example' }, /https address/],
    ['no address', { DASHBOARD_OIDC_ISSUER: 'login.example' }, /DASHBOARD_OIDC_ISSUER is not valid/],
    ['no client', { DASHBOARD_OIDC_CLIENT_ID: '' }, /CLIENT_ID is missing/],
    ['no secret', { DASHBOARD_OIDC_CLIENT_SECRET: '' }, /CLIENT_SECRET is missing/],
    ['no roles', { DASHBOARD_OIDC_ROLES: '' }, /ROLES is missing/],
    ['a role that there is not', { DASHBOARD_OIDC_ROLES: 'owner=a' }, /agent, lead, finance, operator/],
    ['a role of a machine', { DASHBOARD_OIDC_ROLES: 'widget=a' }, /agent, lead, finance, operator/],
    ['no group', { DASHBOARD_OIDC_ROLES: 'agent=' }, /ROLES is a list/],
    ['without openid', { DASHBOARD_OIDC_SCOPE: 'profile' }, /`openid` in it/],
  ];
  for (const [what, changed, problem] of ROWS) {
    const load = () => loadConfig({ ...env, ...fine, ...changed }, {});
    if (problem) t.throws(load, problem, what);
    else t.doesNotThrow(load, what);
  }
});

t.test('OpenID Connect: groups, in the forms in which providers send them', async (t) => {
  const ROWS: [what: string, claims: object, claim: string, groups: string[] | undefined][] = [
    ['a list', { groups: ['a', 'b'] }, 'groups', ['a', 'b']],
    ['one name', { groups: 'a' }, 'groups', ['a']],
    ['what is no text in a list', { groups: ['a', 7, null] }, 'groups', ['a']],
    ['an object with the names as keys', { roles: { a: { o: 1 }, b: {} } }, 'roles', ['a', 'b']],
    ['a path', { realm_access: { roles: ['a'] } }, 'realm_access.roles', ['a']],
    ['a name with dots', { 'https://shop.example/groups': ['a'] }, 'https://shop.example/groups', ['a']],
    ['none', {}, 'groups', undefined],
    ['null', { groups: null }, 'groups', undefined],
    ['a number', { groups: 7 }, 'groups', undefined],
    ['a path through a text', { realm: 'x' }, 'realm.length', undefined],
    ['inherited', {}, 'constructor.name', undefined],
  ];
  for (const [what, claims, claim, groups] of ROWS) t.same(groupsOf(claims, claim), groups, what);
});
