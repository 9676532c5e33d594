import t from 'tap';
import { createAirtable } from '../../src/connectors/crm/airtable.js';
import { createZendesk } from '../../src/connectors/crm/zendesk.js';
import { createSmtp, type SmtpSettings } from '../../src/connectors/email/smtp.js';
import { INTERRUPTED } from '../../src/connectors/http.js';
import type { ConnectorSettings } from '../../src/connectors/index.js';
import { createConnectors } from '../../src/connectors/index.js';
import { createBraze } from '../../src/connectors/messaging/braze.js';
import type { Carrier } from '../../src/connectors/messaging/notice.js';
import { createTwilio } from '../../src/connectors/messaging/twilio.js';
import { TEMPLATES } from '../../src/connectors/templates/message-texts.js';
import { renderEmail } from '../../src/connectors/templates/render.js';
import { ticketText } from '../../src/domain/stylist/ticket-text.js';
import { zendesk as zendeskOf } from '../vendors/zendesk.js';
import { customerOf, handlersOf, mailing } from './handlers.js';
import {
  AT,
  changeMessage,
  feedback,
  followUpMessage,
  reminderMessage,
  returnMessage,
  rma,
  subscription,
  subscriptionMessage,
  ticket,
  ticketMessage,
  updateMessage,
} from './messages.js';
import { deliver, json, nothingLeaked, receiver, status } from './receiver.js';
import { type Refusals, smtpReceiver } from './smtp-receiver.js';

const PATIENT_MS = 20_000;
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

