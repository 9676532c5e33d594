import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Db } from 'mongodb';
import t from 'tap';
import { REPLY_TEMPLATES, readReplyTemplates } from '../../src/connectors/templates/reply-templates.js';
import { signatureHeaders } from '../../src/connectors/webhooks/signature.js';
import type { AnsweredKind } from '../../src/domain/replies/cases.js';
import type { Reply } from '../../src/domain/replies/reply.js';
import type { StylistTicket } from '../../src/domain/stylist/stylist-ticket.js';
import type { Delivery, WithDeliveries } from '../../src/outbox/enqueue.js';
import { receiver, status } from '../connectors/receiver.js';
import { smtpReceiver } from '../connectors/smtp-receiver.js';
import { call } from '../helper.js';
import { zendesk, zendeskSettings } from '../vendors/zendesk.js';
import { order, rating, rma, store, ticket } from './documents.js';
import { act, createVisitor, ENABLED, get, KEYS, start } from './staff.js';

const NOW = new Date('2099-11-25T15:00:00Z');
const hoursAgo = (hours: number) => new Date(NOW.getTime() - hours * 3_600_000);
const QUIET = { ...ENABLED, DISPATCHER: 'inline', DELIVERY_POLL_MS: '60000', MONGODB_TIMEOUT_MS: '60000' };
const COLLECTIONS = { tickets: 'stylistTickets', feedback: 'csatFeedback', returns: 'returns' } as const;
const IDS = { tickets: 'ticketId', feedback: 'feedbackId', returns: 'rmaId' } as const;

type Answered = WithDeliveries & { replies?: Reply[]; version: number };

function desk(app: FastifyInstance, db: Db) {
  const read = async (kind: AnsweredKind, id: string) => {
    const found = await db.collection<Answered>(COLLECTIONS[kind]).findOne({ [IDS[kind]]: id });
    if (!found) throw new Error(`There is no ${id}`);
    return found;
  };
  const reply = async (path: string, body: object, key = KEYS.all) => {
    const response = await app.inject({
      method: 'POST',
      url: `/api/dashboard/support/${path}/replies`,
      headers: { authorization: `Bearer ${key}` },
      payload: { by: 'Margaux', version: 1, text: 'Dear {{name}}, gladly.', ...body },
    });
    return { status: response.statusCode, body: response.json() };
  };
  /** Once all of a document's deliveries have come to their end. */
  const settled = async (kind: AnsweredKind, id: string): Promise<Delivery[]> => {
    for (;;) {
      const { deliveries } = await read(kind, id);
      if (deliveries.every(({ state }) => state !== 'pending')) return deliveries;
      await app.dispatcher.drain();
    }
  };
  return { read, reply, settled };
}

/** Without what the CRM would have to be told. */
const ownTicket = (facts: Partial<StylistTicket>) => {
  const { nextDeliveryAt: _, ...one } = ticket(hoursAgo(2), facts);
  return { ...one, deliveries: [] };
};

