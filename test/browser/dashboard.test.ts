import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import type { Db, Document } from 'mongodb';
import type { Browser, Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { receiver } from '../connectors/receiver.js';
import { smtpReceiver } from '../connectors/smtp-receiver.js';
import { deadTicket, event, image, order, rating, store, ticket } from '../dashboard/documents.js';
import { startIdentityProvider } from '../dashboard/identity-provider.js';
import { ENABLED, KEYS, start } from '../dashboard/staff.js';
import { call } from '../helper.js';
import { zendesk, zendeskSettings } from '../vendors/zendesk.js';
import { browserPath, type Look, launch, openWindow, violations } from './browser.js';

const executable = browserPath();
const skip = executable
  ? false
  : 'there is no Chromium here (CHROMIUM_PATH names one): the pages were not looked at in a browser';
const ARTEFACTS = fileURLToPath(new URL('../../artefacts/dashboard/', import.meta.url));
/** To be looked at: SCREENSHOTS=some npx tap test/browser/dashboard.test.ts, or `all`, in every width. */
const { SCREENSHOTS } = process.env;
const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);

/** What the widget does of one customer's visit: a ticket, a capsule, a poor rating. */
async function visit(
  app: FastifyInstance,
  sessionId: string,
): Promise<{ ticketId: string; reservationId: string; feedbackId: string }> {
  const shortlist = [{ id: 'RNG-101', title: 'Aurora Ring', price: 1250 }];
  const stylist = await call(app, '/api/concierge/stylist', {
    sessionId,
    name: 'Ottilie Specimen',
    email: 'ottilie@example.com',
    notes: 'A platinum ring with an old-cut stone',
    shortlist,
    transcript: [{ role: 'user', content: 'Can I speak to someone?' }],
  });
  const capsule = await call(app, '/api/concierge/capsule', { sessionId, shortlist });
  const csat = await call(app, '/api/analytics/csat', {
    sessionId,
    rating: 'poor',
    notes: 'Nobody answered me',
  });
  return {
    ticketId: stylist.json().ticketId,
    reservationId: capsule.json().reservationId,
    feedbackId: csat.json().feedbackId,
  };
}

/** A customer asks for a stylist in these words. */
async function ask(app: FastifyInstance, sessionId: string, notes: string): Promise<{ ticketId: string }> {
  const email = `${sessionId}@example.com`;
  const answer = await call(app, '/api/concierge/stylist', {
    sessionId,
    name: 'Ottilie Specimen',
    email,
    notes,
  });
  return answer.json();
}

/** Enough of everything that each page has something to show. */
async function fill(db: Db): Promise<void> {
  await store(db, 'products', [PRODUCT]);
  await store(db, 'orders', [
    order('GG-12004', hoursAgo(60), { csatRating: 4, supportTickets: ['ST-000000'] }),
    order('GG-12007', hoursAgo(90), {
      customerEmail: 'returns@example.com',
      status: 'delivered',
      shipping: { carrier: 'UPS', trackingNumber: '1Z999BB20000000001', deliveredAt: hoursAgo(40) },
    }),
  ]);
  await store(db, 'creators', [
    { creatorCode: 'AURORA10', displayName: 'Ines Sample', commissionRate: 0.1, status: 'active' },
  ]);
  await store(db, 'stylistTickets', [
    deadTicket(hoursAgo(6)),
    ticket(hoursAgo(5), { priority: 'urgent', priorityReasons: ['high_value'], creatorCode: 'AURORA10' }),
    ticket(hoursAgo(30), { status: 'done', firstResponseAt: hoursAgo(29) }),
  ]);
  await store(db, 'widgetInspiration', [image(hoursAgo(3), { caption: 'A brooch' })]);
  const days = Array.from({ length: 10 }, (_, n) => hoursAgo(24 * n + 2));
  await store(
    db,
    'csatFeedback',
    days.map((at, n) => rating(at, { score: 3 + (n % 3) })),
  );
  await store(
    db,
    'analyticsEvents',
    days.flatMap((at, n) => [
      event(at, { sessionId: `s${n}` }),
      event(at, {
        sessionId: `s${n}`,
        event: 'aurora_products_shown',
        intent: 'find_product',
        success: n % 4 > 0,
      }),
    ]),
  );
}