t.test('vendors: Zendesk', async (t) => {
  const settings = {
    email: 'agent@S3CRET.example',
    apiToken: 'S3CRET',
    fields: { orderNumber: 36, phone: 37, creatorId: 38 },
  };
  const created = json(201, { ticket: { id: 35_436, external_id: ticket.ticketId }, audit: {} });
  const none = json(200, { tickets: [], next_page: null, count: 0 });
  const found = json(200, {
    tickets: [
      { id: 1, external_id: null },
      { id: 35_436, external_id: ticket.ticketId },
    ],
  });

  await t.test('a ticket', async (t) => {
    const { url, received } = await receiver(t, created);
    const zendesk = handlersOf({ crm: createZendesk({ baseUrl: url, ...settings }, PATIENT_MS) }).crm;
    t.same(await deliver(zendesk, ticketMessage()), { outcome: 'delivered', reference: '35436' });
    t.match(received, [{ method: 'POST', path: '/api/v2/tickets.json' }]);
    t.match(received[0]?.headers, {
      authorization: basic('agent@S3CRET.example/token:S3CRET'),
      'content-type': 'application/json',
      'idempotency-key': ticketMessage().id,
    });
    const sent = JSON.parse(received[0]?.body ?? '').ticket;
    t.match(sent, {
      external_id: ticket.ticketId,
      requester: { name: 'Ana Marked', email: 'marked@example.com' },
      tags: ['concierge', 'stylist'],
    });
    t.same(sent.custom_fields, [
      { id: 36, value: 'GG-1' },
      { id: 37, value: '+12025550199' },
    ]);
    for (const part of ['customer: Hello, Marked here', 'Marked Halo (RING-1)', 'mornings', 'insp-marked'])
      t.ok(sent.comment.html_body.includes(part), part);
    t.equal(sent.comment.public, false, 'deadline and conversation are for the agents');
    t.ok(
      sent.comment.html_body.includes('a ring for &lt;b&gt;Mum&lt;/b&gt;<br>Time preference'),
      'no tag is a tag',
    );
    t.notOk(JSON.stringify(sent).includes('session-marked'), 'the session is ours alone');
  });

  await t.test('a later attempt looks first', async (t) => {
    const there = await receiver(t, found);
    const again = ticketMessage({ attempt: 2 });
    const delivered = { outcome: 'delivered', reference: '35436' };
    t.same(
      await deliver(
        handlersOf({ crm: createZendesk({ baseUrl: there.url, ...settings }, PATIENT_MS) }).crm,
        again,
      ),
      delivered,
    );
    t.match(there.received, [{ method: 'GET', path: `/api/v2/tickets.json?external_id=${ticket.ticketId}` }]);

    const absent = await receiver(t, none, created);
    t.same(
      await deliver(
        handlersOf({ crm: createZendesk({ baseUrl: absent.url, ...settings }, PATIENT_MS) }).crm,
        again,
      ),
      delivered,
    );
    t.same(
      absent.received.map(({ method }) => method),
      ['GET', 'POST'],
    );

    const strange = await receiver(t, json(200, { tickets: 'Marked' }));
    t.match(
      await deliver(
        handlersOf({ crm: createZendesk({ baseUrl: strange.url, ...settings }, PATIENT_MS) }).crm,
        again,
      ),
      {
        outcome: 'retry',
      },
    );
    const down = await receiver(t, status(503, { 'retry-after': '60' }));
    t.match(
      await deliver(
        handlersOf({ crm: createZendesk({ baseUrl: down.url, ...settings }, PATIENT_MS) }).crm,
        again,
      ),
      {
        outcome: 'retry',
        afterMs: 60_000,
      },
    );
    t.equal(down.received.length, 1, 'nothing is made while it is not known what there is');
  });

  await t.test('a conflict', async (t) => {
    const made = await receiver(t, status(409), found);
    const zendesk = (baseUrl: string) =>
      handlersOf({ crm: createZendesk({ baseUrl, ...settings }, PATIENT_MS) }).crm;
    t.same(await deliver(zendesk(made.url), ticketMessage()), { outcome: 'delivered', reference: '35436' });
    const other = await receiver(t, status(409), none);
    t.match(await deliver(zendesk(other.url), ticketMessage()), {
      outcome: 'retry',
      reason: /^answered 409: an attempt before/,
    });
  });

  await t.test('a refusal is named by its code', async (t) => {
    const { url } = await receiver(
      t,
      json(422, { error: 'RecordInvalid', description: 'Marked', details: {} }),
    );
    const zendesk = handlersOf({ crm: createZendesk({ baseUrl: url, ...settings }, PATIENT_MS) }).crm;
    t.same(await deliver(zendesk, ticketMessage()), {
      outcome: 'rejected',
      reason: 'answered 422 (RecordInvalid): check which fields Zendesk asks for',
    });
    t.match(await deliver(zendesk, returnMessage('return.initiated')), {
      outcome: 'rejected',
      reason: /nothing here performs return.initiated/,
    });
    t.match(await deliver(zendesk, ticketMessage({ document: {} })), { reason: /has no ticketId/ });
    t.match(await deliver(zendesk, followUpMessage({ document: {} })), { reason: /has no feedbackId/ });
  });

  await t.test('a follow-up on a rating, for the customer of its order', async (t) => {
    const { url, received } = await receiver(t, created);
    const zendesk = (orders: object) =>
      handlersOf({ crm: createZendesk({ baseUrl: url, ...settings }, PATIENT_MS) }, { orders }).crm;
    await deliver(zendesk(customerOf('marked@example.com')), followUpMessage());
    await deliver(zendesk(customerOf(undefined)), followUpMessage());
    const [known, unknown] = received.map(({ body }) => JSON.parse(body).ticket);
    t.match(known, {
      external_id: feedback.feedbackId,
      subject: 'Follow-up on a rating of 2 of 5',
      requester: { email: 'marked@example.com' },
      comment: { body: /^Rated 2 of 5 for general\.\nMarked: .*\nOrder: GG-1$/, public: false },
      tags: ['concierge', 'csat'],
    });
    t.notOk('requester' in unknown, 'of nobody that we know');
    const away = { findByNumber: () => Promise.reject(new Error('Marked')) };
    t.match(await deliver(zendesk(away), followUpMessage()), { outcome: 'retry', reason: /looked up/ });
  });

  await t.test('what the staff does is told once', async (t) => {
    const id = 35_436;
    const there = {
      id,
      external_id: ticket.ticketId,
      tags: ['vip', 'concierge-update-old'],
      updated_at: 'T1',
    };
    const list = (tags: string[]) => json(200, { tickets: [{ ...there, tags }] });
    const mark = `concierge-update-${ticketMessage().id}`;
    const { url, received } = await receiver(t, list(there.tags), created, list(['vip', mark]));
    const zendesk = handlersOf({ crm: createZendesk({ baseUrl: url, ...settings }, PATIENT_MS) }).crm;
    const delivered = { outcome: 'delivered', reference: String(id) };
    t.same(await deliver(zendesk, updateMessage({ status: 'done', priority: 'high' })), delivered);
    t.match(received[1], { method: 'PUT', path: `/api/v2/tickets/${id}.json` });
    const sent = JSON.parse(received[1]?.body ?? '').ticket;
    t.match(sent, {
      status: 'solved',
      priority: 'high',
      comment: { public: false, body: /^Concierge: closed\nBy: Mia\n.*Note: Marked note\n/s },
      safe_update: true,
      updated_stamp: 'T1',
    });
    t.same(sent.tags, ['vip', mark], 'the tags of the agents stay');
    t.same(await deliver(zendesk, updateMessage({ status: 'done' })), delivered);
    t.equal(received.length, 3, 'a repeat sees that it has been told');

    const at = async (...answers: Parameters<typeof receiver>[1][]) => {
      const { url } = await receiver(t, ...answers);
      return deliver(
        handlersOf({ crm: createZendesk({ baseUrl: url, ...settings }, PATIENT_MS) }).crm,
        updateMessage({}),
      );
    };
    t.match(
      await at(list([]), status(409)),
      { outcome: 'retry', reason: /^answered 409: the ticket has changed/ },
      'changed meanwhile',
    );
    t.match(await at(list([]), json(422, { error: 'RecordInvalid' })), { outcome: 'rejected' }, 'closed');
    t.match(await at(none), { outcome: 'rejected', reason: /^there is no such ticket/ });
    t.match(await at(status(500)), { outcome: 'retry' });
    t.match(await deliver(zendesk, { ...updateMessage({}), payload: {} }), { outcome: 'rejected' });
  });

  await t.test('a ticket of an address alone, and a very long one', async (t) => {
    const { url, received } = await receiver(t, created);
    const zendesk = handlersOf({
      crm: createZendesk({ baseUrl: url, ...settings, fields: {} }, PATIENT_MS),
    }).crm;
    // as an earlier version has written it
    const bare = {
      ticketId: ticket.ticketId,
      contact: { email: 'marked@example.com' },
      transcript: [],
      shortlist: [],
      inspirationIds: [],
      createdAt: ticket.createdAt,
      dueAt: ticket.dueAt,
      deliveries: ticket.deliveries,
    };
    t.match(await deliver(zendesk, ticketMessage({ document: bare })), { outcome: 'delivered' });
    const sent = JSON.parse(received[0]?.body ?? '').ticket;
    t.same(sent.requester, { name: 'marked@example.com', email: 'marked@example.com' });
    t.equal(sent.comment.body, `Answer by: ${ticket.dueAt.toISOString()}`);
    t.notOk('custom_fields' in sent);

    const transcript = Array.from({ length: 9000 }, (_, at) => ({ role: 'customer', text: `message ${at}` }));
    const long = ticketText({ ...ticket, transcript });
    t.ok(long.length <= 20_000, 'bounded');
    t.ok(
      long.includes('message 8999') && !long.includes('message 0\n'),
      'the latest part of the conversation',
    );
  });

  await t.test('nothing of a change is lost, whatever state the ticket is in', async (t) => {
    const there = zendeskOf();
    const { url } = await receiver(t, there.answer);
    const placing = {
      groupId: 1,
      brandId: 2,
      formId: 3,
      tags: ['atelier'],
      agents: { Mia: 'mia@shop.example' },
    };
    const pictures = {
      images: {
        ownOf: async () => [
          {
            inspirationId: 'i1',
            moderationStatus: 'clean',
            renditions: { web: { key: 'k', contentType: 'image/jpeg' } },
          },
          { inspirationId: 'i2', moderationStatus: 'pending_review' },
        ],
      },
      storage: { read: async () => Buffer.from('jpeg') },
    };
    const connector = createZendesk({ baseUrl: url, ...settings, ...placing }, PATIENT_MS);
    const zendesk = handlersOf({ crm: connector }, pictures).crm;
    const act = (id: string, change: object) => deliver(zendesk, { ...updateMessage(change), id });
    const last = () => there.tickets.at(-1);
    const lastComment = () => last()?.comments.at(-1);

    t.match(await deliver(zendesk, ticketMessage()), { outcome: 'delivered', reference: '35436' });
    t.match(last(), {
      group_id: 1,
      brand_id: 2,
      ticket_form_id: 3,
      tags: ['concierge', 'stylist', 'atelier'],
    });
    t.same(last()?.comments[0]?.uploads, ['token-1']);
    t.same([...there.uploads.values()], [{ name: 'i1.jpg', type: 'image/jpeg', bytes: 4 }]);
    t.match(
      await deliver(zendesk, ticketMessage()),
      { outcome: 'delivered', reference: '35436' },
      'again under the same key, with another token: it is looked up',
    );
    t.equal(there.tickets.length, 1);

    t.match(await act('a1', { status: 'done', assignee: 'Mia' }), { outcome: 'delivered' });
    t.match(last(), { status: 'solved', assignee_id: 11 });
    t.match(await act('a2', { status: 'open', assignee: 'Nobody <b>known</b>' }), { outcome: 'delivered' });
    t.match(last(), { status: 'open', assignee_id: 11 });
    t.match(lastComment(), { html_body: /Assignee: Nobody &lt;b&gt;known&lt;\/b&gt;<br>/, public: false });
    t.match(await act('a3', { status: 'done', assignee: 'left@shop.example' }), { outcome: 'delivered' });
    t.match(last(), { status: 'open', assignee_id: 11 });
    t.match(lastComment(), {
      body: /Not taken over by Zendesk: status solved, assignee_email left@shop\.example$/,
      public: false,
    });
    t.match(last()?.tags, ['concierge', 'stylist', 'atelier', 'concierge-update-a3']);

    Object.assign(last() ?? {}, { assignee_id: null });
    t.match(await act('a4', { status: 'done', assignee: 'Zoe' }), { outcome: 'delivered' });
    t.match(
      last(),
      { status: 'solved', assignee_id: 12 },
      'nobody’s ticket is solved by whom the token is of',
    );

    Object.assign(last() ?? {}, { status: 'closed' });
    const followUp = { outcome: 'delivered', reference: '35437' };
    t.match(await act('a5', { status: 'open' }), followUp);
    t.match(last(), { via_followup_source_id: 35_436, requester_id: 7, external_id: ticket.ticketId });
    t.match(lastComment(), { body: /Status: open/, public: false });
    t.match(await act('a5', { status: 'open' }), followUp, 'a repeat finds it');
    t.equal(there.tickets.length, 2);
    t.match(await act('a6', { note: 'more' }), followUp, 'what comes later goes there');
    t.match(last()?.comments, [{}, { body: /Note: more/ }]);
  });

  await t.test('a refusal names the fields that Zendesk names, and nothing of the customer', async (t) => {
    const cases: [details: object, reason: string][] = [
      [
        { requester: [{ description: 'Marked' }], marked: [] },
        'answered 422 (RecordInvalid: requester): check what Zendesk asks of them',
      ],
      [
        { base: [{ description: 'Marked: is required when solving', ticket_field_id: 360008591391 }] },
        'answered 422 (RecordInvalid: base, custom field 360008591391): check what Zendesk asks of them',
      ],
    ];
    for (const [details, reason] of cases) {
      const { url } = await receiver(
        t,
        json(422, { error: 'RecordInvalid', description: 'Marked', details }),
      );
      const zendesk = handlersOf({ crm: createZendesk({ baseUrl: url, ...settings }, PATIENT_MS) }).crm;
      t.match(await deliver(zendesk, ticketMessage()), { outcome: 'rejected', reason });
    }
  });

  await t.test('pictures that cannot be uploaded do not keep a ticket back for long', async (t) => {
    const there = zendeskOf();
    let uploadAnswer = status(503);
    const { url } = await receiver(t, (response, request) =>
      (request.path.includes('/uploads') ? uploadAnswer : there.answer)(response, request),
    );
    const tools = {
      images: {
        ownOf: async () => [
          {
            inspirationId: 'i1',
            moderationStatus: 'clean',
            renditions: { web: { key: 'k', contentType: 'image/jpeg' } },
          },
        ],
      },
      storage: { read: async () => Buffer.from('jpeg') },
    };
    const crm = createZendesk({ baseUrl: url, ...settings }, PATIENT_MS);
    t.match(await deliver(handlersOf({ crm }, tools).crm, ticketMessage()), {
      outcome: 'retry',
      reason: 'answered 503',
    });
    t.equal(there.tickets.length, 0);
    const away = { ...tools, storage: { read: () => Promise.reject(new Error('Marked')) } };
    t.match(await deliver(handlersOf({ crm }, away).crm, ticketMessage()), {
      outcome: 'retry',
      reason: /could not be read: see the log of the object store/,
    });
    t.match(await deliver(handlersOf({ crm }, tools).crm, ticketMessage({ attempt: 4 })), {
      outcome: 'delivered',
    });
    there.tickets.length = 0;
    uploadAnswer = status(413);
    t.match(await deliver(handlersOf({ crm }, tools).crm, { ...ticketMessage(), id: 'other' }), {
      outcome: 'delivered',
    });
    t.notOk(there.tickets[0]?.comments[0]?.uploads);
  });
});