t.test('by mail', async (t) => {
  const mail = await smtpReceiver(t);
  const env = { ...QUIET, ...mail.settings };
  const { app, db } = await start(t, { env, now: () => NOW });
  await app.ready();
  const { read, reply, settled } = desk(app, db);
  await store(db, 'orders', [
    order('GG-1', hoursAgo(99), {
      customerEmail: 'owner@example.com',
      shipping: { carrier: 'UPS', trackingNumber: '1Z999AA10123456784', phone: '(202) 555-0123' },
    }),
  ]);
  const mailsTo = (address: string) => mail.emails.filter(({ to }) => to.includes(`<${address}>`));

  t.test('a ticket is answered at its own address, once, and is answered from then on', async (t) => {
    await store(db, 'stylistTickets', [
      ownTicket({
        ticketId: 'T-1',
        customerName: 'Ada <b>\r\nBcc: x@example.com',
        customerEmail: 'ada@example.com',
      }),
    ]);
    t.equal((await act(app, 'tickets/T-1', { action: 'in_progress', version: 1 })).status, 200);
    t.equal(
      (await get(app, '/support/tickets/T-1')).body.firstResponseAt,
      undefined,
      'to take it is no answer',
    );

    const wish = {
      version: 2,
      text: 'Dear {{name}},\r\n\r\n<i>gladly</i>. & {{number}}\u0000',
      template: 'call',
    };
    const sent = await reply('tickets/T-1', wish, KEYS.agent);
    t.match(sent, { status: 200, body: { via: 'email', version: 3, status: 'in_progress' } });
    t.equal((await reply('tickets/T-1', wish, KEYS.agent)).body.code, 'dashboard.stale', 'a second press');
    const [delivery, ...others] = await settled('tickets', 'T-1');
    t.match(delivery, { to: 'email', kind: 'ticket.reply', state: 'done' });
    t.strictSame(others, [], 'a CRM that has no such ticket is told nothing');

    const [email, ...more] = mailsTo('ada@example.com');
    t.strictSame(more, []);
    t.equal(email?.to.length, 1, 'a name adds nobody');
    const [head = '', body = ''] = email?.data.split('\r\n\r\n') ?? [];
    t.match(head, /^Subject: About your request T-1$/m);
    t.notMatch(head, /Bcc/i);
    t.ok(body);
    t.match(email?.data, 'Dear Ada <b> Bcc: x@example.com,');
    t.match(email?.data, '&lt;i&gt;gladly&lt;/i&gt;. &amp; T-1');
    t.match(email?.data, /^Auto-Submitted: no$/m, 'a person has written it');

    const { answering, firstResponseAt } = (await get(app, '/support/tickets/T-1', KEYS.all)).body;
    t.equal(firstResponseAt, NOW.toISOString());
    t.match(answering.replies, [{ by: 'Margaux', via: 'email', state: 'done', text: /gladly/ }]);
    await app.repositories.messageFates.record(delivery?.id ?? '', {
      vendor: 'SES',
      state: 'failed',
      reason: 'the mailbox is full',
      at: NOW,
    } as never);
    t.match((await get(app, '/support/tickets/T-1')).body.answering.replies, [
      { state: 'failed', why: 'the mailbox is full' },
    ]);
    const audit = await db.collection('auditLog').find({ action: 'tickets.replied' }).toArray();
    t.match(audit, [
      { target: 'T-1', by: 'Margaux', key: 'agent', details: { via: 'email', template: 'call' } },
    ]);
    t.equal(audit.length, 1);
    t.notMatch(JSON.stringify(audit), /gladly|\bAda\b|example\.com/);
  });

  t.test('of two who answer at the same moment, one does', async (t) => {
    await store(db, 'stylistTickets', [ownTicket({ ticketId: 'T-2', customerEmail: 'two@example.com' })]);
    const answers = await Promise.all(['Margaux', 'Jules'].map((by) => reply('tickets/T-2', { by })));
    t.strictSame(answers.map(({ status }) => status).sort(), [200, 409]);
    await settled('tickets', 'T-2');
    t.equal(mailsTo('two@example.com').length, 1);
  });

  t.test('with the answer a ticket can be done; what was answered elsewhere is said', async (t) => {
    await store(db, 'stylistTickets', [ownTicket({ ticketId: 'T-3' }), ownTicket({ ticketId: 'T-4' })]);
    t.match(await reply('tickets/T-3', { done: true }), { status: 200, body: { status: 'done' } });
    t.match(await read('tickets', 'T-3'), { status: 'done', assignee: 'Margaux' });
    await settled('tickets', 'T-3');
    t.match(await read('tickets', 'T-3'), { firstResponseAt: NOW });
    t.equal((await reply('tickets/T-3', { version: 2 })).body.status, 'done', 'a word more opens nothing');
    await settled('tickets', 'T-3');
    t.equal((await act(app, 'tickets/T-4', { action: 'done', version: 1 })).status, 200);
    t.equal((await get(app, '/support/tickets/T-4')).body.firstResponseAt, undefined);
    t.equal((await act(app, 'tickets/T-4', { action: 'answered', version: 2, note: 'Called' })).status, 200);
    t.match(await read('tickets', 'T-4'), { status: 'done', firstResponseAt: NOW });
    t.equal((await act(app, 'tickets/T-4', { action: 'answered', version: 3 })).status, 409);
  });

  t.test('what is not sent, and why', async (t) => {
    const unproved = { namedOrderNumber: 'GG-1', customerEmail: 'stranger@example.com' };
    await store(db, 'stylistTickets', [
      ownTicket({ ticketId: 'N-1', ...unproved }),
      ownTicket({ ticketId: 'N-2', customerEmail: 'gone@example.com' }),
      ownTicket({ ticketId: 'N-3', customerEmail: 'a@example.com, b@example.com' }),
      ownTicket({ ticketId: 'N-4', orderNumber: 'GG-1', customerEmail: 'owner@example.com' }),
      ownTicket({
        ticketId: 'N-5',
        replies: Array(100).fill({ replyId: 'r', at: NOW, by: 'x', text: 'x', via: 'email' }),
      }),
    ]);
    await app.suppressions.suppress('gone@example.com', 'it came back', NOW);
    const cases: [path: string, body: object, status: number, said?: RegExp, key?: string][] = [
      ['tickets/N-1', { text: 'Dear {{nmae}}' }, 409, /\{\{nmae\}\} stands for nothing/],
      ['tickets/N-1', { text: ' \n ' }, 409, /needs some words/],
      ['tickets/N-1', { text: '{{orderNumber}}' }, 409, /needs some words/],
      ['tickets/N-1', { text: '' }, 400],
      ['tickets/N-1', { text: 'x'.repeat(5001) }, 400],
      ['tickets/N-1', { text: `${'x'.repeat(4976)}{{name}}{{name}}{{name}}` }, 409, /5000 letters/],
      ['tickets/N-1', { text: 'It is 1z 999-AA1 0123 4567 84' }, 409, /Nobody has shown/],
      ['tickets/N-1', { text: 'We wrote to Owner@Example.com' }, 409, /Nobody has shown/],
      ['tickets/N-1', { version: 2 }, 409, /Someone else/],
      ['tickets/N-1', {}, 403, undefined, KEYS.looker],
      ['tickets/N-1', {}, 403, undefined, KEYS.other],
      ['tickets/N-2', {}, 409, /takes no mail/],
      ['tickets/N-3', {}, 409, /no address/],
      ['tickets/N-5', {}, 409, /too often/],
      ['tickets/N-9', {}, 404],
      ['capsules/N-1', {}, 400],
    ];
    const before = mail.emails.length;
    for (const [path, body, code, said = /./, key] of cases)
      t.match(
        await reply(path, body, key),
        { status: code, body: { detail: said } },
        JSON.stringify(body).slice(0, 60),
      );
    for (const id of ['N-1', 'N-2', 'N-3']) t.strictSame((await read('tickets', id)).deliveries, []);
    t.equal(mail.emails.length, before);
    t.equal((await get(app, '/support/tickets/N-1')).body.answering.isUnproved, true);
    t.equal((await reply('tickets/N-4', { text: 'It is 1Z999AA10123456784' })).status, 200, 'to its owner');
  });

  t.test(
    'a rating is answered at the address of its order, else of the ticket of its conversation',
    async (t) => {
      await store(db, 'csatFeedback', [
        rating(hoursAgo(1), { feedbackId: 'F-1', score: 1, orderNumber: 'GG-1' }),
        rating(hoursAgo(1), { feedbackId: 'F-2', score: 2, sessionId: 'talks' }),
        rating(hoursAgo(1), { feedbackId: 'F-3', score: 2, sessionId: 'typed' }),
      ]);
      await store(db, 'stylistTickets', [
        ownTicket({
          ticketId: 'T-9',
          sessionId: 'talks',
          customerEmail: 'talks@example.com',
          customerName: 'Tal',
        }),
      ]);
      await store(db, 'widgetSessions', [
        { sessionId: 'typed', email: 'typed@example.com', createdAt: NOW, lastSeenAt: NOW },
      ]);
      t.match(await reply('feedback/F-1', {}), { status: 200, body: { via: 'email', status: 'open' } });
      t.equal((await reply('feedback/F-2', {})).status, 200);
      t.match(await reply('feedback/F-3', {}), { status: 409, body: { detail: /no address/ } });
      await settled('feedback', 'F-1');
      await settled('feedback', 'F-2');
      t.match(mailsTo('owner@example.com').at(-1)?.data, /Dear customer, gladly/);
      t.match(mailsTo('talks@example.com')[0]?.data, /Dear Tal, gladly/);
      t.equal(
        mailsTo('typed@example.com').length,
        0,
        'what was typed for something else is no address to write to',
      );
      t.match(await read('feedback', 'F-1'), {
        followUp: { status: 'contacted', by: 'Margaux' },
        version: 2,
      });
      t.match(
        (await get(app, '/support/tickets/T-9')).body.answering.templates.map(
          ({ template }: { template: string }) => template,
        ),
        ['will-look', 'call', 'shortlist', 'sorry'],
      );
    },
  );

  t.test('a customer who rates again keeps the answer, also one that is on its way', async (t) => {
    const sessionId = '6f9619ff-8b86-4011-b42d-00c04fc964fa';
    await store(db, 'stylistTickets', [
      ownTicket({ ticketId: 'T-8', sessionId, customerEmail: 'again@example.com' }),
    ]);
    const rate = (score: number) => call(app, '/api/analytics/csat', { sessionId, rating: score });
    const { feedbackId } = (await rate(1)).json();
    t.equal((await reply(`feedback/${feedbackId}`, {})).status, 200);
    t.equal((await rate(5)).statusCode, 200);
    await settled('feedback', feedbackId);
    t.match(await read('feedback', feedbackId), { score: 5, replies: [{ by: 'Margaux' }] });
    t.equal(mailsTo('again@example.com').length, 1);
  });

  t.test('a return is answered, and whoever had it before them acts on it no more', async (t) => {
    await store(db, 'returns', [rma(hoursAgo(3), { rmaId: 'R-1', orderNumber: 'GG-1' })]);
    const text = '{{number}} of {{orderNumber}}: {{pieces}} by {{sendBy}}';
    t.match(await reply('returns/R-1', { text }), { status: 200, body: { version: 2, status: 'initiated' } });
    t.match(await act(app, 'returns/R-1', { action: 'approved', version: 1 }), { status: 409 });
    await settled('returns', 'R-1');
    t.match(mailsTo('owner@example.com').at(-1)?.data, /R-1 of GG-1: 1 =C3=97 Aurora Ring by \w+ \d+/);
    t.match(mailsTo('owner@example.com').at(-1)?.data, /^Subject: About your resize R-1$/m);
    t.match(await act(app, 'returns/R-1', { action: 'approved', version: 2 }), {
      status: 200,
      body: { version: 3 },
    });
    t.equal((await reply('returns/R-1', { version: 3 })).body.version, 4);
  });

  t.test('an order is brought to a stylist, and its tracking mailed again, to its own address', async (t) => {
    const visitor = createVisitor(app);
    await visitor.signIn();
    const path = '/dashboard/orders/GG-1';
    t.equal((await visitor.submit(path, `${path}/tracking`, {})).headers.location, `${path}?done=sent`);
    t.equal((await visitor.submit(path, `${path}/tracking`, {})).headers.location, `${path}?done=repeated`);
    const changes = db.collection<WithDeliveries>('orderChanges');
    while ((await changes.findOne({}))?.deliveries[0]?.state === 'pending') await app.dispatcher.drain();
    const mails = mailsTo('owner@example.com').filter(({ data }) => /^Subject: .* is on its way/m.test(data));
    t.equal(mails.length, 1);
    t.match(mails[0]?.data, '1Z999AA10123456784');
    const escalated = await visitor.submit(path, `${path}/escalate`, { note: 'The ring is too wide' });
    const again = await visitor.submit(path, `${path}/escalate`, { note: 'The ring is too wide' });
    t.equal(again.headers.location, escalated.headers.location, 'a second press opens none');
    const [, ticketId = ''] = /tickets\/(ST-[\w-]+)/.exec(String(escalated.headers.location)) ?? [];
    t.match(await read('tickets', ticketId), {
      orderNumber: 'GG-1',
      customerEmail: 'owner@example.com',
      identity: 'verified',
      notes: 'The ring is too wide',
    });
    const opened = await db.collection('stylistTickets').findOne({ ticketId });
    t.match(opened, { customerName: 'Ada Sample', customerPhone: '+12025550123' }, 'as the order has them');
    t.match((await get(app, `/support/tickets/${ticketId}`, KEYS.all)).body.contact, {
      name: 'Ada Sample',
      phone: '+12025550123',
    });
    t.notMatch(
      (await get(app, `/support/tickets/${ticketId}`)).body.contact,
      { name: /Ada|Sample/ },
      'by scope',
    );
    t.match(
      (await visitor.open(path)).body,
      /Tracking mailed again<\/strong> <span class="muted">by Margaux,[\s\S]*: sent/,
    );
    t.match((await get(app, '/orders/GG-1')).body.trackingMails, [
      { at: NOW.toISOString(), by: 'Margaux', messages: [{ kind: 'order.tracking', state: 'done' }] },
    ]);
    t.not(opened?.history[0].by, 'customer', 'it was opened by the staff');
    t.equal((await visitor.open(`/dashboard/support/tickets/${ticketId}`)).statusCode, 200);
    const looker = createVisitor(app);
    await looker.signIn(KEYS.looker);
    for (const what of ['tracking', 'escalate'])
      t.equal((await looker.submit('/dashboard/sessions', `${path}/${what}`, {})).statusCode, 403);
  });

  t.test(
    'on the page: a text to begin with, an answer, and what was written when it is not sent',
    async (t) => {
      await store(db, 'stylistTickets', [
        ownTicket({ ticketId: 'P-1', customerName: 'Ada "Q" <Sample>', customerEmail: 'page@example.com' }),
      ]);
      const path = '/dashboard/support/tickets/P-1';
      const whole = createVisitor(app);
      await whole.signIn(KEYS.all);
      const masked = createVisitor(app);
      await masked.signIn(KEYS.agent, 'Jules');
      t.match((await whole.open(`${path}?template=call`)).body, 'Dear Ada &quot;Q&quot; &lt;Sample&gt;,');
      t.match((await whole.open(path)).body, 'href="mailto:page%40example.com"');
      const shown = (await masked.open(`${path}?template=call`)).body;
      t.match(shown, 'Dear {{name}},');
      t.notMatch(shown, /mailto:|Sample|page@/);
      t.equal((await masked.open(`${path}?template=none`)).statusCode, 200);

      const form = {
        version: '1',
        text: 'Dear {{name}}, <em>here</em>',
        back: `${path}?view=mine&template=call`,
      };
      const refused = await masked.submit(path, `${path}/replies`, { ...form, version: '7' });
      t.equal(refused.statusCode, 409);
      t.match(refused.body, '&lt;em&gt;here&lt;/em&gt;</textarea>');
      const sent = await masked.submit(path, `${path}/replies`, { ...form, closes: 'done' });
      t.match(sent, { statusCode: 303, headers: { location: `${path}?view=mine&done=reply` } });
      const after = (await masked.open(`${path}?done=reply`)).body;
      t.match(after, 'The answer is on its way.');
      t.match(after, /Jules · <time[^>]*>[^<]*<\/time> · <span class="muted">by email, (on its way|sent)/);
      t.match(after, 'Dear A. &quot;. &lt;., &lt;em&gt;here', 'the name is masked in what was said, too');
      t.match(after, 'Customer answered here');
      const looker = createVisitor(app);
      await looker.signIn(KEYS.looker);
      t.notMatch((await looker.open(path)).body, '<textarea');
      t.equal((await looker.submit('/dashboard/sessions', `${path}/replies`, form)).statusCode, 403);
      const unsigned = await app.inject({ method: 'POST', url: `${path}/replies`, payload: form });
      t.not(unsigned.statusCode, 200);
      await settled('tickets', 'P-1');
      const answered = await db.collection('stylistTickets').findOne({ ticketId: 'P-1' });
      const unsent = answered?.deliveries.map((delivery: object) => ({ ...delivery, state: 'skipped' }));
      await db.collection('stylistTickets').updateOne({ ticketId: 'P-1' }, { $set: { deliveries: unsent } });
      const kept = (await masked.open(`${path}?done=reply`)).body;
      t.match(kept, 'The answer is kept here, and was not sent.');
      t.notMatch(kept, 'The answer is on its way.');
    },
  );
});