const PRODUCT = {
  name: 'Aurora Ring',
  category: 'rings',
  pricing: { basePrice: 1250, currency: 'USD' },
  inventory: { sku: 'RNG-101', quantity: 5, available: 5 },
  metadata: { status: 'active', readyToShip: true, tags: [] },
  updatedAt: new Date(),
};

async function picture(page: Page, name: string): Promise<void> {
  if (SCREENSHOTS) await page.screenshot({ path: `${ARTEFACTS}${name}.png`, fullPage: true });
}

/** A page's scripts are at work when the button for its keys is there. */
const scripts = (page: Page) => page.getByRole('button', { name: 'Shortcuts' }).waitFor();

async function signIn(page: Page, address: string, name = 'Margaux'): Promise<void> {
  await page.goto(`${address}/dashboard`);
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('Key').fill(KEYS.all);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Support' }).waitFor();
}

/** The service with a CRM and a mailbox beside it, and a browser. */
async function begin(t: Test): Promise<Stage> {
  const [crm, mail] = [zendesk(), await smtpReceiver(t)];
  const { url } = await receiver(t, crm.answer);
  const env = {
    ...ENABLED,
    ...zendeskSettings(url),
    ...mail.settings,
    DISPATCHER: 'inline',
    DELIVERY_POLL_MS: '60000',
  };
  const { app, db } = await start(t, { now: () => new Date(), env, prepare: fill });
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  return { app, db, address, crm, mail, browser: await launch(executable ?? '') };
}

t.test('dashboard: in a browser', { skip }, async (t) => {
  const stage = await begin(t);
  await t.test('the staff at work', (t) => work(t, stage));
  await t.test('customers are answered, and a return is taken to its end', (t) => answer(t, stage));
  await t.test('a day of two agents and thirty tickets', (t) => day(t, stage));
  await t.test('every page can be used by everyone', (t) => lookAround(t, stage));
});