t.test('vendors: Airtable', async (t) => {
  const upserted = json(200, {
    records: [{ id: 'recABC', createdTime: AT.toISOString(), fields: { Created: 'x' } }],
    createdRecords: ['recABC'],
    updatedRecords: [],
  });
  const airtable = (apiUrl: string) =>
    createAirtable({ apiUrl, baseId: 'app1', table: 'Stylist tickets', token: 'S3CRET' }, PATIENT_MS);
  const crm = (apiUrl: string) => handlersOf({ crm: airtable(apiUrl) }).crm;
  const { url, received } = await receiver(t, upserted);
  t.same(await deliver(crm(url), ticketMessage()), { outcome: 'delivered', reference: 'recABC' });
  t.match(received, [{ method: 'PATCH', path: '/v0/app1/Stylist%20tickets' }]);
  t.equal(received[0]?.headers.authorization, 'Bearer S3CRET');
  const sent = JSON.parse(received[0]?.body ?? '');
  t.same(sent.performUpsert, { fieldsToMergeOn: ['Ticket'] });
  t.equal(sent.records.length, 1);
  t.match(sent.records[0].fields, { Ticket: ticket.ticketId, Email: 'marked@example.com', Order: 'GG-1' });
  t.match(sent.records[0].fields, { Status: 'open', Priority: 'normal' }, 'from the beginning');
  t.notOk('Creator' in sent.records[0].fields, 'what is not given is left as it is');
  t.same(airtable(url).limits, { concurrency: 5, perSecond: 5, pauseAfterTooManyMs: 30_000 });

  await deliver(crm(url), updateMessage({ status: 'in_progress', assignee: 'Mia' }));
  await deliver(crm(url), followUpMessage());
  const [, updated, followUp] = received.map(({ body }) => JSON.parse(body).records[0].fields);
  t.match(updated, {
    Ticket: ticket.ticketId,
    Status: 'in_progress',
    Assignee: 'Mia',
    'Last action': /closed/,
  });
  t.notOk('Notes' in updated, 'what was not done is left as it is');
  t.match(followUp, { Ticket: feedback.feedbackId, Notes: /^Rated 2 of 5/, Order: 'GG-1' });
  t.match(await deliver(crm(url), { ...updateMessage({}), payload: {} }), { outcome: 'rejected' });

  const deleted = await receiver(t, (response, request) => {
    const [{ fields }] = JSON.parse(request.body).records;
    json(200, { records: [{ id: 'recNEW', fields }], createdRecords: ['recNEW'] })(response, request);
  });
  t.match(await deliver(crm(deleted.url), updateMessage({ status: 'done' })), {
    outcome: 'delivered',
    reference: 'recNEW',
  });
  t.match(
    deleted.received.map(({ body }) => JSON.parse(body).records[0].fields),
    [
      { Ticket: ticket.ticketId, Status: 'done', Email: undefined },
      { Ticket: ticket.ticketId, Status: 'done', Email: 'marked@example.com', Transcript: /Good morning/ },
    ],
    'a row that was deleted is made whole',
  );

  const refusals: [type: string, message: string, outcome: object][] = [
    [
      'UNKNOWN_FIELD_NAME',
      'Unknown field name: "Creator"',
      {
        outcome: 'misconfigured',
        reason: 'answered 422 (UNKNOWN_FIELD_NAME: Creator): add the column to the table',
      },
    ],
    [
      'INVALID_VALUE_FOR_COLUMN',
      'Field "Answer by" cannot accept the provided value "marked@example.com"',
      { outcome: 'rejected', reason: 'answered 422 (INVALID_VALUE_FOR_COLUMN: Answer by): check its type' },
    ],
    [
      'INVALID_MULTIPLE_CHOICE_OPTIONS',
      'Insufficient permissions to create new select option "Marked"',
      {
        outcome: 'misconfigured',
        reason:
          'answered 422 (INVALID_MULTIPLE_CHOICE_OPTIONS): let the token add options, or make the column a text',
      },
    ],
  ];
  for (const [type, message, expected] of refusals) {
    const { url } = await receiver(t, json(422, { error: { type, message } }));
    t.same(await deliver(crm(url), ticketMessage()), expected);
  }

  const failures: [number, object, object][] = [
    [429, { errors: [{ error: 'RATE_LIMIT_REACHED' }] }, { outcome: 'retry', afterMs: 30_000 }],
    [
      422,
      { error: { type: 'INVALID_VALUE_FOR_COLUMN', message: 'Marked' } },
      { outcome: 'rejected', reason: 'answered 422 (INVALID_VALUE_FOR_COLUMN)' },
    ],
    [404, { error: 'NOT_FOUND' }, { outcome: 'misconfigured', reason: /^answered 404 \(NOT_FOUND\): check/ }],
    [200, { records: [] }, { outcome: 'retry', reason: 'answered 200 with a body of another form' }],
  ];
  for (const [code, body, expected] of failures) {
    const { url } = await receiver(t, json(code, body));
    t.match(await deliver(crm(url), ticketMessage()), expected, `${code}`);
  }
  t.match(await deliver(crm(url), subscriptionMessage('sms')), { outcome: 'rejected' });
});