t.test('answering: what a mailbox refuses has answered nobody, and is shown', async (t) => {
  const mail = await smtpReceiver(t, { RCPT: '550 no such user' });
  const env = { ...QUIET, ...mail.settings };
  const { app, db } = await start(t, { env, now: () => NOW });
  await app.ready();
  const { read, reply, settled } = desk(app, db);
  await store(db, 'stylistTickets', [ownTicket({ ticketId: 'T-1', sessionId: 's-1' })]);
  await store(db, 'csatFeedback', [rating(hoursAgo(1), { feedbackId: 'F-1', score: 1, sessionId: 's-1' })]);
  for (const [kind, id] of [
    ['tickets', 'T-1'],
    ['feedback', 'F-1'],
  ] as const) {
    t.equal((await reply(`${kind}/${id}`, {})).status, 200);
    await settled(kind, id);
    const shown = (await get(app, `/support/${kind}/${id}`)).body;
    const { replies } = shown.answering ?? {};
    t.notMatch(replies, [{ state: 'done' }], id);
    t.match(replies, [{ why: /./ }], id);
  }
  t.equal(
    (await read('tickets', 'T-1')) && (await get(app, '/support/tickets/T-1')).body.firstResponseAt,
    undefined,
  );
  t.match(
    await read('feedback', 'F-1'),
    { followUp: { status: 'open' } },
    'somebody still has to get in touch',
  );
});