t.test(
  'dashboard: signing in at an identity provider, which to the browser is another site',
  { skip },
  async (t) => {
    const provider = await startIdentityProvider(t);
    provider.people.set('ada', { name: 'Ada Sample', groups: ['CN=Stylists,OU=Shop'] });
    const env = { ...ENABLED, ...provider.settings };
    const { app } = await start(t, { now: () => new Date(), env });
    const address = await app.listen({ port: 0, host: '127.0.0.1' });
    await provider.serve(address);
    const browser = await launch(executable ?? '');
    const { page } = await openWindow(t, browser, { colorScheme: 'light', width: 1280 });
    await page.goto(`${address}/dashboard/orders`);
    await page.getByRole('link', { name: 'Sign in at Atelier Login' }).click();
    await page.getByPlaceholder('Enter any login').fill('ada');
    await page.getByPlaceholder('and password').fill('any');
    await page.getByRole('button', { name: 'Sign-in' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('heading', { name: 'Orders' }).waitFor();
    t.equal(page.url(), `${address}/dashboard/orders`, 'where the way began');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Sign out of Atelier Login too' }).click();
    await page.getByRole('button', { name: 'Yes, sign me out' }).click();
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
    t.equal(page.url().split('?')[0], `${address}/dashboard/sign-in`);
  },
);

t.test(
  'dashboard: what is being written is kept until it is sent, whatever else is pressed',
  { skip },
  async (t) => {
    const mail = await smtpReceiver(t);
    const env = { ...ENABLED, ...mail.settings };
    const { app, db } = await start(t, { now: () => new Date(), env });
    const address = await app.listen({ port: 0, host: '127.0.0.1' });
    const browser = await launch(executable ?? '');
    const { page } = await openWindow(t, browser, { colorScheme: 'light', width: 1280 });
    await signIn(page, address);
    const { ticketId } = await ask(app, 'half-written', 'Which size?');
    await store(db, 'widgetInspiration', [image(hoursAgo(1), { sessionId: 'half-written' })]);
    const path = `${address}/dashboard/support/tickets/${ticketId}`;
    const answer = page.locator('#reply');
    const note = page.getByLabel('Note for the team');
    await page.goto(`${path}?view=tickets`);
    await scripts(page);
    await answer.fill('Dear Ottilie, a half-written');
    await note.fill('Ask the workshop');
    await page.getByRole('button', { name: 'Take it' }).click();
    await page.getByText('The ticket is in progress.').waitFor();
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('The image has been approved.').waitFor();
    await scripts(page);
    t.equal(await answer.inputValue(), 'Dear Ottilie, a half-written');
    t.equal(await note.inputValue(), 'Ask the workshop');
    t.equal(page.url(), `${path}?view=tickets`, 'what was done is told once');

    await page.getByLabel('Begin with').selectOption('call');
    await page.getByRole('button', { name: 'Use' }).click();
    t.match(await answer.inputValue(), /^Dear Ottilie, a half-written\n\nDear Ottilie Specimen,/);
    t.match(
      await page.getByRole('link', { name: 'Write from my own mailbox' }).getAttribute('href'),
      /half-written/,
    );

    await note.press('End');
    await page.getByRole('button', { name: 'Add the note' }).click();
    await page.getByText('The note has been added.').waitFor();
    await scripts(page);
    t.equal(await note.inputValue(), '', 'what has been sent is not kept');
    t.match(await answer.inputValue(), /half-written/);

    // who would leave the tab is asked; the own links and forms keep what is written
    const asked: string[] = [];
    page.on('dialog', (dialog) => {
      asked.push(dialog.type());
      return dialog.accept();
    });
    await page.getByRole('link', { name: 'Orders' }).click();
    await page.getByRole('heading', { name: 'Orders' }).waitFor();
    await page.goBack();
    await scripts(page);
    t.match(await answer.inputValue(), /half-written/);
    t.strictSame(asked, []);
    await answer.press('End');
    await page.goto(`${address}/dashboard/orders`);
    t.strictSame(asked, ['beforeunload']);
    await page.goto(path);
    await scripts(page);

    // somebody has been faster: nothing is lost, and the page can be loaded again
    await db.collection('stylistTickets').updateOne({ ticketId }, { $inc: { version: 1 } });
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText('Nothing was done.').waitFor();
    await scripts(page);
    t.equal(page.url(), path);
    await page.reload();
    await scripts(page);
    t.match(await answer.inputValue(), /half-written/);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText('The answer is on its way.').waitFor();
    await scripts(page);
    t.equal(await answer.inputValue(), '');
    t.match((await db.collection('stylistTickets').findOne({ ticketId }))?.replies, [
      { text: /half-written\n\nDear Ottilie Specimen/, template: 'call' },
    ]);

    // who signs out leaves nothing behind
    await answer.fill('Of Margaux alone');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
    await page.waitForLoadState('load');
    t.notMatch(await page.evaluate('JSON.stringify(sessionStorage)'), /Margaux alone/);
  },
);

interface Stage {
  app: FastifyInstance;
  db: Db;
  address: string;
  browser: Browser;
  crm: ReturnType<typeof zendesk>;
  mail: Awaited<ReturnType<typeof smtpReceiver>>;
}

async function work(t: Test, { app, db, address, browser }: Stage): Promise<void> {
  const { page } = await openWindow(t, browser, { colorScheme: 'light', width: 1280 });
  await signIn(page, address);
  await page.getByText('Live', { exact: true }).waitFor();

  // what the widget asks for appears by itself
  const { ticketId, reservationId, feedbackId } = await visit(app, 'a-visit');
  const row = page.getByRole('link', { name: 'A platinum ring with an old-cut stone' });
  await row.waitFor();

  await t.test('a ticket, from the widget to done', async (t) => {
    await row.click();
    await page.getByRole('heading', { name: 'Ottilie Specimen' }).waitFor();
    await page.getByText('Can I speak to someone?').waitFor();
    await page.getByRole('button', { name: 'Take it' }).click();
    await page.getByText('The ticket is in progress.').waitFor();
    await page.getByLabel('Note for the team').fill('Will call at six');
    await page.getByRole('button', { name: 'Add the note' }).click();
    await page.getByText('Will call at six').waitFor();
    await picture(page, 'at-work');
    await page.getByRole('button', { name: 'Done', exact: true }).click();
    await page.getByText('The ticket is done.').waitFor();
    t.match(await db.collection('stylistTickets').findOne({ ticketId }), {
      status: 'done',
      assignee: 'Margaux',
      version: 4,
    });
  });

  await t.test('a capsule is extended, then released after a second thought', async (t) => {
    await page.goto(`${address}/dashboard/support/capsules/${reservationId}`);
    await page.getByRole('button', { name: 'Extend by 24 hours' }).click();
    await page.getByText('The hold has been extended by 24 hours.').waitFor();
    t.match(await db.collection('capsuleHolds').findOne({ reservationId }), {
      extensions: 1,
      status: 'active',
    });
    t.notOk(
      await page.getByRole('button', { name: 'Release the pieces' }).isVisible(),
      'not at the first click',
    );
    // by keyboard alone
    await page.locator('.confirm summary').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('The pieces have been released.').waitFor();
    t.match(await db.collection('capsuleHolds').findOne({ reservationId }), { status: 'released' });
  });

  await t.test('a customer who was not content is contacted, without scripts', async (t) => {
    const { page: plain } = await openWindow(t, browser, {
      colorScheme: 'light',
      width: 1280,
      javaScript: false,
    });
    await signIn(plain, address, 'Jules');
    await plain.getByRole('link', { name: 'Nobody answered me' }).click();
    await plain.getByRole('button', { name: 'Customer contacted' }).click();
    await plain.getByText('Noted: the customer has been contacted.').waitFor();
    t.match(await db.collection('csatFeedback').findOne({ feedbackId }), {
      followUp: { status: 'contacted', by: 'Jules' },
    });
    await plain.goto(`${address}/dashboard/insights`);
    t.ok(await plain.getByRole('table').first().isVisible(), 'the figures are there to be read');
  });

  await t.test('a day by keyboard alone, and back to the list as it was', async (t) => {
    const cases: { ticketId: string }[] = [];
    for (const name of ['one', 'two', 'three'])
      cases.push(await ask(app, `by-keyboard-${name}`, `Keyboard ${name}`));
    await page.goto(`${address}/dashboard/support?view=tickets&order=age`);
    const rowOf = (name: string) => page.getByRole('link', { name: `Keyboard ${name}` });
    await scripts(page);
    await page.keyboard.press('?');
    t.ok(
      await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).isVisible(),
      'the shortcuts are listed',
    );
    await page.keyboard.press('Escape');
    const focused = () => page.evaluate('document.activeElement.textContent');
    for (let step = 0; step < 20 && (await focused()) !== 'Keyboard one'; step++)
      await page.keyboard.press('j');
    for (const _ of cases) {
      await page.keyboard.press('x');
      await page.keyboard.press('j');
    }
    await page.getByText('3 chosen').waitFor();
    await page.keyboard.press('a');
    await page.getByText('3 assigned.').waitFor();
    t.match(page.url(), /view=tickets&order=age/);
    for (const { ticketId } of cases)
      t.match(await db.collection('stylistTickets').findOne({ ticketId }), { assignee: 'Margaux' });
    await page.goto(`${address}/dashboard/support?view=tickets&order=age`);
    await scripts(page);
    await rowOf('one').focus();
    await page.keyboard.press('o');
    await page.getByText(cases[0]?.ticketId ?? '').waitFor();
    await scripts(page);
    await page.keyboard.press('j');
    await page.getByText(cases[1]?.ticketId ?? '').waitFor();
    await scripts(page);
    await page.keyboard.press('r');
    await page.keyboard.type('Called, and j is a letter here');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('The answer is on its way.').waitFor();
    await scripts(page);
    await page.keyboard.press('e');
    await page.getByText('The ticket is done.').waitFor();
    await scripts(page);
    await page.keyboard.press('u');
    await rowOf('three').waitFor();
    t.match(page.url(), /support\?view=tickets&order=age$/, 'the list is as it was');
    t.equal(await rowOf('two').count(), 0);
  });

  await t.test('news is counted in the title of every page, and who else is there is told', async (t) => {
    const { page: other } = await openWindow(t, browser, { colorScheme: 'light', width: 1280 });
    await signIn(other, address, 'Jules');
    await other.getByText('Live', { exact: true }).waitFor();
    const { ticketId } = await ask(app, 'news', 'Something new');
    await other.getByRole('link', { name: /^New: / }).waitFor();
    t.match(await other.title(), /^\(\d+\) Everything/);
    await other.goto(`${address}/dashboard/support/tickets/${ticketId}`);
    await page.goto(`${address}/dashboard/support/tickets/${ticketId}`);
    await page.getByText('Jules is looking at this too.').waitFor();
  });

  await t.test('images are seen whole by keyboard, and approved in the ticket', async (t) => {
    const { ticketId } = await ask(app, 'with-images', 'Like these');
    await store(db, 'widgetInspiration', [
      image(hoursAgo(1), { inspirationId: 'insp-a', sessionId: 'with-images', caption: 'The first' }),
      image(hoursAgo(2), { inspirationId: 'insp-b', sessionId: 'with-images', caption: 'The second' }),
    ]);
    await page.goto(`${address}/dashboard/support/tickets/${ticketId}`);
    await scripts(page);
    await page.locator('[data-whole="The first"]').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'The first, 1 of 2' }).waitFor();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('dialog', { name: 'The second, 2 of 2' }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('[data-whole="The second"]:focus').waitFor();
    await page.getByRole('button', { name: 'Approve' }).first().click();
    await page.getByText('The image has been approved.').waitFor();
    t.match(page.url(), `/tickets/${ticketId}`);
    t.match(await db.collection('widgetInspiration').findOne({ inspirationId: 'insp-a' }), {
      moderationStatus: 'clean',
    });
  });

  await t.test('search is at hand on every page, by the slash', async () => {
    await page.goto(`${address}/dashboard/insights`);
    await scripts(page);
    await page.keyboard.press('/');
    await page.keyboard.type('gg 12004');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'GG-12004' }).waitFor();
    await page.getByRole('searchbox').fill('specimen');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Tickets' }).waitFor();
  });

  await t.test('the plots are drawn from their tables', async (t) => {
    await page.goto(`${address}/dashboard/insights`);
    await page.locator('[data-plot] .canvas').nth(10).waitFor();
    const painted = await page.evaluate(PAINTED);
    t.strictSame(painted, Array(11).fill(true));
    await page.getByText('Figures').first().click();
    t.ok(await page.getByRole('cell').first().isVisible(), 'with the figures a click away');
  });
}