/** The handler of what subscribers are told, when one carrier takes both channels. */
const carrying = (carrier: Carrier, tools: Record<string, unknown> = {}) =>
  handlersOf({ notifications: { name: carrier.name, sms: carrier, email: carrier } }, tools).notifications;

t.test('vendors: Twilio', async (t) => {
  const created = json(201, {
    sid: 'SM00000000000000000000000000000001',
    status: 'queued',
    error_code: null,
  });
  const words = { messages: TEMPLATES, shop };
  const account = { accountSid: 'ACS3CRET', authToken: 'S3CRET' };
  const twilio = (baseUrl: string, from: object = { from: '+12025550100' }) =>
    carrying(createTwilio({ baseUrl, ...account, ...from }, words, PATIENT_MS, () => AT));
  const { url, received } = await receiver(t, created);
  t.same(await deliver(twilio(url), subscriptionMessage('sms')), {
    outcome: 'delivered',
    reference: 'SM00000000000000000000000000000001',
  });
  await deliver(twilio(url, { messagingServiceSid: 'MG1' }), subscriptionMessage('sms'));
  t.match(received[0], { method: 'POST', path: '/2010-04-01/Accounts/ACS3CRET/Messages.json' });
  t.match(received[0]?.headers, {
    authorization: basic('ACS3CRET:S3CRET'),
    'content-type': 'application/x-www-form-urlencoded',
  });
  const forms = received.map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
  t.same(forms[0], {
    To: '+12025550199',
    From: '+12025550100',
    SmartEncoded: 'true',
    ValidityPeriod: '14400',
    Body: 'GlowGlitch: text updates on order GG-1. Msg frequency varies. Msg & data rates may apply. Reply HELP for help, STOP to end.',
  });
  t.match(forms[1], { MessagingServiceSid: 'MG1', From: undefined });

  const failures: [number, number, object][] = [
    [
      400,
      21_610,
      {
        outcome: 'skipped',
        reason: 'answered 400 (21610): the number has opted out: nothing to do',
        gone: 'opted_out',
      },
    ],
    [
      400,
      21_211,
      {
        outcome: 'skipped',
        reason: 'answered 400 (21211): not a telephone number: nothing to do',
        gone: 'unreachable',
      },
    ],
    [
      400,
      21_614,
      {
        outcome: 'skipped',
        reason: 'answered 400 (21614): the number takes no text messages: nothing to do',
        gone: 'unreachable',
      },
    ],
    [
      400,
      21_635,
      {
        outcome: 'skipped',
        reason: 'answered 400 (21635): the number is a landline: nothing to do',
        gone: 'unreachable',
      },
    ],
    [400, 21_606, { outcome: 'misconfigured', reason: /check TWILIO_FROM: it sends no text messages/ }],
    [400, 21_703, { outcome: 'misconfigured', reason: /add a number to the messaging service/ }],
    [404, 20_404, { outcome: 'misconfigured', reason: /\(20404\): check TWILIO_ACCOUNT_SID/ }],
    [
      400,
      21_408,
      {
        outcome: 'rejected',
        reason: 'answered 400 (21408): enable the country in the account’s geographic permissions',
      },
    ],
    [401, 20_003, { outcome: 'misconfigured', reason: /\(20003\): check TWILIO_ACCOUNT_SID/ }],
    [400, 30_450, { outcome: 'rejected', reason: 'answered 400 (30450): see twilio.com/docs/api/errors' }],
    [
      429,
      20_429,
      {
        outcome: 'retry',
        reason: 'answered 429 (20429): too many calls at once; if it lasts, ask Twilio for more',
      },
    ],
    [
      400,
      21_611,
      {
        outcome: 'retry',
        reason: 'answered 400 (21611): the queue of TWILIO_FROM is full; if it lasts, add numbers',
      },
    ],
    [503, 20_503, { outcome: 'retry', reason: 'answered 503 (20503): see twilio.com/docs/api/errors' }],
  ];
  for (const [status, code, expected] of failures) {
    const { url } = await receiver(
      t,
      json(status, { code, message: 'Marked +12025550199', status, more_info: '' }),
    );
    t.match(await deliver(twilio(url), subscriptionMessage('sms')), expected, `${code}`);
  }

  const calls = received.length;
  t.match(await deliver(twilio(url), subscriptionMessage('sms', false)), {
    outcome: 'rejected',
    reason: /consent/,
  });
  t.match(await deliver(twilio(url), ticketMessage()), {
    outcome: 'rejected',
    reason: /nothing here performs ticket.create/,
  });
  t.equal(received.length, calls, 'nothing is sent without consent');
});