t.test('by the CRM', async (t) => {
  const crm = zendesk();
  let isDown = false;
  const { url, received } = await receiver(t, (response, request) =>
    (isDown ? status(503) : crm.answer)(response, request),
  );
  const mail = await smtpReceiver(t);
  const { app, db } = await start(t, {
    env: { ...QUIET, ...zendeskSettings(url), ...mail.settings },
    now: () => now,
  });
  let now = NOW;
  await app.ready();
  const { read, reply, settled } = desk(app, db);
  const commentsOf = (id: string) =>
    crm.tickets.filter(({ external_id }) => external_id === id).flatMap(({ comments }) => comments);

  t.test('a ticket is answered by a public comment, also when Zendesk is away for a while', async (t) => {
    await store(db, 'stylistTickets', [ticket(hoursAgo(2), { ticketId: 'Z-1' })]);
    await settled('tickets', 'Z-1');
    isDown = true;
    const text = '**Dear** {{name}},\n<b>gladly</b>';
    t.match(await reply('tickets/Z-1', { text }), { status: 200, body: { via: 'crm', version: 2 } });
    const calls = received.length;
    while (received.length === calls) await app.dispatcher.drain();
    isDown = false;
    now = new Date(NOW.getTime() + 3_600_000);
    await settled('tickets', 'Z-1');
    const said = commentsOf('Z-1').filter((comment) => comment.public);
    t.strictSame(said, [{ html_body: '**Dear** Ada Sample,<br>&lt;b&gt;gladly&lt;/b&gt;', public: true }]);
    t.match(commentsOf('Z-1').at(-1), { public: false, body: /Status: in_progress/ });
    t.notMatch(commentsOf('Z-1').at(-1)?.body, 'gladly', 'it is not said twice there');
    t.equal(mail.emails.length, 0);
    t.match((await get(app, '/support/tickets/Z-1')).body.answering, {
      via: 'crm',
      replies: [{ via: 'crm', state: 'done', text: '**Dear** A. S.,\n<b>gladly</b>' }],
    });
  });

  t.test('a closed ticket is followed up with the answer', async (t) => {
    const [one] = crm.tickets.filter(({ external_id }) => external_id === 'Z-1');
    if (one) one.status = 'closed';
    t.equal((await reply('tickets/Z-1', { version: 2, text: 'Once more' })).status, 200);
    await settled('tickets', 'Z-1');
    t.match(crm.tickets.at(-1), {
      external_id: 'Z-1',
      via_followup_source_id: one?.id,
      comments: [{ html_body: 'Once more', public: true }],
    });
  });

  t.test('what the CRM has not, or has no address for, is answered by mail, and it is told', async (t) => {
    const dead = ticket(hoursAgo(2), { ticketId: 'Z-2', customerEmail: 'z2@example.com' });
    const { nextDeliveryAt: _, ...rest } = dead;
    await store(db, 'stylistTickets', [
      { ...rest, deliveries: dead.deliveries.map((one) => ({ ...one, state: 'skipped' as const })) },
      ownTicket({ ticketId: 'Z-3', sessionId: 'rated', customerEmail: 'z3@example.com' }),
    ]);
    await store(db, 'orders', [order('GG-1', hoursAgo(99), { customerEmail: 'owner@example.com' })]);
    await store(db, 'csatFeedback', [
      rating(hoursAgo(1), { feedbackId: 'ZF-1', score: 1, sessionId: 'rated' }),
      rating(hoursAgo(1), { feedbackId: 'ZF-2', score: 1, orderNumber: 'GG-1' }),
    ]);
    await settled('feedback', 'ZF-1');
    await settled('feedback', 'ZF-2');
    const answers: [string, string][] = [
      ['tickets/Z-2', 'email'],
      ['feedback/ZF-1', 'email'],
      ['feedback/ZF-2', 'crm'],
    ];
    for (const [path, via] of answers) t.match(await reply(path, {}), { status: 200, body: { via } }, path);
    for (const [path] of answers) await settled(...(path.split('/') as [AnsweredKind, string]));
    t.match(commentsOf('ZF-2').at(-1), { public: true, html_body: 'Dear customer, gladly.' });
    t.strictSame(mail.emails.flatMap(({ to }) => to).sort(), ['<z2@example.com>', '<z3@example.com>']);
    t.equal((await read('feedback', 'ZF-2')).version, 2);
  });
});

