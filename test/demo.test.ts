import type { FastifyInstance } from 'fastify';
import t from 'tap';
import { products } from '../scripts/seed-data/products.js';
import { DEVELOPMENT } from '../src/config/development.js';
import { development, PUBLIC_URL } from './development.js';
import { build } from './helper.js';

const SESSION = '0e8f2a7c-52d4-4a6e-9b1c-7f3d2e1a9c55';
const PATHS = [
  '/demo',
  '/demo/outbox',
  '/demo/outbox/count',
  '/demo/assets/demo.js',
  '/demo/pieces/ring/halo/silver/none/x.svg',
];

const call = (app: FastifyInstance, url: string, payload: object) =>
  app.inject({ method: 'POST', url, headers: { authorization: `Bearer ${DEVELOPMENT.key}` }, payload });

/** The outbox as a page, when all that has been enqueued has come to it. */
async function outbox(app: FastifyInstance, kind = ''): Promise<string> {
  await app.dispatcher.drain();
  return (await app.inject({ url: `/demo/outbox?kind=${kind}` })).body;
}

t.test('demo: there in development, under a policy that runs no script but its own', async (t) => {
  const app = await development(t);
  for (const url of ['/', '/demo', '/demo/outbox']) {
    const { statusCode, headers, body } = await app.inject({ url });
    t.equal(statusCode, 200, url);
    t.match(headers['content-type'], /^text\/html/);
    t.match(headers['content-security-policy'], /default-src 'none'; script-src 'self'; style-src 'self'/);
    t.notMatch(headers['content-security-policy'], /unsafe/);
    t.notMatch(body, /<script(?! type="module" src=)|\son\w+=|\sstyle=/, 'nothing stands in the page itself');
  }
  const home = (await app.inject({ url: '/' })).body;
  for (const link of ['/demo', '/demo/outbox', '/dashboard', '/docs', '/health/ready', DEVELOPMENT.staffKey])
    t.ok(home.includes(link), `the page of links has ${link}`);
  t.match((await app.inject('/dashboard/sign-in')).body, `<code>${DEVELOPMENT.staffKey}</code>`);
  t.notOk(JSON.stringify(app.swagger()).includes('/demo'), 'and the API document says nothing of it');
});

t.test('demo: nowhere in a service as it is released, whatever its settings', async (t) => {
  const { app } = await build(t, {
    env: { DASHBOARD_ENABLED: 'true', DASHBOARD_SESSION_SECRET: DEVELOPMENT.sessionSecret },
  });
  for (const url of ['/', ...PATHS]) t.equal((await app.inject({ url })).statusCode, 404, url);
});

t.test('demo: every seeded piece has a picture, drawn from its address and nothing else', async (t) => {
  const app = await development(t);
  const drawn = new Set<string>();
  for (const { media, inventory } of products) {
    if (!media) continue;
    const { statusCode, headers, body } = await app.inject({ url: media.primary });
    t.equal(statusCode, 200, inventory.sku);
    t.equal(headers['content-type'], 'image/svg+xml');
    t.equal(headers['cross-origin-resource-policy'], 'cross-origin', 'the shop on another port shows it');
    t.match(body, /^<svg [\s\S]*<\/svg>\s*$/);
    t.notMatch(body, /NaN|undefined/);
    drawn.add(body);
  }
  t.ok(drawn.size >= 35, `${drawn.size} different drawings`);
  const odd = await app.inject({ url: '/demo/pieces/%3Cscript%3E/%22%3E%3Cb/x/y-z/constructor' });
  t.equal(odd.statusCode, 200);
  t.notMatch(odd.body, /script|<b/, 'what is not known is drawn as a plain ring');
});