t.test('vendors: Braze', async (t) => {
  const { url, received } = await receiver(
    t,
    json(201, { message: 'success', attributes_processed: 1, events_processed: 1 }),
    json(201, { message: 'success' }),
    json(201, { message: 'success', errors: [{ type: 'Marked', input_array: 'events', index: 0 }] }),
  );
  const groups = { sms: 'group-sms' };
  const braze = carrying(createBraze({ restUrl: url, apiKey: 'S3CRET', groups }, PATIENT_MS));
  t.same(await deliver(braze, subscriptionMessage('sms')), { outcome: 'delivered' });
  t.same(await deliver(braze, subscriptionMessage('email')), { outcome: 'delivered' });
  t.same(await deliver(braze, subscriptionMessage('email')), {
    outcome: 'rejected',
    reason: 'accepted with 1 errors: see the log of Braze',
  });
  t.match(received[0], { method: 'POST', path: '/users/track', headers: { authorization: 'Bearer S3CRET' } });
  const [sms, email] = received.map(({ body }) => JSON.parse(body));
  t.same(sms.attributes, [
    {
      phone: '+12025550199',
      _update_existing_only: false,
      subscription_groups: [{ subscription_group_id: 'group-sms', subscription_state: 'subscribed' }],
    },
  ]);
  t.match(sms.events, [
    {
      phone: '+12025550199',
      name: 'order_updates_subscribed',
      time: AT.toISOString(),
      properties: { order_number: 'GG-1' },
    },
  ]);
  t.same(email.attributes, [{ email: 'marked@example.com', _update_existing_only: false }]);

  const shipped = { orderNumber: 'GG-1', status: 'shipped', label: 'Shipped', at: new Date(0) };
  const document = { ...shipped, trackingNumber: '1Z999AA10123456784', createdAt: AT };
  const update = { ...changeMessage(), document };
  const to = (channel: 'sms' | 'email') => ({
    subscriptions: { findById: async () => welcomed(channel) },
  });
  const told = await receiver(t, json(201, { message: 'success' }));
  const events = carrying(createBraze({ restUrl: told.url, apiKey: 'S3CRET', groups }, PATIENT_MS), {
    ...to('sms'),
    codeOf: () => '123456',
  });
  t.same(await deliver(events, update), { outcome: 'delivered' });
  const { attributes, events: sent } = JSON.parse(told.received[0]?.body ?? '');
  t.equal(attributes, undefined, 'the profile is there');
  t.match(sent, [
    {
      name: 'order_updated',
      time: '1970-01-01T00:00:00.000Z',
      properties: { status: 'shipped', tracking: '**6784' },
    },
  ]);

  const pending = { ...subscription('sms'), status: 'pending', confirmation: { nonce: 'n1' } };
  const code = { ...subscriptionMessage('sms'), kind: 'subscription.code', payload: { nonce: 'n1' } };
  await deliver(events, { ...code, document: pending });
  t.match(JSON.parse(told.received[1]?.body ?? '').events, [
    { name: 'order_updates_code', properties: { code: '123456' } },
  ]);

  const dispatched = await receiver(
    t,
    json(201, { message: 'success' }),
    json(201, { dispatch_id: 'd-1', status: 'sent' }),
  );
  const campaign = carrying(
    createBraze(
      { restUrl: dispatched.url, apiKey: 'S3CRET', groups, transactionalCampaign: 'c-1' },
      PATIENT_MS,
    ),
    to('email'),
  );
  const alias = { alias_name: subscription('email').subscriptionId, alias_label: 'concierge_subscription' };
  await deliver(campaign, subscriptionMessage('email'));
  t.same(await deliver(campaign, update), { outcome: 'delivered', reference: 'd-1' });
  const [profile, transactional] = dispatched.received;
  t.match(JSON.parse(profile?.body ?? '').attributes, [{ user_alias: { alias_label: alias.alias_label } }]);
  t.equal(transactional?.path, '/transactional/v1/campaigns/c-1/send');
  t.match(JSON.parse(transactional?.body ?? ''), {
    external_send_id: changeMessage().id,
    trigger_properties: { order_number: 'GG-1', status: 'shipped' },
    recipient: {
      user_alias: { alias_label: alias.alias_label },
      attributes: { email: 'marked@example.com' },
    },
  });
  t.match(await deliver(braze, subscriptionMessage('sms', false)), {
    outcome: 'rejected',
    reason: /consent/,
  });
  t.match(await deliver(braze, ticketMessage()), { outcome: 'rejected', reason: /nothing here performs/ });
});

