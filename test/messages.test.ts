import { createHmac, createSign, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { Agent, buildConnector, fetch as fetchBy } from 'undici';
import { loadConfig } from '../src/config/load.js';
import { createConnectors } from '../src/connectors/index.js';
import { readPostmark } from '../src/connectors/reports/postmark.js';
import { readSendgrid, readSendgridKey } from '../src/connectors/reports/sendgrid.js';
import { isOfSns, readSes } from '../src/connectors/reports/ses.js';
import { readTwilioStatus } from '../src/connectors/reports/twilio-status.js';
import type { WithDeliveries } from '../src/outbox/enqueue.js';
import { json, receiver } from './connectors/receiver.js';
import { SELF_SIGNED } from './connectors/self-signed.js';
import { smtpReceiver } from './connectors/smtp-receiver.js';
import { build, call, environment, STAFF_KEY } from './helper.js';
import { refused } from './problem.js';

const PUBLIC_URL = 'https://concierge.example';
const NOW = new Date('2099-05-01T10:00:00.000Z');
const TOPIC = 'arn:aws:sns:us-east-1:123456789012:mail-reports';
const LOGIN = 'postmark:a-long-password';
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const OTHER = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
/** It takes the place of the first. */
const NEXT = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const mail = await smtpReceiver(t);

const env = {
  PUBLIC_URL,
  TWILIO_ACCOUNT_SID: 'AC0123456789',
  TWILIO_AUTH_TOKEN: 'token',
  TWILIO_FROM: '+12025550100',
  ...mail.settings,
  SES_TOPIC_ARN: TOPIC,
  POSTMARK_WEBHOOK_LOGIN: `postmark:the-new-password, ${LOGIN}`,
  SENDGRID_WEBHOOK_KEY: [NEXT.publicKey, publicKey]
    .map((key) => key.export({ format: 'der', type: 'spki' }).toString('base64'))
    .join(', '),
};
const { app, db } = await build(t, { env, staff: true, now: () => NOW });
await db
  .collection('orders')
  .insertMany(['GG-1', 'GG-2'].map((orderNumber) => ({ orderNumber, customerEmail: 'owner@example.com' })));

let addresses = 0;
/** A subscription of an address of its own, with the id of the message that is to go there. */
async function subscription(contact = `reader-${++addresses}@example.com`) {
  const answer = await call(app, '/api/concierge/order-updates', {
    sessionId: randomUUID(),
    orderNumber: 'GG-1',
    contact,
    consent: true,
  });
  const { subscriptionId } = answer.json();
  const read = () => db.collection<WithDeliveries>('widgetOrderSubscriptions').findOne({ subscriptionId });
  const deliveryId = (await read())?.deliveries[0]?.id ?? '';
  return {
    subscriptionId,
    deliveryId,
    contact,
    status: async () => ((await read()) as { status?: string } | null)?.status,
  };
}
const fateOf = (deliveryId: string) =>
  db.collection<{ _id: string }>('messageFates').findOne({ _id: deliveryId });
const isSuppressed = (address: string) => app.suppressions.has(address);
const counted = async () =>
  (await app.metrics.messages.get()).values.map(({ labels, value }) => ({ ...labels, value }));

const post = (url: string, payload: string, headers: Record<string, string>) =>
  app.inject({ method: 'POST', url, headers: { 'content-type': 'application/json', ...headers }, payload });

function twilio(delivery: string, fields: Record<string, string>, token = 'token') {
  const path = `/internal/webhooks/twilio/status?delivery=${delivery}`;
  const said = Object.keys(fields)
    .sort()
    .reduce((all, name) => all + name + fields[name], PUBLIC_URL + path);
  return post(path, new URLSearchParams(fields).toString(), {
    'content-type': 'application/x-www-form-urlencoded',
    'x-twilio-signature': createHmac('sha1', token).update(said).digest('base64'),
  });
}
const postmark = (event: object, login = LOGIN) =>
  post('/internal/webhooks/mail/postmark', JSON.stringify(event), {
    authorization: `Basic ${Buffer.from(login).toString('base64')}`,
  });
function sendgrid(events: object[], key = privateKey, sent = JSON.stringify(events)) {
  const timestamp = '4081140000';
  const signature = sign('sha256', Buffer.from(timestamp + JSON.stringify(events)), key).toString('base64');
  return post('/internal/webhooks/mail/sendgrid', sent, {
    'x-twilio-email-event-webhook-signature': signature,
    'x-twilio-email-event-webhook-timestamp': timestamp,
  });
}

t.test('messages: a text message asks Twilio to report, where Twilio can reach us', async (t) => {
  for (const [publicUrl, expected] of [
    [PUBLIC_URL, `${PUBLIC_URL}/internal/webhooks/twilio/status?delivery=d-1`],
    [`${PUBLIC_URL}/`, `${PUBLIC_URL}/internal/webhooks/twilio/status?delivery=d-1`],
    ['http://127.0.0.1:4400', null],
  ] as const) {
    const { url, received } = await receiver(t, json(201, { sid: 'SM00000000000000000000000000000001' }));
    const set = { ...env, PUBLIC_URL: publicUrl, TWILIO_BASE_URL: url };
    const { connectors } = loadConfig(await environment(db, set), {});
    const notice = {
      kind: 'subscription.created',
      subscriptionId: 's',
      orderNumber: 'GG-1',
      channel: 'sms',
    } as const;
    const signal = new AbortController().signal;
    await createConnectors(connectors).notifications?.sms?.tell(
      { ...notice, to: '+12025550123', at: NOW },
      { id: 'd-1', number: 1, signal },
    );
    t.equal(new URLSearchParams(received[0]?.body).get('StatusCallback'), expected, publicUrl);
  }
});

t.test('Twilio: what became of a text message, in any order and as often as it likes', async (t) => {
  const { deliveryId, status } = await subscription('+12025550101');
  const To = '+12025550101';
  const tell = (MessageStatus: string, ErrorCode = '') =>
    twilio(deliveryId, { To, MessageStatus, ErrorCode, MessageSid: 'SM1' });
  t.equal((await tell('sent')).statusCode, 204);
  t.equal(await fateOf(deliveryId), null, 'sent says nothing of its end');
  await tell('undelivered', '30008');
  for (const late of ['delivered', 'sent', 'undelivered'])
    await tell(late, late === 'undelivered' ? '30008' : '');
  t.match(await fateOf(deliveryId), { state: 'failed', reason: /^30008, /, vendor: 'twilio' });
  t.equal(await status(), 'active', 'it may go better the next time');
  t.match(await counted(), [{ vendor: 'twilio', state: 'failed', value: 1 }], 'counted once');

  await tell('failed', '30006');
  t.equal(await status(), 'stopped', 'a landline takes no text messages');
  t.notOk(await isSuppressed(To));
  const other = await subscription('+12025550102');
  await twilio(other.deliveryId, { To: '+12025550102', MessageStatus: 'failed', ErrorCode: '21610' });
  t.match(await fateOf(other.deliveryId), { state: 'suppressed' });
  t.ok(await isSuppressed('+12025550102'));
  t.equal(await other.status(), 'stopped');

  const before = await db.collection('messageFates').countDocuments();
  refused(t, await twilio(randomUUID(), { MessageStatus: 'delivered' }, 'another-token'), {
    status: 401,
    code: 'webhook.signature_invalid',
  });
  t.equal(await db.collection('messageFates').countDocuments(), before);
});

t.test('Twilio: each code of a report says what there is to do, and whether the number is done with', (t) => {
  const cases: [code: string, state: string, isGone: boolean, reason: RegExp][] = [
    ['30001', 'failed', false, /queue of the number is full; if it lasts, add numbers/],
    ['30002', 'failed', false, /suspended: see the Twilio console/],
    ['30003', 'failed', false, /off or out of reach: nothing to do/],
    ['30004', 'failed', false, /takes no such messages: nothing to do/],
    ['30005', 'failed', true, /no such number: nothing to do/],
    ['30006', 'failed', true, /a landline, or a carrier that cannot be reached: nothing to do/],
    ['30007', 'failed', false, /taken for spam by a carrier: check how/],
    ['30008', 'failed', false, /does not say why; if it lasts, ask Twilio/],
    ['30034', 'failed', false, /register TWILIO_FROM for A2P 10DLC/],
    ['30036', 'failed', false, /not handed over in time: nothing to do/],
    ['63038', 'failed', false, /used up: ask Twilio for a higher limit/],
    ['21610', 'suppressed', true, /opted out: nothing to do/],
    ['39999', 'failed', false, /see twilio\.com\/docs\/api\/errors/],
  ];
  for (const [ErrorCode, state, isGone, reason] of cases)
    t.match(
      readTwilioStatus({ MessageStatus: 'undelivered', ErrorCode, To: '+12025550101' }, 'x', NOW),
      { state, isGone, reason: new RegExp(`^${ErrorCode}, .*${reason.source}`) },
      ErrorCode,
    );
  t.end();
});

t.test(
  'Postmark: by name and password; a hard bounce and a complaint end what goes to the address',
  async (t) => {
    const [read, bounced, soft, complained] = await Promise.all([1, 2, 3, 4].map(() => subscription()));
    if (!read || !bounced || !soft || !complained) throw new Error('unreachable');
    const of = ({ deliveryId: delivery, contact }: typeof read, more: object) =>
      postmark({
        MessageID: randomUUID(),
        Metadata: { delivery },
        Email: contact,
        Recipient: contact,
        ...more,
      });
    await of(read, { RecordType: 'Delivery', DeliveredAt: '2099-05-01T09:00:00.0000000-05:00' });
    await of(read, { RecordType: 'Open', ReceivedAt: '2099-05-01T09:30:00Z' });
    await of(soft, { RecordType: 'Bounce', Type: 'SoftBounce', TypeCode: 4096, Inactive: false });
    // the complaint comes before the delivery that it is about
    await of(complained, {
      RecordType: 'SpamComplaint',
      Type: 'SpamComplaint',
      BouncedAt: '2099-05-01T09:31:00Z',
    });
    await of(complained, { RecordType: 'Delivery', DeliveredAt: '2099-05-01T09:30:00Z' });
    const hard = {
      RecordType: 'Bounce',
      Type: 'HardBounce',
      TypeCode: 1,
      Inactive: true,
      BouncedAt: '2099-05-01T09:00:00Z',
    };
    for (const again of [1, 2])
      t.equal(
        (await of({ ...bounced, contact: bounced.contact.toUpperCase() }, hard)).statusCode,
        200,
        `${again}`,
      );

    t.match(await fateOf(read.deliveryId), { state: 'delivered', at: new Date('2099-05-01T14:00:00Z') });
    t.match(await fateOf(soft.deliveryId), { state: 'failed', reason: 'SoftBounce' });
    t.match(await fateOf(complained.deliveryId), { state: 'suppressed', reason: 'SpamComplaint' });
    t.match(await fateOf(bounced.deliveryId), { state: 'suppressed', reason: 'HardBounce' });
    t.strictSame(await Promise.all([read, soft, bounced, complained].map(({ status }) => status())), [
      'active',
      'active',
      'stopped',
      'stopped',
    ]);
    t.notMatch(
      JSON.stringify(await db.collection('messageFates').find().toArray()),
      /example\.com/,
      'nobody is named',
    );
    refused(t, await postmark(hard, 'postmark:another-password'), {
      status: 401,
      code: 'webhook.signature_invalid',
    });
    refused(t, await post('/internal/webhooks/mail/postmark', JSON.stringify(hard), {}), {
      status: 401,
      code: 'webhook.signature_invalid',
    });

    // what was on its way to such an address is not sent, whatever it is; to others it is
    const { email } = createConnectors(
      loadConfig(await environment(db, env), {}).connectors,
      app.suppressions.has,
    );
    const attempt = { id: read.deliveryId, number: 1, signal: new AbortController().signal };
    const words = { subject: 'Hello', text: 'Hello', html: '<p>Hello</p>' };
    t.match(await email?.send({ ...words, to: bounced.contact }, attempt), {
      outcome: 'skipped',
      reason: /sent mail back/,
    });
    t.match(await email?.send({ ...words, to: read.contact }, attempt), { outcome: 'delivered' });
    t.equal(mail.emails.length, 1);
    t.match(
      mail.emails[0]?.data,
      new RegExp(`X-PM-Metadata-Delivery: ${read.deliveryId}`, 'i'),
      'it can be told apart',
    );
  },
);

t.test('SendGrid: by its signature, many events in a call', async (t) => {
  const all = await Promise.all([1, 2, 3, 4].map(() => subscription()));
  const [read, blocked, bounced, complained] = all;
  const of = (one: (typeof all)[0] | undefined, event: string, more: object = {}) => ({
    email: one?.contact,
    timestamp: 4_081_140_000,
    'smtp-id': `<${one?.deliveryId}@example.com>`,
    event,
    sg_event_id: randomUUID(),
    ...more,
  });
  const events = [
    of(complained, 'spamreport'),
    of(read, 'processed'),
    of(read, 'delivered'),
    of(complained, 'delivered'),
    of(blocked, 'bounce', { type: 'blocked', status: '4.7.1', reason: `450 ${blocked?.contact}` }),
    of(bounced, 'bounce', {
      type: 'bounce',
      status: '5.1.1',
      reason: `550 no such user ${bounced?.contact}`,
    }),
    { event: 'delivered' },
    'garbage',
  ] as object[];
  t.equal((await sendgrid(events)).statusCode, 200);
  t.equal(
    (await sendgrid([...events].reverse(), NEXT.privateKey)).statusCode,
    200,
    'by the key that follows',
  );
  const fates = await Promise.all(all.map(({ deliveryId }) => fateOf(deliveryId)));
  t.match(fates, [
    { state: 'delivered' },
    { state: 'failed', reason: 'blocked 4.7.1' },
    { state: 'suppressed', reason: 'bounce 5.1.1' },
    { state: 'suppressed', reason: 'spamreport' },
  ]);
  t.strictSame(await Promise.all(all.map(({ status }) => status())), [
    'active',
    'active',
    'stopped',
    'stopped',
  ]);
  const wrong = { status: 401, code: 'webhook.signature_invalid' };
  refused(t, await sendgrid(events, OTHER.privateKey), wrong, 'the key of another');
  refused(
    t,
    await sendgrid(events, privateKey, JSON.stringify([of(read, 'spamreport')])),
    wrong,
    'another body',
  );
  refused(t, await post('/internal/webhooks/mail/sendgrid', '[]', {}), wrong, 'no signature');
  t.equal(readSendgridKey('bm8ga2V5'), undefined);
});

t.test('SES by way of SNS: by the certificate that lies with SNS, for our topics alone', async (t) => {
  // the real addresses, led to a server on this machine
  const asked: string[] = [];
  const server = createServer(SELF_SIGNED, (request, response) => {
    asked.push(`${request.headers.host}${request.url}`);
    response.end(request.url?.endsWith('.pem') ? SELF_SIGNED.cert : '<ok/>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const connect = buildConnector({ rejectUnauthorized: false });
  const agent = new Agent({
    connect: (options, callback) =>
      connect({ ...options, hostname: '127.0.0.1', host: '127.0.0.1', port: String(port) }, callback),
  });
  // the built-in one of Node 26 takes no agent of this package
  t.intercept(globalThis, 'fetch', {
    value: (url: string, init: Parameters<typeof fetchBy>[1]) => fetchBy(url, { ...init, dispatcher: agent }),
  });
  t.teardown(async () => {
    await agent.close();
    server.close();
  });

  const CERTIFICATE = 'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem';
  function sns(
    fields: Record<string, string>,
    { change = {}, version = '2' }: { change?: object; version?: string } = {},
  ) {
    const message = {
      Type: 'Notification',
      MessageId: randomUUID(),
      TopicArn: TOPIC,
      Timestamp: NOW.toISOString(),
      ...fields,
    } as Record<string, string>;
    const names = [
      'Message',
      'MessageId',
      'Subject',
      'SubscribeURL',
      'Timestamp',
      'Token',
      'TopicArn',
      'Type',
    ];
    const said = names
      .map((name) => (message[name] === undefined ? '' : `${name}\n${message[name]}\n`))
      .join('');
    const Signature = createSign(version === '2' ? 'RSA-SHA256' : 'RSA-SHA1')
      .update(said)
      .sign(SELF_SIGNED.key, 'base64');
    const all = { ...message, SignatureVersion: version, Signature, SigningCertURL: CERTIFICATE, ...change };
    return post('/internal/webhooks/mail/ses', JSON.stringify(all), {
      'content-type': 'text/plain; charset=UTF-8',
    });
  }
  const all = await Promise.all([1, 2, 3].map(() => subscription()));
  const [read, bounced, complained] = all;
  const told = (one: (typeof all)[0] | undefined, notificationType: string, more: object) =>
    JSON.stringify({
      notificationType,
      mail: {
        messageId: 'ses-id',
        headers: [{ name: 'Message-ID', value: `<${one?.deliveryId}@example.com>` }],
      },
      ...more,
    });
  const timestamp = '2099-05-01T09:00:00.000Z';
  const bounce = (bounceType: string) => ({
    bounce: {
      bounceType,
      timestamp,
      bouncedRecipients: [{ emailAddress: bounced?.contact, status: '5.1.1' }],
    },
  });
  t.equal((await sns({ Message: told(read, 'Delivery', { delivery: { timestamp } }) })).statusCode, 200);
  await sns(
    { Message: told(bounced, 'Bounce', bounce('Permanent')), Subject: 'Amazon SES' },
    { version: '1' },
  );
  await sns({ Message: told(bounced, 'Bounce', bounce('Transient')) });
  await sns({
    Message: told(complained, 'Complaint', {
      complaint: {
        timestamp,
        complaintFeedbackType: 'abuse',
        complainedRecipients: [{ emailAddress: complained?.contact }],
      },
    }),
  });
  await sns({ Message: 'not JSON' });
  const fates = await Promise.all(all.map(({ deliveryId }) => fateOf(deliveryId)));
  t.match(fates, [
    { state: 'delivered', at: new Date(timestamp) },
    { state: 'suppressed', reason: 'Permanent bounce 5.1.1' },
    { state: 'suppressed', reason: 'complaint abuse' },
  ]);
  t.strictSame(await Promise.all(all.map(({ status }) => status())), ['active', 'stopped', 'stopped']);
  t.strictSame(
    asked,
    ['sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem'],
    'the certificate is fetched once',
  );

  const confirmation = {
    Type: 'SubscriptionConfirmation',
    Message: 'You have chosen',
    Token: 'token',
    SubscribeURL: `https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${TOPIC}&Token=token`,
  };
  t.equal((await sns(confirmation)).statusCode, 200);
  t.match(asked[1], /^sns\.us-east-1\.amazonaws\.com\/\?Action=ConfirmSubscription/);

  const wrong = { status: 401, code: 'webhook.signature_invalid' };
  const Message = told(read, 'Bounce', bounce('Permanent'));
  refused(t, await sns({ Message }, { change: { Message: `${Message} ` } }), wrong, 'another message');
  refused(
    t,
    await sns({ Message, TopicArn: 'arn:aws:sns:us-east-1:999999999999:theirs' }),
    wrong,
    'the topic of another',
  );
  refused(
    t,
    await sns({ ...confirmation, TopicArn: 'arn:aws:sns:us-east-1:999999999999:theirs' }),
    wrong,
    'confirming the topic of another',
  );
  for (const SigningCertURL of [
    'https://evil.example/SimpleNotificationService-1.pem',
    'https://sns.us-east-1.amazonaws.com.evil.example/x.pem',
    'https://bucket.s3.amazonaws.com/x.pem',
    'http://sns.us-east-1.amazonaws.com/x.pem',
    'https://sns.us-east-1.amazonaws.com/x.xml',
    'https://a@sns.us-east-1.amazonaws.com/x.pem',
  ])
    refused(t, await sns({ Message }, { change: { SigningCertURL } }), wrong, SigningCertURL);
  t.equal(asked.length, 2, 'nobody else is asked');
  t.notOk(isOfSns('https://sns.us-east-1.amazonaws.com:8443/'), 'a port of somebody’s own');
});

t.test('messages: what cannot be read says nothing', (t) => {
  for (const body of [null, 'x', 1, [], {}, { RecordType: 1 }, { RecordType: 'Inbound' }])
    t.same(readPostmark(body, NOW), []);
  for (const body of [null, 'x', {}, [null, 1, {}, { event: 'bounce', timestamp: 'x' }]])
    t.same(readSendgrid(body), []);
  for (const Message of [
    '',
    'null',
    '[]',
    '{"notificationType":"Bounce"}',
    '{"mail":{},"notificationType":"AmazonSnsSubscriptionSucceeded"}',
  ])
    t.same(readSes({ Message }, NOW), [], Message);
  for (const MessageStatus of ['queued', 'sending', 'sent', 'accepted', '', 'DELIVERED'])
    t.equal(readTwilioStatus({ MessageStatus }, 'x', NOW), undefined);
  t.match(readPostmark({ RecordType: 'Bounce', Type: 'ana@example.com <script>', Inactive: true }, NOW), [
    { reason: undefined },
  ]);
  t.end();
});

t.test('messages: the order and the ticket show what became of messages', async (t) => {
  const { deliveryId, contact } = await subscription();
  await postmark({
    RecordType: 'Bounce',
    Type: 'HardBounce',
    Inactive: true,
    Email: contact,
    Metadata: { delivery: deliveryId },
  });
  const { ticketId } = (
    await call(app, '/api/concierge/stylist', { sessionId: randomUUID(), email: contact })
  ).json();
  // of that order; its copy for the CRM was refused, and it was answered by mail
  const why = 'answered 422 (RecordInvalid: requester): check what Zendesk asks of them';
  const ended = { attempts: 1, lastAttemptAt: NOW };
  const refusal = { id: randomUUID(), to: 'crm', kind: 'ticket.create', state: 'dead', lastError: why };
  const reply = { id: randomUUID(), to: 'email', kind: 'ticket.reply', state: 'done', doneAt: NOW };
  const deliveries = [refusal, reply].map((one) => ({ ...one, ...ended }));
  await db
    .collection('stylistTickets')
    .updateOne({ ticketId }, { $set: { orderNumber: 'GG-1', deliveries }, $unset: { nextDeliveryAt: '' } });
  await postmark({
    RecordType: 'Delivery',
    DeliveredAt: NOW.toISOString(),
    Metadata: { delivery: reply.id },
  });
  const get = async (path: string) =>
    (
      await app.inject({ url: `/api/dashboard${path}`, headers: { authorization: `Bearer ${STAFF_KEY}` } })
    ).json();
  const { subscriptions } = await get('/orders/GG-1');
  const [message] = subscriptions.find(
    ({ destination }: { destination: string }) => destination === contact,
  ).messages;
  t.match(message, { kind: 'subscription.created', fate: { state: 'suppressed', reason: 'HardBounce' } });
  const ticket = await get(`/support/tickets/${ticketId}`);
  t.match(ticket, { contact: { email: contact, mailSuppressed: true } });
  const of = (kind: string) => ticket.messages.filter((one: { kind: string }) => one.kind === kind);
  t.match(of('ticket.reply'), [{ state: 'done', fate: { state: 'delivered' } }]);
  t.match(of('ticket.create'), [{ state: 'dead', why }]);
  t.ok(
    of('subscription.created').some(
      ({ fate }: { fate?: { reason?: string } }) => fate?.reason === 'HardBounce',
    ),
    'and what its order’s subscribers were sent',
  );
});