t.test('with nobody who carries answers, the page says so', async (t) => {
  const { app, db } = await start(t, { now: () => NOW });
  await store(db, 'stylistTickets', [ownTicket({ ticketId: 'T-1' })]);
  const { reply } = desk(app, db);
  t.match(await reply('tickets/T-1', {}), { status: 409, body: { detail: /Neither a CRM/ } });
  t.equal((await get(app, '/support/tickets/T-1')).body.answering.via, undefined);
});

t.test('the texts of the shop, and what is wrong with a file of them', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'concierge-replies-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const problemsOf = (content: string) => {
    const path = join(folder, 'replies.json');
    writeFileSync(path, content);
    const problems: string[] = [];
    const templates = readReplyTemplates(path, problems);
    return { problems, templates };
  };
  const ours = problemsOf(JSON.stringify(REPLY_TEMPLATES));
  t.strictSame(ours, { problems: [], templates: REPLY_TEMPLATES });
  const text = { id: 'a', name: 'A', text: 'Liebe {{name}}' };
  t.strictSame(problemsOf(JSON.stringify([text])).templates, [text]);
  const wrong: [content: string, said: RegExp][] = [
    ['{', /REPLIES_FILE is not JSON/],
    ['{}', /not as it should be at \//],
    [JSON.stringify([{ ...text, id: 'A b' }]), /at \/0\/id/],
    [JSON.stringify([{ ...text, for: ['orders'] }]), /at \/0\/for/],
    [JSON.stringify([text, text]), /two texts with the id a/],
    [JSON.stringify([{ ...text, text: '{{email}}' }]), /a cannot name \{\{email\}\}, only shop, agent/],
  ];
  for (const [content, said] of wrong) t.match(problemsOf(content).problems[0], said, content);
  const problems: string[] = [];
  readReplyTemplates('/nowhere/replies.json', problems);
  t.match(problems, [/REPLIES_FILE cannot be read/]);
  t.end();
});