t.test('Braze: a wrong subscription group sends the event once, not at each attempt', async (t) => {
  const wrong = json(201, { message: 'success', errors: [{ type: "'subscription_group_id' is invalid" }] });
  const { url, received } = await receiver(t, wrong, wrong, json(201, { message: 'success' }));
  const braze = carrying(
    createBraze({ restUrl: url, apiKey: 'S3CRET', groups: { sms: 'group' } }, PATIENT_MS),
  );
  const attempt = (number: number) => deliver(braze, { ...subscriptionMessage('sms'), attempt: number });
  for (const number of [1, 2])
    t.match(await attempt(number), { outcome: 'misconfigured', reason: /check BRAZE_SMS_GROUP_ID/ });
  t.match(await attempt(3), { outcome: 'delivered' });
  t.strictSame(
    received.map(({ body }) => Object.keys(JSON.parse(body)).sort().join()),
    ['attributes,events', 'attributes', 'attributes', 'attributes,events'],
    'while it is wrong nobody is written to again',
  );
});

t.test('Braze: what it says is told as far as it is documented, and nothing else', async (t) => {
  const settings = { apiKey: 'S3CRET', groups: { sms: 'g' }, transactionalCampaign: 'c-1' };
  const tell = async (code: number, body: object, message = subscriptionMessage('sms')) => {
    const { url } = await receiver(t, json(code, body));
    const tools = {
      subscriptions: { findById: async () => welcomed('email') },
      orders: customerOf('marked@example.com'),
    };
    return deliver(carrying(createBraze({ restUrl: url, ...settings }, PATIENT_MS), tools), message);
  };
  const told: [number, object, object][] = [
    [
      400,
      { message: 'Campaign does not exist' },
      { outcome: 'misconfigured', reason: 'answered 400: check BRAZE_TRANSACTIONAL_CAMPAIGN_ID' },
    ],
    [
      400,
      { message: 'Error authenticating credentials' },
      { outcome: 'misconfigured', reason: 'answered 400: check BRAZE_API_KEY' },
    ],
    [
      400,
      {
        message: 'The campaign is paused. Resume the campaign in order for trigger requests to take effect.',
      },
      { outcome: 'misconfigured', reason: 'answered 400: the campaign is paused: resume it' },
    ],
    [
      409,
      { message: 'The external reference has been queued.  Please retry to obtain send_id.' },
      { outcome: 'retry', reason: 'answered 409: it is being sent already; nothing to do' },
    ],
    [
      400,
      { message: 'No Recipients' },
      {
        outcome: 'rejected',
        reason: 'answered 400 (No Recipients): see whether the campaign reaches this customer',
      },
    ],
    [
      400,
      { message: 'marked@example.com is not valid' },
      { outcome: 'rejected', reason: /^answered 400: it does not/ },
    ],
    [400, { message: 'constructor' }, { outcome: 'rejected', reason: /^answered 400: it does not/ }],
  ];
  for (const [code, body, expected] of told) t.match(await tell(code, body, changeMessage()), expected);
  const errors: [object, object][] = [
    [
      { type: "'time' is required of marked@example.com", input_array: 'events', index: 0 },
      { outcome: 'rejected', reason: 'accepted with 1 errors (time)' },
    ],
    [
      { type: "'subscription_group_id' is invalid", input_array: 'attributes' },
      { outcome: 'misconfigured', reason: /check BRAZE_SMS_GROUP_ID/ },
    ],
  ];
  for (const [error, expected] of errors)
    t.match(await tell(201, { message: 'success', errors: [error] }), expected);
});

/** Someone who has been told that there will be messages. */
const welcomed = (channel: 'sms' | 'email') => ({ ...subscription(channel), deliveries: [] });

const shop = {
  name: 'GlowGlitch',
  timeZone: 'UTC',
  locale: 'en-US',
  returnAddress: ['1 Atelier Way', 'New York'],
};
const smtpSettings = (port: number, more: Partial<SmtpSettings> = {}): SmtpSettings => ({
  host: '127.0.0.1',
  port,
  secure: false,
  requireTls: false,
  auth: { user: 'S3CRET-user', pass: 'S3CRET' },
  from: 'GlowGlitch <care@shop.example>',
  replyTo: 'hello@shop.example',
  ...more,
});
const smtp = (port: number, more: Partial<SmtpSettings> = {}, tools: object = {}, timeoutMs = PATIENT_MS) =>
  mailing(createSmtp(smtpSettings(port, more), timeoutMs), { messages: TEMPLATES, shop, ...tools });

/** The text of a quoted-printable part. */
const decoded = (data: string) =>
  data
    .replace(/=\r\n/g, '')
    .replace(/((=[0-9A-F]{2})+)/g, (hex) => Buffer.from(hex.replaceAll('=', ''), 'hex').toString());