t.test(
  'outbox: mails, texts, tickets and webhooks as they would have been sent, and their links can be followed',
  async (t) => {
    const app = await development(t, { ORDERS_PROOF: 'required' });
    t.match(await outbox(app), /Nothing yet/);

    // a code, which proves the order
    await call(app, '/api/concierge/orders/verify', { sessionId: SESSION, orderNumber: 'GG-12006' });
    const [, code] = /Your code for order GG-12006 is (\S+?)</.exec(await outbox(app, 'mail')) ?? [];
    t.match(
      await outbox(app, 'mail'),
      /can be used until [A-Z]\w+ \d+, \d{4} at \d+:\d\d\s[AP]M (E[SD]T|GMT)/,
      'with the zone of the time',
    );
    const verified = await call(app, '/api/concierge/orders/verify', {
      sessionId: SESSION,
      orderNumber: 'GG-12006',
      code,
    });
    t.match(verified.json(), { status: 'verified' });

    // a return that is not proved, and the link that confirms it
    const wish = { option: 'return', orderNumber: 'GG-12023', sessionId: SESSION };
    t.match((await call(app, '/api/concierge/orders/returns', wish)).json(), { status: 'unconfirmed' });
    const confirm = linkIn(await outbox(app, 'mail'), 'returns/confirm');
    t.match((await app.inject({ url: confirm })).body, /Confirm RMA-/);
    t.match((await press(app, confirm)).json(), { ok: true, status: 'initiated' });
    const confirmed = await outbox(app);
    t.match(confirmed, /Your return RMA-[\s\S]*with RMA-[\w-]+\.pdf/, 'the confirmation, with its slip');
    t.match(confirmed, /to fulfilment[\s\S]*return\.initiated/, 'the webhook');

    // updates, and their end
    const asked = { sessionId: SESSION, orderNumber: 'GG-12006' };
    await call(app, '/api/concierge/order-updates', asked);
    const end = linkIn(await outbox(app, 'mail'), 'unsubscribe');
    t.match((await press(app, end)).json(), { ok: true });
    await call(app, '/api/concierge/order-updates', { ...asked, phone: '+12025550123', sms: true });
    const texts = await outbox(app, 'text');
    t.match(texts, /GG-12006[\s\S]*STOP[\s\S]*to \+12025550123/);
    t.notMatch(texts, /<iframe/, 'one kind alone');

    // a ticket, whose words are those of a stranger
    const notes = '<img src=x onerror=alert(1)> "quoted"';
    await call(app, '/api/concierge/stylist', { sessionId: SESSION, email: 'ada@example.com', notes });
    const tickets = await outbox(app, 'ticket');
    t.match(tickets, /Stylist request ST-/);
    t.notMatch(tickets, /<img/, 'are shown as text');

    const asking = (await outbox(app, 'mail'))
      .split('<details')
      .find((one) => one.includes('Please confirm'));
    const [mailUrl = ''] = /\/demo\/outbox\/\d+\/html/.exec(asking ?? '') ?? [];
    const mail = await app.inject({ url: mailUrl });
    t.match(
      mail.headers['content-security-policy'],
      /default-src 'none'; .*frame-ancestors 'self'; .*; sandbox allow-popups/,
    );
    t.notMatch(mail.headers['content-security-policy'], /allow-scripts|script-src/);
    t.match(mail.body, /<a href="http:\/\/127\.0\.0\.1:4400\//, 'its links are links');
    t.equal((await app.inject({ url: '/demo/outbox/999/html' })).statusCode, 404);
  },
);

/** The one button of a page that a link leads to. */
const press = (app: FastifyInstance, url: string) =>
  app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: 'confirm=',
  });

/** The path of the first link of that kind, as it stands in the page. */
function linkIn(page: string, part: string): string {
  const [, link = ''] = new RegExp(`href="${PUBLIC_URL}([^"]*${part}[^"]*)"`).exec(page) ?? [];
  return link.replaceAll('&#38;', '&');
}

t.test('docs: no key is filled in by a service as it is released', async (t) => {
  const initializer = '/docs/static/swagger-initializer.js';
  const { app } = await build(t);
  t.notMatch((await app.inject(initializer)).body, /preauthorize/);
  t.match(
    (await (await development(t)).inject(initializer)).body,
    /preauthorizeApiKey\('bearerKey', "dev-staff-key"\)/,
  );
});