t.test('for the shop’s own dashboards', async (t) => {
  const secret = Buffer.alloc(32, 7);
  let now = NOW;
  const env = { ...ENABLED, ORDER_WEBHOOK_SECRET: `whsec_${secret.toString('base64')}` };
  const { app, db } = await start(t, { now: () => now, env });
  await app.ready();
  const ask = async (path: string, key = KEYS.all) => {
    const response = await app.inject({ url: path, headers: { authorization: `Bearer ${key}` } });
    return { status: response.statusCode, body: response.json() };
  };
  const tell = async (path: string, body: object, { keys = [secret], key = KEYS.machine } = {}) => {
    const payload = JSON.stringify(body);
    const headers = {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      ...signatureHeaders(keys, { id: randomUUID(), at: now, body: payload }),
    };
    const response = await app.inject({ method: 'POST', url: path, headers, payload });
    return { status: response.statusCode, body: response.json() };
  };

  t.test('orders are thirty a page, with what the concierge knows of each', async (t) => {
    const numbers = Array.from({ length: 65 }, (_, n) => `GG-${100 + n}`);
    await store(
      db,
      'orders',
      numbers.map((number, n) =>
        order(number, hoursAgo(n), {
          statusHistory: [{ status: 'Shipped', date: hoursAgo(n) }],
          shipping: { carrier: 'UPS', trackingNumber: '1Z999AA10123456784' },
        }),
      ),
    );
    await store(db, 'csatFeedback', [
      rating(hoursAgo(9), { orderNumber: 'GG-100', score: 2, sessionId: 'earlier' }),
      rating(hoursAgo(3), { orderNumber: 'GG-100', score: 4, notes: 'Lovely', sessionId: 'later' }),
    ]);
    const seen: string[] = [];
    let cursor = '';
    for (const expected of [30, 30, 5]) {
      const { body } = await ask(`/internal/orders?cursor=${cursor}`);
      t.equal(body.orders.length, expected);
      seen.push(...body.orders.map(({ orderNumber }: { orderNumber: string }) => orderNumber));
      cursor = body.nextCursor;
    }
    t.strictSame(seen, numbers);
    t.equal(cursor, undefined);
    const [whole] = (await ask('/internal/orders')).body.orders;
    t.match(whole, {
      customerEmail: 'ada@example.com',
      totals: { total: 1300, currency: 'USD' },
      statusHistory: [{ status: 'shipped', date: NOW.toISOString() }],
      shipping: { carrier: 'UPS', trackingNumber: '1Z999AA10123456784' },
      csat: { score: 4, notes: 'Lovely' },
      sessionId: 'later',
      subscription: { channels: [] },
    });
    const [masked] = (await ask('/internal/orders', KEYS.looker)).body.orders;
    t.match(masked, { customerEmail: 'a•••@example.com', shipping: { trackingNumber: '**6784' } });
    t.equal(masked.totals, undefined);
    t.equal((await ask('/internal/orders?cursor=x')).status, 400);
    t.equal((await ask('/internal/orders', KEYS.other)).status, 403);
    await db.collection('csatFeedback').deleteMany({});
  });

  t.test('what waits is told by priority, fifty a page, and then what has changed', async (t) => {
    const waiting = Array.from({ length: 70 }, (_, n) =>
      ownTicket({
        createdAt: hoursAgo(100 - n),
        updatedAt: hoursAgo(100 - n),
        ticketId: `T-${String(n).padStart(2, '0')}`,
        priority: n === 40 ? 'urgent' : 'normal',
      }),
    );
    const earlier = {
      ticketId: 'T-shops',
      sessionId: 's',
      status: 'new',
      customerEmail: 'a@b.example',
      createdAt: hoursAgo(2),
    };
    await store(db, 'stylistTickets', [...waiting, earlier]);
    await store(db, 'csatFeedback', [
      rating(hoursAgo(5), { feedbackId: 'F-1', score: 1, notes: 'Too late' }),
    ]);
    const idsOf = ({ tasks }: { tasks: { id: string }[] }) => tasks.map(({ id }) => id);
    const first = (await ask('/internal/support/tasks')).body;
    t.strictSame(idsOf(first).slice(0, 3), ['T-40', 'F-1', 'T-00']);
    t.equal(first.tasks.length, 50);
    const second = (await ask(`/internal/support/tasks?cursor=${first.nextCursor}`)).body;
    t.equal(second.nextCursor, undefined);
    t.equal(new Set([...idsOf(first), ...idsOf(second)]).size, 72);
    t.match(first.tasks[1], { type: 'csat_follow_up', score: 1, notes: 'Too late', status: 'open' });
    t.strictSame(idsOf((await ask('/internal/support/tasks?type=csat_follow_up')).body), ['F-1']);

    const since = `/internal/support/tasks?since=${hoursAgo(150).toISOString()}`;
    const all = (await ask(since)).body;
    const rest = (await ask(`${since}&cursor=${all.nextCursor}`)).body;
    t.strictSame([...idsOf(all), ...idsOf(rest)].sort(), [...idsOf(first), ...idsOf(second)].sort());

    now = new Date(NOW.getTime() + 60_000);
    const { nextSince } = (await ask('/internal/support/tasks')).body;
    now = new Date(NOW.getTime() + 120_000);
    t.strictSame(idsOf((await ask(`/internal/support/tasks?since=${nextSince}`)).body), []);
    await act(app, 'tickets/T-07', { action: 'done', version: 1 });
    await act(app, 'feedback/F-1', { action: 'contacted', version: 1 });
    const changed = (await ask(`/internal/support/tasks?since=${nextSince}`)).body;
    t.match(changed.tasks, [
      { id: 'F-1', status: 'done' },
      { id: 'T-07', status: 'done', assignedTo: 'Margaux' },
    ]);
    t.equal(changed.tasks.length, 2);
    t.equal((await ask('/internal/support/tasks?since=yesterday')).status, 400);
  });

  t.test('it says what it has done, signed, and in any order', async (t) => {
    const path = '/internal/webhooks/support/ticket';
    const news = { ticketId: 'T-01', status: 'in_progress', assignedTo: 'Jules', replied: true };
    const at = (minutes: number) => new Date(now.getTime() + minutes * 60_000).toISOString();
    const cases: [body: object, answer: object, sending?: object][] = [
      [news, { status: 401, body: { code: 'webhook.signature_invalid' } }, { keys: [Buffer.alloc(32)] }],
      [news, { status: 403 }, { key: KEYS.all }],
      [{ ...news, ticketId: 'T-none' }, { status: 404 }],
      [{ ...news, at: at(30) }, { status: 400 }],
      [news, { status: 200, body: { outcome: 'changed' } }],
      [news, { status: 200, body: { outcome: 'known' } }],
      [
        { ticketId: 'T-01', status: 'open', at: at(-9) },
        { status: 200, body: { outcome: 'known' } },
      ],
    ];
    for (const [body, answer, sending] of cases)
      t.match(await tell(path, body, sending), answer, JSON.stringify(body));
    t.match((await get(app, '/support/tickets/T-01')).body, {
      status: 'in_progress',
      assignee: 'Jules',
      firstResponseAt: now.toISOString(),
    });
  });

  t.test('a rating that was given elsewhere waits as a follow-up', async (t) => {
    const path = '/internal/webhooks/csat';
    const body = {
      sessionId: 'elsewhere',
      rating: 'needs_follow_up',
      notes: 'Call me',
      orderNumber: 'gg-100',
    };
    const first = await tell(path, body);
    t.match(first, { status: 200, body: { score: 2, needsFollowUp: true } });
    t.strictSame((await tell(path, body)).body.feedbackId, first.body.feedbackId);
    t.match(await db.collection('csatFeedback').findOne({ sessionId: 'elsewhere' }), {
      orderNumber: 'GG-100',
      followUp: { status: 'open' },
      version: 1,
    });
    t.equal((await tell(path, { sessionId: 'elsewhere' })).status, 400);
    t.equal((await tell(path, body, { keys: [Buffer.alloc(32)] })).status, 401);
  });
});