t.test('vendors: email', async (t) => {
  await t.test('the confirmation of a return, with its slip', async (t) => {
    const { port, emails, heard } = await smtpReceiver(t);
    const confirmation = returnMessage('return.confirmation');
    const reference = `<${confirmation.id}@shop.example>`;
    t.same(await deliver(smtp(port), confirmation), {
      outcome: 'delivered',
      reference,
    });
    const [email] = emails;
    if (!email) return t.fail('no email');
    t.match(email.from, /<care@shop.example>/);
    t.same(email.to, ['<marked@example.com>']);
    t.ok(
      heard.some((line) => line.startsWith('AUTH PLAIN ')),
      'signed in',
    );
    for (const header of [
      'To: marked@example.com',
      'Subject: Your return RMA-AAAA-CCCC',
      'Reply-To: hello@shop.example',
      `Message-ID: ${reference}`,
      'Auto-Submitted: auto-generated',
      'filename=RMA-AAAA-CCCC.pdf',
      'Content-Type: application/pdf',
      Buffer.from('%PDF-1.').toString('base64').slice(0, 8),
    ])
      t.ok(email.data.includes(header), header);
    const text = decoded(email.data);
    t.ok(text.includes('2 × Halo <Ring> & "Band" Bcc: all@marked.example'), 'plain in the text, on one line');
    t.ok(text.includes('Halo &lt;Ring&gt; &amp; &quot;Band&quot;'), 'escaped in the HTML');
    t.ok(
      text.includes('March 31, 2026') && text.includes('1 Atelier Way\r\nNew York'),
      'by when, and where to',
    );
    t.notMatch(email.data, /^Bcc:/m);
    t.notOk(text.includes('note of the team'));
  });

  await t.test('a reminder, while the capsule is held until then', async (t) => {
    const { port, emails } = await smtpReceiver(t);
    t.match(await deliver(smtp(port), reminderMessage()), { outcome: 'delivered' });
    t.match(await deliver(smtp(port), reminderMessage({}, {})), { outcome: 'delivered' });
    const text = decoded(emails[0]?.data ?? '');
    t.match(text, /Subject: Your pieces are held until March 3, 2026/);
    t.match(text, /Halo/);
    const none = [
      [reminderMessage({ status: 'released' }), { outcome: 'skipped', reason: 'the capsule is released' }],
      [reminderMessage({ expiresAt: new Date(0) }), { outcome: 'skipped', reason: /extended/ }],
      [reminderMessage({ customerEmail: undefined }), { outcome: 'rejected', reason: /no email address/ }],
      [reminderMessage({ items: 'none' }), { outcome: 'retry', reason: /not of the form/ }],
    ] as const;
    for (const [message, expected] of none) t.match(await deliver(smtp(port), message), expected);
    t.equal(emails.length, 2);
  });

  await t.test('links are links, and one click needs https', async (t) => {
    const { port, emails } = await smtpReceiver(t);
    const at = (url: string) => smtp(port, {}, { unsubscribeUrlOf: () => url });
    await deliver(at('https://shop.example/end?token=a&b=1'), subscriptionMessage('email'));
    await deliver(at('http://127.0.0.1:4400/end?token=a'), subscriptionMessage('email'));
    const [secure = '', plain = ''] = emails.map(({ data }) => decoded(data));
    t.match(secure, /^List-Unsubscribe: <https:\/\/shop\.example\/end\?token=a&b=1>/m);
    t.match(secure, /^List-Unsubscribe-Post: List-Unsubscribe=One-Click/m);
    const address = 'https://shop.example/end?token=a&amp;b=1';
    t.ok(secure.includes(`<a href="${address}">${address}</a>`));
    t.notMatch(plain, /^List-Unsubscribe/m);
    t.ok(plain.includes('http://127.0.0.1:4400/end?token=a'), 'but the link is there');
    t.same(
      renderEmail(
        { subject: 's', text: 'See {{a}}. Or {{b}}' },
        { a: 'https://a.example/x_(1)', b: 'javascript:alert(1) https://b.example/"><b>' },
      ).html.match(/<p>.*<\/p>/)?.[0],
      '<p>See <a href="https://a.example/x_(1">https://a.example/x_(1</a>). Or javascript:alert(1) <a href="https://b.example/">https://b.example/</a>&quot;&gt;&lt;b&gt;</p>',
      'nothing else becomes a link, or leaves its quotes',
    );
  });

  await t.test('a step, to the address of the order', async (t) => {
    const { port, emails } = await smtpReceiver(t);
    const { contact: _, ...document } = rma;
    const step = returnMessage('return.step', { payload: { status: 'received' } }, document);
    const orders = customerOf('order-marked@example.com');
    t.match(await deliver(smtp(port, {}, { orders }), step), { outcome: 'delivered' });
    t.same(emails[0]?.to, ['<order-marked@example.com>']);
    t.match(emails[0]?.data, /Subject: We have received your parcel, RMA-AAAA-CCCC/);
    t.same(await deliver(smtp(port), step), {
      outcome: 'rejected',
      reason: 'there is no email address: call the customer if it matters',
    });
  });

  await t.test('what is not sent', async (t) => {
    const { port, heard } = await smtpReceiver(t);
    const to = (email: string) => returnMessage('return.confirmation', {}, { ...rma, contact: { email } });
    for (const address of [
      'marked',
      'a@marked.example,b@marked.example',
      'a@b\r\nRCPT TO:<c@d>',
      '<a@b>',
      'a b@c',
    ])
      t.match(await deliver(smtp(port), to(address)), { outcome: 'rejected' }, address);
    t.match(await deliver(smtp(port), ticketMessage()), {
      outcome: 'rejected',
      reason: /nothing here performs/,
    });
    const initiated = returnMessage('return.step', { payload: { status: 'initiated' } });
    t.match(await deliver(smtp(port), initiated), { outcome: 'rejected' });
    t.match(await deliver(smtp(port), returnMessage('return.confirmation', {}, { rmaId: 'Marked' })), {
      outcome: 'rejected',
      reason: 'the document has no option, which return.confirmation needs: mend it, and replay it',
    });
    const slip = { shop: { timeZone: 'Marked/Nowhere' }, returns: {} };
    t.same(await deliver(smtp(port, {}, { slip }), returnMessage('return.confirmation')), {
      outcome: 'retry',
      reason: 'the slip could not be drawn: see the log',
    });
    t.same(heard, [], 'no server was called');
  });

  await t.test('what can go wrong', async (t) => {
    const cases: [Refusals, object][] = [
      [{ CONNECT: '421 too busy' }, { outcome: 'retry', reason: 'answered 421' }],
      [{ CONNECT: 'reset' }, { outcome: 'retry', reason: /^no connection/ }],
      [{ CONNECT: 'garbage' }, { outcome: 'retry' }],
      [
        { AUTH: '535 5.7.8 S3CRET is wrong' },
        { outcome: 'misconfigured', reason: 'answered 535 5.7.8: check user and password of SMTP_URL' },
      ],
      [
        { AUTH: '530 sign in first, S3CRET' },
        { outcome: 'misconfigured', reason: /^answered 530: check user/ },
      ],
      [
        { MAIL: '550 5.4.5 S3CRET has sent enough for today' },
        { outcome: 'misconfigured', reason: 'answered 550 5.4.5: check what the account may send' },
      ],
      [
        { BODY: '550 5.4.5 marked has sent enough' },
        { outcome: 'misconfigured', reason: 'answered 550 5.4.5: check what the account may send' },
      ],
      [
        { MAIL: '553 marked is not yours' },
        { outcome: 'misconfigured', reason: 'answered 553: check EMAIL_FROM, which is refused' },
      ],
      [
        { RCPT: '550 5.1.1 marked@example.com unknown' },
        { outcome: 'rejected', reason: 'answered 550 5.1.1: there is no such mailbox' },
      ],
      [{ RCPT: '550 no marked@example.com here' }, { outcome: 'rejected', reason: 'answered 550' }],
      [{ RCPT: '451 marked@example.com is greylisted' }, { outcome: 'retry', reason: 'answered 451' }],
      [{ BODY: '552 too large' }, { outcome: 'rejected', reason: 'answered 552' }],
      [{ BODY: 'reset' }, { outcome: 'retry', reason: /^no connection/ }],
    ];
    for (const [refusals, expected] of cases) {
      const { port } = await smtpReceiver(t, refusals);
      t.match(await deliver(smtp(port), subscriptionMessage('email')), expected, JSON.stringify(refusals));
    }
    const silent = await smtpReceiver(t, { BODY: 'hang' });
    t.same(await deliver(smtp(silent.port, {}, {}, 200), subscriptionMessage('email')), {
      outcome: 'retry',
      reason: 'no answer within 200 ms; if it lasts, see its log or status page',
    });
    const interrupted = { outcome: 'retry', reason: INTERRUPTED };
    const calls = silent.heard.length;
    t.same(await deliver(smtp(silent.port), subscriptionMessage('email'), AbortSignal.abort()), interrupted);
    t.equal(silent.heard.length, calls, 'and nothing was said');
    const controller = new AbortController();
    const onHang = () => controller.abort();
    const halfway = await smtpReceiver(t, { RCPT: 'hang' }, { onHang });
    const patient = smtp(halfway.port, {}, {}, 3_600_000);
    t.same(await deliver(patient, subscriptionMessage('email'), controller.signal), interrupted);
  });

  await t.test('nothing is said in the clear where TLS is demanded', async (t) => {
    const { port, heard, emails } = await smtpReceiver(t);
    t.match(await deliver(smtp(port, { requireTls: true }), subscriptionMessage('email')), {
      outcome: 'retry',
    });
    t.match(await deliver(smtp(port, { secure: true }), subscriptionMessage('email')), { outcome: 'retry' });
    t.notOk(heard.some((line) => /AUTH|MAIL|RCPT/.test(line)));
    t.same(emails, []);
    const stranger = await smtpReceiver(t, {}, { tls: true });
    t.match(await deliver(smtp(stranger.port, { secure: true }), subscriptionMessage('email')), {
      outcome: 'retry',
      reason: 'no connection (ESOCKET)',
    });
    t.same(stranger.heard, [], 'nor to a server that cannot prove its name');
  });
});