/** By the CRM where it has the case, else by mail; what comes of it stands on the page. */
async function answer(t: Test, { app, db, address, browser, crm, mail }: Stage): Promise<void> {
  const { page } = await openWindow(t, browser, { colorScheme: 'light', width: 1280 });
  await signIn(page, address);
  const email = 'reply-by-crm@example.com';
  const { ticketId } = await ask(app, 'reply-by-crm', 'Is the ring to be had in platinum?');
  const hasArrived = async (isThere: () => boolean) => {
    // what is not due yet is not asked for without a pause
    for (; !isThere(); await wait(20)) await app.dispatcher.drain();
  };

  await t.test('a ticket by the CRM, begun with a text of the shop', async (t) => {
    await hasArrived(() => crm.tickets.some(({ external_id }) => external_id === ticketId));
    const commentsOf = () => crm.tickets.find(({ external_id }) => external_id === ticketId)?.comments ?? [];
    await page.goto(`${address}/dashboard/support/tickets/${ticketId}`);
    await page.getByLabel('Begin with').selectOption({ index: 1 });
    await page.getByRole('button', { name: 'Use' }).click();
    const text = page.getByLabel(`Answer to ${email}, by the CRM`);
    t.match(await text.inputValue(), 'Ottilie Specimen', 'with what is known of the customer');
    await text.fill('Dear {{name}},\n\nit is.');
    await page.getByRole('button', { name: 'Send, and done' }).click();
    await page.getByText('The answer is on its way.').waitFor();
    await hasArrived(() => commentsOf().some((comment) => comment.public));
    t.match(
      commentsOf().filter((comment) => comment.public),
      [{ html_body: 'Dear Ottilie Specimen,<br><br>it is.' }],
    );
    await page.reload();
    await page.getByText('by the CRM, sent').waitFor();
    t.match(await db.collection('stylistTickets').findOne({ ticketId }), {
      status: 'done',
      replies: [{ by: 'Margaux' }],
    });
    t.equal(mail.emails.filter(({ to }) => to.includes(`<${email}>`)).length, 0, 'and not by mail as well');
  });

  await t.test('a return by mail, on its way from the request to its completion', async (t) => {
    const { rmaId } = (
      await call(app, '/api/concierge/orders/returns', { option: 'return', orderNumber: 'GG-12007' })
    ).json();
    const mails = () => mail.emails.filter(({ to }) => to.includes('<returns@example.com>'));
    await page.getByRole('searchbox').fill(rmaId.toLowerCase());
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('The return has been approved.').waitFor();
    await page.locator('summary', { hasText: 'The label is sent' }).click();
    await page.getByLabel('Carrier').fill('UPS');
    await page.getByLabel('Tracking number').fill('1Z 999 AA1');
    await page.getByRole('button', { name: 'The label is sent' }).click();
    await page.getByRole('link', { name: '1Z999AA1' }).waitFor();
    await page
      .getByLabel('Answer to returns@example.com, by email')
      .fill('Your label for {{number}} is there.');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText('The answer is on its way.').waitFor();
    await hasArrived(() => mails().some(({ data }) => data.includes(`Your label for ${rmaId} is there.`)));
    for (const [step, told] of [
      ['The parcel has come', 'Noted: the parcel has been received.'],
      ['Complete', 'The return is completed.'],
    ] as const) {
      await page.getByRole('button', { name: step }).click();
      await page.getByText(told).waitFor();
    }
    const slip = await page.request.get(`${address}/dashboard/support/returns/${rmaId}/slip`);
    t.match((await slip.body()).toString('latin1'), /^%PDF-/);
    await picture(page, 'return-completed');
    const steps = page.locator('.timeline li');
    t.strictSame(await steps.locator('span:first-child').allTextContents(), [
      'Requested',
      'Approved',
      'Label sent',
      'Received',
      'Completed',
    ]);
    await page.getByRole('link', { name: 'GG-12007' }).click();
    await page.getByRole('heading', { name: 'GG-12007' }).waitFor();
    const returned = { orderNumber: 'GG-12007', status: 'returned' };
    for (; !(await db.collection('orders').findOne(returned)); await wait(20)) await app.dispatcher.drain();
  });

  await t.test('search finds each kind', async () => {
    const rma = await db.collection('returns').findOne({ orderNumber: 'GG-12007' });
    const hold = await db.collection('capsuleHolds').findOne({});
    const KINDS: [typed: string, heading: string][] = [
      ['gg 12007', 'GG-12007'],
      ['1z999bb20000000001', 'GG-12007'],
      ['1Z 999 AA1', 'Return'],
      [rma?.rmaId, 'Return'],
      [ticketId.toLowerCase(), 'Ottilie Specimen'],
      [hold?.reservationId, 'Hold'],
      [email, `Search ${email}`],
      ['reply-by-crm', 'Conversation'],
    ];
    for (const [typed, heading] of KINDS) {
      await page.goto(`${address}/dashboard/search?q=${encodeURIComponent(typed)}`);
      await page.getByRole('heading', { level: 1, name: heading }).waitFor();
    }
  });
}