t.test('vendors: notifications go by their channel', async (t) => {
  const http = await receiver(t, json(201, { sid: 'SM00000000000000000000000000000001' }));
  const mail = await smtpReceiver(t);
  const twilio = { baseUrl: http.url, accountSid: 'ACS3CRET', authToken: 'S3CRET', from: '+12025550100' };
  const base = { timeoutMs: PATIENT_MS, shop, messages: TEMPLATES };
  const connect = (settings: Partial<ConnectorSettings>, tools: object = {}) =>
    handlersOf(createConnectors({ ...base, ...settings }), { shop, ...tools }).notifications;
  const both = connect({ twilio, smtp: smtpSettings(mail.port) });
  t.equal(both?.name, 'twilio+smtp');
  t.match(await deliver(both, subscriptionMessage('sms')), { outcome: 'delivered', reference: /^SM/ });
  t.match(await deliver(both, subscriptionMessage('email')), { outcome: 'delivered', reference: /^</ });
  t.match(mail.emails[0]?.data, /Subject: Updates on your order GG-1/);
  const nothing = {
    outcome: 'rejected',
    reason: 'nothing is configured for this channel: set a vendor for it, and replay it',
  };
  t.same(await deliver(connect({ twilio }), subscriptionMessage('email')), nothing);
  const emailOnly = connect({ smtp: smtpSettings(mail.port) });
  t.same(await deliver(emailOnly, subscriptionMessage('sms')), nothing);
  t.same(createConnectors(base), {}, 'nothing that is not configured');

  const tell = (change: object, subscription: object | undefined) =>
    deliver(
      connect(
        { twilio, smtp: smtpSettings(mail.port) },
        {
          subscriptions: { findById: async () => subscription ?? null },
          orders: customerOf('marked@example.com'),
        },
      ),
      { ...changeMessage(), document: { orderNumber: 'GG-1', ...change } },
    );
  const shipped = {
    status: 'shipped',
    label: 'Shipped',
    at: AT,
    carrier: 'UPS',
    trackingNumber: '1Z999AA10123456784',
    estimatedDelivery: new Date('2026-03-04T12:00:00.000Z'),
  };
  const texts = () => http.received.map(({ body }) => new URLSearchParams(body).get('Body'));
  t.match(await tell(shipped, welcomed('sms')), { outcome: 'delivered' });
  t.equal(texts().at(-1), 'GlowGlitch: order GG-1 is on its way. UPS **6784 Expected by Mar 4.');
  await tell({ status: 'engraving', label: 'Your words go in', at: AT }, welcomed('sms'));
  t.equal(texts().at(-1), 'GlowGlitch: news of order GG-1: Your words go in.');
  await tell(shipped, welcomed('email'));
  t.match(
    decoded(mail.emails.at(-1)?.data ?? ''),
    /Subject: Your order GG-1 is on its way.*UPS 1Z999AA10123456784\r\nhttps:\/\/www\.ups\.com\/\S+1Z999AA10123456784\r\n\r\nExpected by Mar 4\./s,
  );
  const sent = [http.received.length, mail.emails.length];
  const stopped = { ...subscription('sms'), status: 'stopped' };
  t.same(await tell(shipped, stopped), { outcome: 'skipped', reason: 'the subscription is stopped' });
  t.match(await tell(shipped, undefined), { outcome: 'skipped', reason: /no such subscription/ });
  t.match(await tell({}, welcomed('sms')), { outcome: 'rejected', reason: /has no status/ });
  t.match(await tell({}, welcomed('email')), { outcome: 'rejected', reason: /has no status/ });
  t.match(await deliver(both, ticketMessage()), { outcome: 'rejected', reason: /nothing here performs/ });
  t.match(await deliver(both, { ...changeMessage(), payload: {} }), {
    outcome: 'rejected',
    reason: /the payload is not/,
  });
  const lost = connect(
    { twilio },
    { subscriptions: { findById: () => Promise.reject(new Error('Marked')) } },
  );
  t.match(await deliver(lost, changeMessage()), {
    outcome: 'retry',
    reason: /looked up/,
  });
  t.same([http.received.length, mail.emails.length], sent);
  const farewell = { ...subscriptionMessage('sms'), kind: 'subscription.stopped', document: { ...stopped } };
  t.match(await deliver(both, farewell), { outcome: 'delivered' });
  t.match(texts().at(-1), /no more text updates on order GG-1/);
});

t.test('vendors: no outcome holds a credential or personal data', async (t) => nothingLeaked(t, 50));