/** Thirty tickets, shared out by two agents who get into each other's way, until none waits. */
async function day(t: Test, { app, db, address, browser }: Stage): Promise<void> {
  const tickets: string[] = [];
  for (let nth = 0; nth < 30; nth++)
    tickets.push((await ask(app, `day-${nth}`, `Day ${String(nth).padStart(2, '0')}`)).ticketId);
  const [{ page: one }, { page: two }] = [
    await openWindow(t, browser, { colorScheme: 'light', width: 1280 }),
    await openWindow(t, browser, { colorScheme: 'light', width: 1280 }),
  ];
  await signIn(one, address, 'Ada');
  await signIn(two, address, 'Bo');
  const list = async (page: Page, query: string) => {
    await page.goto(`${address}/dashboard/support?order=age&${query}`);
    await scripts(page);
  };
  const of = (filter: object) =>
    db.collection('stylistTickets').countDocuments({ ticketId: { $in: tickets }, ...filter });
  const rowOf = (page: Page, nth: number) =>
    page
      .getByRole('listitem')
      .filter({ has: page.getByRole('link', { name: `Day ${String(nth).padStart(2, '0')}` }) });

  await t.test('ten are taken by keyboard alone, and the other agent takes the rest', async (t) => {
    await list(one, 'view=unassigned');
    await list(two, 'view=unassigned');
    await rowOf(one, 0).getByRole('link').focus();
    for (let nth = 0; nth < 10; nth++) {
      await one.keyboard.press('x');
      await one.keyboard.press('j');
    }
    await one.getByText('10 chosen').waitFor();
    await one.keyboard.press('a');
    await one.getByText('10 assigned.').waitFor();
    t.equal(await of({ assignee: 'Ada' }), 10);
    // the list of the second has lost them by itself
    await rowOf(two, 9).waitFor({ state: 'detached' });
    for (let nth = 10; nth < 30; nth++) await rowOf(two, nth).getByRole('checkbox').check();
    await two.keyboard.press('a');
    await two.getByText('20 assigned.').waitFor();
    t.same([await of({ assignee: 'Ada' }), await of({ assignee: 'Bo' })], [10, 20]);
  });

  await t.test('of two who act on one ticket, the second is told and shown how it stands', async (t) => {
    const path = `${address}/dashboard/support/tickets/${tickets[0]}`;
    await one.goto(path);
    await two.goto(path);
    await two.getByText('Ada is looking at this too.').waitFor();
    await one.getByRole('button', { name: 'Take it' }).click();
    await one.getByText('The ticket is in progress.').waitFor();
    await two.getByRole('button', { name: 'Done', exact: true }).click();
    await two.getByText('Nothing was done.').waitFor();
    await two.getByText('In progress').first().waitFor();
    t.equal(await of({ ticketId: tickets[0], status: 'in_progress', assignee: 'Ada', version: 3 }), 1);
    await two.getByLabel('Assign to').selectOption('Bo');
    await two.getByRole('button', { name: 'Assign', exact: true }).click();
    await two.getByText('The ticket has been assigned.').waitFor();
    t.equal(await of({ ticketId: tickets[0], assignee: 'Bo' }), 1, 'and acts on it as it is now');
  });

  await t.test('all are done: one after the other by keyboard, and the rest at once', async (t) => {
    await list(one, 'view=mine');
    await rowOf(one, 1).getByRole('link').focus();
    await one.keyboard.press('o');
    for (let nth = 1; nth <= 3; nth++) {
      await one.getByText(tickets[nth] ?? '', { exact: true }).waitFor();
      await scripts(one);
      await one.keyboard.press('e');
      await one.getByText('The ticket is done.').waitFor();
      await scripts(one);
      await one.keyboard.press('u');
      await rowOf(one, nth + 1)
        .getByRole('link')
        .focus();
      await scripts(one);
      await one.keyboard.press('o');
    }
    for (const page of [one, two]) {
      await list(page, 'view=mine');
      await page.locator('#pick-all').check();
      await page.keyboard.press('e');
      await page.getByText(/\d+ done\./).waitFor();
    }
    t.equal(await of({ status: 'done' }), 30);
    await list(one, 'view=mine');
    await one.getByText('Nothing waits in “Mine”.').waitFor();
  });

  await t.test('and who leads them sees what each has done', async (t) => {
    await one.goto(`${address}/dashboard/agents`);
    const cells = (name: string) =>
      one
        .getByRole('row')
        .filter({ has: one.getByRole('link', { name, exact: true }) })
        .getByRole('cell')
        .allTextContents();
    t.match(await cells('Ada'), ['0', '–', '–', '–', '9', '0', '0', '0']);
    t.match(await cells('Bo'), ['0', '–', '–', '–', '21', '0', '0', '0']);
    await one.getByRole('link', { name: 'Bo', exact: true }).click();
    await one.getByRole('heading', { name: 'Audit' }).waitFor();
    t.equal(await one.getByRole('cell', { name: 'Did a ticket' }).count(), 21);
  });
}

/** Whether there is ink on each plot, once what was drawn has come to the screen. */
const PAINTED = `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))).then(() =>
  [...document.querySelectorAll('[data-plot] canvas')].map((canvas) =>
    canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((byte) => byte > 0)))`;

/** Light and dark, large and small: axe finds nothing, and nothing is cut off. */
async function lookAround(t: Test, { app, db, address, browser }: Stage): Promise<void> {
  const one = async (name: string, filter = {}): Promise<Document> =>
    (await db.collection(name).findOne(filter)) ?? {};
  const { rmaId } = await one('returns');
  const { inspirationId } = await one('widgetInspiration', { caption: 'A brooch' });
  const deadId = (await one('stylistTickets', { deadDeliveries: 1 })).deliveries?.[0].id;
  const { ticketId, reservationId, feedbackId } = await visit(app, 'another-visit');
  const paths = {
    support: '/dashboard/support',
    empty: '/dashboard/support?kind=tickets&assignee=Nobody-we-know',
    ticket: `/dashboard/support/tickets/${ticketId}`,
    capsule: `/dashboard/support/capsules/${reservationId}`,
    'follow-up': `/dashboard/support/feedback/${feedbackId}`,
    return: `/dashboard/support/returns/${rmaId}`,
    image: `/dashboard/support/images/${inspirationId}`,
    failed: `/dashboard/support/deliveries/${encodeURIComponent(deadId)}`,
    orders: '/dashboard/orders',
    order: '/dashboard/orders/GG-12004',
    creators: '/dashboard/creators',
    creator: '/dashboard/creators/AURORA10',
    insights: '/dashboard/insights',
    conversation: '/dashboard/conversations/another-visit',
    customer: `/dashboard/customers/tickets/${ticketId}`,
    search: '/dashboard/search?q=ottilie%40example.com',
    list: '/dashboard/lists/tickets',
    audit: '/dashboard/lists/audit',
    agents: '/dashboard/agents',
    sessions: '/dashboard/sessions',
    missing: '/dashboard/orders/GG-1',
  };
  const all = [1440, 1024, 768, 390].flatMap((width): Look[] => [
    { colorScheme: 'light', width },
    { colorScheme: 'dark', width },
  ]);
  const some: Look[] = [
    { colorScheme: 'light', width: 1280 },
    { colorScheme: 'dark', width: 360 },
  ];
  for (const look of SCREENSHOTS === 'all' ? all : some) await lookAt(look);
  const { page } = await openWindow(t, browser, { colorScheme: 'light', width: 1440 });
  await signIn(page, address);
  for (const width of [1440, 1024, 768]) {
    await page.setViewportSize({ width, height: 900 });
    for (const path of [paths.support, paths.ticket, paths.order]) {
      await page.goto(address + path);
      t.ok(
        await page.evaluate('document.documentElement.scrollWidth <= innerWidth'),
        `${path} fits ${width}`,
      );
    }
  }

  async function lookAt(look: Look): Promise<void> {
    const { page } = await openWindow(t, browser, look);
    const name = `${look.colorScheme}-${look.width}`;
    await page.goto(`${address}/dashboard/sign-in`);
    t.strictSame(await violations(page), [], `${name} sign-in`);
    await signIn(page, address);
    for (const [place, path] of Object.entries(paths)) {
      await page.goto(address + path);
      t.strictSame(await violations(page), [], `${name} ${place}`);
      t.ok(
        await page.evaluate('document.documentElement.scrollWidth <= innerWidth'),
        `${name} ${place} fits`,
      );
      await picture(page, `${name}-${place}`);
    }
  }
}
