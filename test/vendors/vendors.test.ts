// Every vendor against every kind of answer, through the dispatcher: the state that a delivery comes to, and the reason that an operator
// reads. `npm run test:vendors` prints it as a table.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { SQS } from '@aws-sdk/client-sqs';
import Airtable from 'airtable';
import { SMTPServer } from 'smtp-server';
import { Webhook } from 'standardwebhooks';
import t, { type Test } from 'tap';
import twilio from 'twilio';
import { OUTBOX_IDS, type OutboxName } from '../../src/collections.js';
import { type ConnectorSettings, createConnectors } from '../../src/connectors/index.js';
import { isFromTwilio } from '../../src/connectors/messaging/twilio-signature.js';
import { TEMPLATES } from '../../src/connectors/templates/message-texts.js';
import type { Delivery, What } from '../../src/outbox/enqueue.js';
import { createOperations } from '../../src/outbox/operate.js';
import { handlersOf } from '../connectors/handlers.js';
import { eventMessage, holdMessage, rma, subscription, ticket } from '../connectors/messages.js';
import {
  type Answer,
  echo,
  endless,
  garbage,
  hang,
  json,
  nobody,
  type Received,
  receiver,
  reset,
  SECRETS,
  stall,
  status,
} from '../connectors/receiver.js';
import { type Refusals, smtpReceiver } from '../connectors/smtp-receiver.js';
import { database } from '../helper.js';
import { type OutboxOptions, outbox, SCHEDULE, START } from '../outbox/outbox.js';
import { BY_TEXT_ALONE, describeMessages } from './messages.js';
import { zendesk } from './zendesk.js';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/** `paused`: the place is not called until it is mended. Whatever is pending is delivered when the vendor answers as it should. */
type State = 'done' | 'dead' | 'skipped' | 'pending' | 'paused';
type Expected = [state: State, reason?: RegExp];
type Row = [answer: string, given: Answer | Refusals, expected: Expected];

/** A vendor as it documents itself, from what enqueues it something to its answer when all is well. */
interface Vendor {
  what: What;
  enqueuedOn: [OutboxName, object];
  settings: (url: string) => Partial<ConnectorSettings>;
  usual: () => Answer | Refusals;
  /** Answers that it alone gives. */
  own: Row[];
  /** What an answer of everybody means for it alone. */
  differs?: Record<string, Expected>;
}

const PATIENT_MS = 20_000;
const IMPATIENT_MS = 60;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const keys = [Buffer.alloc(32, 7)];
const shop = { name: 'GlowGlitch', timeZone: 'UTC', locale: 'en-US', returnAddress: [] };

const SILENT: Expected = ['pending', new RegExp(`^no answer within ${IMPATIENT_MS} ms; if it lasts`)];
const FORM: Expected = ['pending', /^answered 200 with a body of another form: check the address$/];

/** What every reason ends in: something to do, or that there is nothing. */
const ADVICE =
  /\b(add|ask|call|check|enable|let|lift|look|raise|register|replay|resume|see|unarchive|unsuspend|verify|nothing to do)\b/;
const LARGE = 'x'.repeat(10 * 1024 * 1024);

/** What any server can answer; where it has a body, it repeats all that it was sent. */
const ANYBODY: Row[] = [
  ['400', echo(400), ['dead', /^answered 400.*does not understand/]],
  ['401', echo(401), ['paused', /^answered 401.*check the credentials$/]],
  ['402', echo(402), ['paused', /^answered 402.*check the account/]],
  ['403', echo(403), ['paused', /^answered 403.*check what the credentials may do$/]],
  ['404', echo(404), ['paused', /^answered 404.*check the address/]],
  ['405', echo(405), ['paused', /^answered 405.*check the address/]],
  ['408', echo(408), ['pending', /^answered 408/]],
  ['409', echo(409), ['dead', /^answered 409/]],
  ['410', echo(410), ['paused', /^answered 410.*check the address/]],
  ['413', echo(413), ['dead', /^answered 413.*too large/]],
  ['422', echo(422), ['dead', /^answered 422.*does not take/]],
  ['429 with Retry-After', status(429, { 'retry-after': '120' }), ['pending', /^answered 429/]],
  [
    '429 with Retry-After as a date',
    // by our clock when it answers, as a server would
    (response, request) =>
      status(429, { 'retry-after': new Date(Date.now() + HOUR_MS).toUTCString() })(response, request),
    ['pending', /^answered 429: too many calls/],
  ],
  ['425', status(425), ['pending', /^answered 425: too early/]],
  ['500', echo(500), ['pending', /^answered 500/]],
  [
    '502 in HTML',
    (response) => response.writeHead(502).end('<h1>Bad gateway</h1>'),
    ['pending', /^answered 502/],
  ],
  ['503 until a date', status(503, { 'retry-after': START.toUTCString() }), ['pending', /^answered 503/]],
  [
    '302 to a sign-in',
    status(302, { location: 'http://127.0.0.1:9/' }),
    ['paused', /redirects are not followed/],
  ],
  [
    '307 to the inside of a cloud',
    (response, { headers }) =>
      status(307, { location: `http://${headers.host}/latest/meta-data` })(response, {} as Received),
    ['paused', /redirects are not followed/],
  ],
  ['200 in HTML', garbage, FORM],
  ['200 with nothing', status(200), FORM],
  ['200 without an end', endless, FORM],
  ['200 with 10 MB', json(200, { message: LARGE }), FORM],
  ['503 with 10 MB', json(503, { message: LARGE }), ['pending', /^answered 503: it has failed/]],
  [
    'a header of 100 kB',
    (response) => response.writeHead(200, { 'x-large': LARGE.slice(0, 100_000) }).end('{}'),
    ['pending', /^no answer that can be read \(\w+\): check the address$/],
  ],
  ['no answer', hang, SILENT],
  ['half an answer', stall, SILENT],
  ['a reset', reset, ['pending', /^no connection \(\w+\): check address, network/]],
];
const UNHEARD = new Set(['no answer', 'half an answer', 'hangs']);

const md5 = (text: string) => createHash('md5').update(text).digest('hex');
const bodyOf = ({ body }: Received) => JSON.parse(body);
const answering =
  (code: number, bodyFor: (request: Received) => unknown): Answer =>
  (response, request) =>
    json(code, bodyFor(request))(response, request);
const twilioError = (code: number, http = 400) => json(http, { code, message: 'Marked', status: http });
const sqsError = (http: number, code: string): Answer =>
  json(
    http,
    { __type: `com.amazonaws.sqs#${code}`, message: 'Marked' },
    { 'x-amzn-query-error': `${code};Sender` },
  );
const airtableError = (http: number, type: string, message = 'Marked') =>
  json(http, { error: { type, message } });
/** To all but the look-up of a ticket, which finds none. */
const unlessLookedUp =
  (answer: Answer): Answer =>
  (response, request) =>
    (request.method === 'GET' ? json(200, { tickets: [] }) : answer)(response, request);
const recordInvalid = (details: object) =>
  json(422, { error: 'RecordInvalid', description: 'Record validation errors', details });

const oneFails = (Code: string, SenderFault: boolean) =>
  json(200, { Successful: [], Failed: [{ Id: '0', Code, SenderFault, Message: 'Marked' }] });

/** What a webhook says beyond its status counts for nothing. */
const BY_STATUS: Vendor['differs'] = {
  409: ['done'],
  '200 in HTML': ['done'],
  '200 with nothing': ['done'],
  '200 without an end': ['done'],
  '200 with 10 MB': ['done'],
};
const webhook = (
  name: 'fulfilment' | 'analyticsWebhook' | 'crmWebhook',
  what: What,
  enqueuedOn: Vendor['enqueuedOn'],
): Vendor => ({
  what,
  enqueuedOn,
  settings: (url) => ({ [name]: { url, keys } }),
  usual: () => status(204),
  own: [['202', status(202), ['done']]],
  differs: BY_STATUS,
});
const team = (kind: 'slack' | 'teams'): Vendor => ({
  what: { to: 'team', kind: 'team.ticket' },
  enqueuedOn: ['stylistTickets', ticket],
  settings: (url) => ({ team: { url: `${url}/S3CRET`, kind } }),
  usual: () => (response) => response.writeHead(200).end('ok'),
  own: [['202', status(202), ['done']]],
  differs: { ...BY_STATUS, 409: ['dead', /^answered 409: /] },
});
const TICKET: Pick<Vendor, 'what' | 'enqueuedOn'> = {
  what: { to: 'crm', kind: 'ticket.create' },
  enqueuedOn: ['stylistTickets', ticket],
};
const toSubscriber = (channel: 'sms' | 'email'): Pick<Vendor, 'what' | 'enqueuedOn'> => ({
  what: { to: 'notifications', kind: 'subscription.created' },
  enqueuedOn: ['widgetOrderSubscriptions', subscription(channel)],
});

const queue: Vendor = {
  what: { to: 'render', kind: 'capsule.render' },
  enqueuedOn: ['capsuleHolds', holdMessage().document],
  settings: (url) => ({
    renderQueue: {
      queueUrl: `${url}/1/jobs`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' },
    },
  }),
  usual: () =>
    answering(200, (request) => ({ MessageId: 'm-1', MD5OfMessageBody: md5(bodyOf(request).MessageBody) })),
  own: [
    [
      'QueueDoesNotExist',
      sqsError(400, 'QueueDoesNotExist'),
      ['paused', /\(QueueDoesNotExist\): check queue/],
    ],
    ['AccessDenied', sqsError(403, 'AccessDenied'), ['paused', /check queue, region and credentials/]],
    ['KmsDisabled', sqsError(400, 'KmsDisabled'), ['paused', /KmsDisabled/]],
    ['RequestThrottled', sqsError(400, 'RequestThrottled'), ['pending', /RequestThrottled/]],
    ['ThrottlingException', sqsError(400, 'ThrottlingException'), ['pending', /ThrottlingException/]],
    ['KmsThrottled', sqsError(400, 'KmsThrottled'), ['pending', /KmsThrottled/]],
    ['OverLimit', sqsError(403, 'OverLimit'), ['pending', /OverLimit/]],
    ['a clock that is wrong', sqsError(403, 'RequestTimeTooSkewed'), ['pending', /check the clock/]],
    ['InvalidMessageContents', sqsError(400, 'InvalidMessageContents'), ['dead', /InvalidMessageContents/]],
  ],
  // what the SDK cannot read is no answer
  differs: {
    '302 to a sign-in': ['pending', /no answer that can be used/],
    '200 in HTML': ['pending', /no answer that can be used/],
    '200 with nothing': ['pending', /without the id of the message|no answer that can be used/],
    '200 without an end': SILENT,
    '200 with 10 MB': ['pending', /no answer that can be used/],
    'a header of 100 kB': ['pending', /no answer that can be used/],
    '307 to the inside of a cloud': ['pending', /no answer that can be used/],
    'a reset': ['pending', /no answer that can be used/],
  },
};

const VENDORS: Record<string, Vendor> = {
  Zendesk: {
    ...TICKET,
    settings: (baseUrl) => ({ zendesk: { baseUrl, email: 'a@shop.example', apiToken: 'token', fields: {} } }),
    usual: () => zendesk().answer,
    own: [
      [
        '422 that names a field',
        recordInvalid({ requester: [{ description: 'Marked' }] }),
        ['dead', /^answered 422 \(RecordInvalid: requester\): check what Zendesk asks/],
      ],
      [
        '422 that names a custom field',
        recordInvalid({ base: [{ description: 'Marked', ticket_field_id: 360_001 }] }),
        ['dead', /custom field 360001/],
      ],
      [
        '422, the customer is suspended',
        recordInvalid({ requester: [{ description: 'Requester: Marked is suspended.' }] }),
        ['dead', /\(RecordInvalid: requester\): the customer is suspended in Zendesk: unsuspend/],
      ],
      [
        '422 that names a field of others',
        recordInvalid({ marked_field: [{ description: 'Marked' }] }),
        ['dead', /^answered 422 \(RecordInvalid\): check what Zendesk asks/],
      ],
      [
        '422 with details as a list',
        recordInvalid([{ description: 'Marked' }]),
        ['dead', /^answered 422 \(RecordInvalid\): check which fields/],
      ],
      [
        '400, another body under the key',
        unlessLookedUp(json(400, { error: 'IdempotentRequestError', description: 'Marked' })),
        ['pending', /^answered 400: an attempt before may have made the ticket/],
      ],
      ['409 to a creation', unlessLookedUp(status(409)), ['pending', /^answered 409: an attempt before/]],
      [
        '403 of a suspended account',
        json(403, { error: 'AccountSuspended' }),
        ['paused', /\(AccountSuspended\)/],
      ],
    ],
    differs: { 422: ['dead', /^answered 422: check which fields/] },
  },
  Airtable: {
    ...TICKET,
    settings: (apiUrl) => ({ airtable: { apiUrl, baseId: 'app1', table: 'Tickets', token: 'token' } }),
    usual: () =>
      answering(200, (request) => ({ records: [{ id: 'rec1', fields: bodyOf(request).records[0].fields }] })),
    own: [
      [
        '422, a column is missing',
        airtableError(422, 'UNKNOWN_FIELD_NAME', 'Unknown field name: "Answer by"'),
        ['paused', /\(UNKNOWN_FIELD_NAME: Answer by\): add the column/],
      ],
      [
        '422, a column of another type',
        airtableError(422, 'INVALID_VALUE_FOR_COLUMN', 'Field "Created" cannot accept the provided value'),
        ['dead', /\(INVALID_VALUE_FOR_COLUMN: Created\): check its type/],
      ],
      [
        '422, an option is missing',
        airtableError(
          422,
          'INVALID_MULTIPLE_CHOICE_OPTIONS',
          'Insufficient permissions to create new select option "Marked"',
        ),
        ['paused', /\(INVALID_MULTIPLE_CHOICE_OPTIONS\): let the token add options/],
      ],
      [
        '422 of a kind of its own',
        airtableError(422, 'constructor'),
        ['dead', /\(constructor\): it does not/],
      ],
      ['401', airtableError(401, 'AUTHENTICATION_REQUIRED'), ['paused', /check AIRTABLE_TOKEN$/]],
      [
        '403, no such table',
        airtableError(403, 'INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND'),
        ['paused', /check AIRTABLE_TOKEN, AIRTABLE_BASE_ID and AIRTABLE_TABLE$/],
      ],
      [
        '429 of the base',
        json(429, { errors: [{ error: 'RATE_LIMIT_REACHED' }] }),
        ['pending', /^answered 429/],
      ],
    ],
  },
  Twilio: {
    ...toSubscriber('sms'),
    settings: (baseUrl) => ({ twilio: { baseUrl, accountSid: 'AC1', authToken: 't', from: '+12025550100' } }),
    usual: () => json(201, { sid: 'SM00000000000000000000000000000001', status: 'queued', error_code: null }),
    own: [
      ['20003', twilioError(20_003, 401), ['paused', /TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN/]],
      ['20404', twilioError(20_404, 404), ['paused', /check TWILIO_ACCOUNT_SID/]],
      ['20429', twilioError(20_429, 429), ['pending', /too many calls/]],
      ['21211', twilioError(21_211), ['skipped', /not a telephone number/]],
      ['21408', twilioError(21_408), ['dead', /geographic permissions/]],
      ['21606', twilioError(21_606), ['paused', /check TWILIO_FROM: it sends no text messages/]],
      ['21610', twilioError(21_610), ['skipped', /opted out/]],
      ['21611', twilioError(21_611), ['pending', /queue of TWILIO_FROM is full/]],
      ['21614', twilioError(21_614), ['skipped', /takes no text messages/]],
      ['21617', twilioError(21_617), ['dead', /too long: see MESSAGES_FILE/]],
      ['21705', twilioError(21_705), ['paused', /check TWILIO_MESSAGING_SERVICE_SID/]],
      ['30034', twilioError(30_034), ['paused', /A2P 10DLC/]],
      ['14107', twilioError(14_107, 429), ['pending', /too many messages for the account/]],
      ['21212', twilioError(21_212), ['paused', /check TWILIO_FROM/]],
      ['21608', twilioError(21_608), ['dead', /verify the number: a trial account/]],
      ['21612', twilioError(21_612), ['dead', /add a sender for its country/]],
      ['21635', twilioError(21_635), ['skipped', /landline/]],
      ['30002', twilioError(30_002), ['paused', /account is suspended: see/]],
      ['30007', twilioError(30_007), ['dead', /taken for spam by a carrier: check/]],
      ['30022', twilioError(30_022, 429), ['pending', /more than the campaign may send/]],
      ['30032', twilioError(30_032), ['paused', /verify the toll-free number/]],
      ['63038', twilioError(63_038, 429), ['paused', /the day’s messages are used up/]],
      ['a code that is new', twilioError(21_999), ['dead', /\(21999\): see twilio\.com/]],
    ],
    // perhaps sent: nobody is written to again and again for it
    differs: {
      '200 in HTML': ['dead', /another form/],
      '200 with nothing': ['dead', /another form/],
      '200 without an end': ['dead', /another form/],
      '200 with 10 MB': ['dead', /another form/],
    },
  },
  Braze: {
    ...toSubscriber('email'),
    settings: (restUrl) => ({ braze: { restUrl, apiKey: 'key', groups: { email: 'g' } } }),
    usual: () => json(201, { message: 'success', events_processed: 1, attributes_processed: 1 }),
    own: [
      ['202, in maintenance', json(202, { message: 'queued' }), ['done']],
      ['400 No Recipients', json(400, { message: 'No Recipients' }), ['dead', /\(No Recipients\)/]],
      [
        '400 of an archived campaign',
        json(400, { message: 'Invalid Campaign ID' }),
        ['paused', /BRAZE_TRANSACTIONAL_CAMPAIGN_ID/],
      ],
      [
        '400 of a wrong key',
        json(400, { message: 'Error authenticating credentials' }),
        ['paused', /check BRAZE_API_KEY/],
      ],
      [
        '201 with an error of the event',
        json(201, {
          message: 'success',
          errors: [{ type: "'time' is required", input_array: 'events', index: 0 }],
        }),
        ['dead', /accepted with 1 errors \(time\)/],
      ],
      [
        '201 with an error of the group',
        json(201, { message: 'success', errors: [{ type: "'subscription_group_id' is invalid" }] }),
        ['paused', /check BRAZE_SMS_GROUP_ID/],
      ],
    ],
  },
  Slack: team('slack'),
  Teams: team('teams'),
  Cloudinary: {
    what: { to: 'assets', kind: 'image.publish' },
    enqueuedOn: ['widgetInspiration', { inspirationId: 'insp-marked' }],
    settings: (apiUrl) => ({
      cloudinary: {
        apiUrl,
        cloudName: 'shop',
        apiKey: '1234',
        apiSecret: 'S3CRET-of-the-cloud',
        folder: 'f',
      },
    }),
    usual: () => json(200, { public_id: 'f/insp', secure_url: 'https://res.cloudinary.com/shop/f/insp.jpg' }),
    own: [
      ['420', status(420), ['pending', /^answered 429: too many calls/]],
      [
        '400, a clock that is wrong',
        json(400, {
          error: { message: 'Stale request - reported time is Marked which is more than 1 hour ago' },
        }),
        ['paused', /check the clock of this machine$/],
      ],
      [
        '400, no image',
        json(400, { error: { message: 'Invalid image file Marked' } }),
        ['dead', /^answered 400: /],
      ],
    ],
  },
  'a webhook': webhook('fulfilment', { to: 'fulfilment', kind: 'return.initiated' }, ['returns', rma]),
  'a CRM by webhook': webhook('crmWebhook', TICKET.what, TICKET.enqueuedOn),
  'a webhook of events': webhook('analyticsWebhook', { to: 'analytics', kind: 'analytics.event' }, [
    'csatFeedback',
    eventMessage('e').document,
  ]),
  'a queue': queue,
  'a queue of events': {
    ...queue,
    what: { to: 'analytics', kind: 'analytics.event' },
    enqueuedOn: ['csatFeedback', eventMessage('e').document],
    settings: (url) => ({ analyticsQueue: queue.settings(url).renderQueue }),
    differs: {
      ...queue.differs,
      '200 with 10 MB': ['pending', /without the id of the message/],
    },
    usual: () =>
      answering(200, (request) => ({
        Successful: bodyOf(request).Entries.map(({ Id, MessageBody }: Record<string, string>) => ({
          Id,
          MessageId: 'm-1',
          MD5OfMessageBody: md5(MessageBody ?? ''),
        })),
        Failed: [],
      })),
    own: [
      [
        'one of a call is throttled',
        oneFails('ThrottlingException', false),
        ['pending', /Throttling.*check the clock/],
      ],
      [
        'one of a call is refused',
        oneFails('InvalidMessageContents', true),
        ['dead', /see what its consumer takes/],
      ],
      [
        'one of a call may not be sent',
        oneFails('KMS.AccessDenied', true),
        ['paused', /check queue, region/],
      ],
      ['one of a call has a throttled key', oneFails('KMS.Throttling', true), ['pending', /KMS\.Throttling/]],
      [
        'one of a call is not named',
        json(200, { Successful: [], Failed: [] }),
        ['pending', /without the id/],
      ],
    ],
  },
  'a mail server': {
    ...toSubscriber('email'),
    settings: (url) => ({
      smtp: {
        host: '127.0.0.1',
        port: Number(url),
        secure: false,
        requireTls: false,
        auth: { user: 'u', pass: 'p' },
        from: 'care@shop.example',
      },
    }),
    usual: () => ({}),
    own: [
      ['421 at once', { CONNECT: '421 4.3.2 marked' }, ['pending', /^answered 421/]],
      ['no greeting', { CONNECT: 'hang' }, SILENT],
      [
        'a greeting of another protocol',
        { CONNECT: 'HTTP/1.1 400 Bad Request' },
        ['pending', /^no connection/],
      ],
      ['a reset', { CONNECT: 'reset' }, ['pending', /^no connection/]],
      ['421 to DATA', { DATA: '421 4.3.2 marked' }, ['pending', /^answered 421 4\.3\.2/]],
      [
        '421 in the middle of the email',
        { DATA: '354 go on\r\n421 4.4.2 marked' },
        ['pending', /^answered 421 4\.4\.2/],
      ],
      [
        '421 to the email',
        { BODY: '421 4.7.0 marked' },
        ['pending', /^answered 421 4\.7\.0: the server is busy/],
      ],
      [
        '454 to MAIL',
        { MAIL: '454 Throttling failure: marked' },
        ['pending', /check what the account may send/],
      ],
      [
        '550 in several lines',
        { RCPT: '550-marked is not here\r\n550-5.1.1 marked\r\n550 5.1.1 see marked' },
        ['dead', /^answered 550 5\.1\.1: there is no such mailbox/],
      ],
      [
        '554 5.2.252 to the email',
        { BODY: '554 5.2.252 SendAsDenied; marked' },
        ['paused', /check EMAIL_FROM/],
      ],
      ['521 to RCPT', { RCPT: '521 marked' }, ['dead', /see the log of the server/]],
      ['454 to AUTH', { AUTH: '454 4.7.0 marked' }, ['pending', /^answered 454/]],
      ['534 to AUTH', { AUTH: '534 5.7.9 marked' }, ['paused', /check user and password of SMTP_URL/]],
      ['535 to AUTH', { AUTH: '535 5.7.8 marked' }, ['paused', /check user and password of SMTP_URL/]],
      ['530 to MAIL', { MAIL: '530 5.7.0 marked' }, ['paused', /check user and password of SMTP_URL/]],
      ['550 5.4.5 to MAIL', { MAIL: '550 5.4.5 marked' }, ['paused', /check what the account may send/]],
      ['553 to MAIL', { MAIL: '553 5.1.8 marked' }, ['paused', /check EMAIL_FROM/]],
      ['451 to MAIL', { MAIL: '451 4.3.0 marked' }, ['pending', /to be tried again/]],
      ['450 to RCPT', { RCPT: '450 4.2.0 marked is greylisted' }, ['pending', /is to come again/]],
      ['452 4.2.2 to RCPT', { RCPT: '452 4.2.2 marked' }, ['pending', /the mailbox is full/]],
      ['550 5.1.1 to RCPT', { RCPT: '550 5.1.1 marked' }, ['dead', /there is no such mailbox/]],
      ['550 to RCPT', { RCPT: '550 marked' }, ['dead', /not there, or takes nothing from us/]],
      ['550 5.7.1 to RCPT', { RCPT: '550 5.7.1 marked' }, ['dead', /check SPF, DKIM and DMARC/]],
      ['554 to DATA', { DATA: '554 5.5.1 marked' }, ['dead', /how EMAIL_FROM stands/]],
      ['552 5.3.4 to the email', { BODY: '552 5.3.4 marked' }, ['dead', /too large/]],
      ['550 5.7.26 to the email', { BODY: '550 5.7.26 marked' }, ['dead', /SPF, DKIM and DMARC/]],
      ['hangs', { BODY: 'hang' }, SILENT],
      ['a reset at the end', { BODY: 'reset' }, ['pending', /^no connection/]],
    ],
  },
};

const table: string[][] = [['vendor', 'answer', 'becomes', 'the operator reads', 'after it is mended']];
const isMail = (given: Answer | Refusals): given is Refusals => typeof given !== 'function';
const isQueue = (vendor: Vendor) => vendor.differs?.['a reset'] === queue.differs?.['a reset'];

for (const [name, vendor] of Object.entries(VENDORS))
  t.test(`${name}: every answer ends in its state, with a reason to act on`, async (t) => {
    const db = await database(t);
    let answer: Answer = hang;
    const { url, received } = await receiver(t, (response, request) => answer(response, request));
    const open = async (given: Answer | Refusals) => {
      if (isMail(given)) return String((await smtpReceiver(t, given)).port);
      answer = given;
      return url;
    };
    const handlersAt = (address: string, timeoutMs = PATIENT_MS) =>
      handlersOf(createConnectors({ timeoutMs, shop, messages: TEMPLATES, ...vendor.settings(address) }));
    const outboxAt = (address: string, timeoutMs?: number) =>
      outbox(t, { db, handlers: handlersAt(address, timeoutMs), timeoutMs: 2 * PATIENT_MS });
    const usual: Row = ['as it should', vendor.usual(), ['done']];
    const anybody = isMail(usual[1]) ? [] : ANYBODY;

    for (const [what, given, asUsual] of [usual, ...vendor.own, ...anybody]) {
      const [state, reason] = vendor.differs?.[what] ?? asUsual;
      const before = received.length;
      const first = await outboxAt(
        await open(given),
        UNHEARD.has(what) || reason === SILENT[1] ? IMPATIENT_MS : undefined,
      );
      const stored = await first.store([vendor.what], ...vendor.enqueuedOn);
      await first.dispatcher.drain();
      const read = async () => (await stored.deliveries())[0] as Delivery;
      const delivery = await read();
      const { lastError, heldFor } = delivery;
      const came: State = delivery.state === 'pending' && heldFor ? 'paused' : (delivery.state as State);
      t.equal(came, state, `${what}: ${lastError}`);
      if (reason) t.match(lastError, reason, what);
      else t.equal(lastError, undefined, what);
      const told = lastError ?? '';
      if (state !== 'done') t.match(told, ADVICE, `${what}: there is something to do`);
      t.notOk(SECRETS.some((secret) => told.includes(secret)) || told.length > 120, `${what}: ${told}`);
      if (what.startsWith('302') || what.startsWith('307'))
        t.equal(received.length, before + 1, 'nobody else is called');
      if (what.endsWith('as a date') && !isQueue(vendor)) {
        const waitMs = (delivery.dueAt?.getTime() ?? 0) - START.getTime();
        t.ok(waitMs > HOUR_MS / 2 && waitMs <= HOUR_MS, `${waitMs}`);
      } else if (what.startsWith('429 with Retry-After'))
        t.same(
          delivery.dueAt,
          // the SDK of the queue keeps the header to itself
          new Date(START.getTime() + (isQueue(vendor) ? (SCHEDULE[0] ?? 0) : 120_000)),
        );
      let after = '';
      if (delivery.state === 'pending') {
        const later = await outboxAt(await open(vendor.usual()));
        later.move(DAY_MS + 3_600_000);
        await later.dispatcher.drain();
        const { state: last, attempts } = await read();
        t.equal(last, 'done', `${what}: delivered when it is mended`);
        after = `${last} at attempt ${attempts}`;
      }
      table.push([name, what, came, lastError ?? '', after]);
    }
    t.ok(vendor.own.length + anybody.length + 1 >= 15);
  });

/** A document with a delivery to the vendor, and a receiver that gives these answers, the last one from then on. */
async function queuedFor(
  t: Test,
  { settings, what, enqueuedOn }: Vendor,
  answers: Answer[],
  more: OutboxOptions = {},
) {
  const { url, received } = await receiver(t, ...answers);
  const connectors = createConnectors({ timeoutMs: PATIENT_MS, shop, messages: TEMPLATES, ...settings(url) });
  const options = { handlers: handlersOf(connectors), timeoutMs: 2 * PATIENT_MS, ...more };
  const { db, dispatcher, store, move, now } = await outbox(t, options);
  const { queued, read } = await store([what], ...enqueuedOn);
  /** Until nothing is left to do. */
  const settle = async () => {
    for (;;) {
      await dispatcher.drain();
      const { deliveries, nextDeliveryAt } = await read();
      if (!nextDeliveryAt) return deliveries[0];
      move(nextDeliveryAt.getTime() - now().getTime());
    }
  };
  return { db, received, settle, now, id: queued.deliveries[0]?.id ?? '' };
}

t.test(
  'vendors: what always fails is dead after the whole schedule, listed, and delivered when it is replayed',
  async (t) => {
    const vendor = VENDORS['a webhook'] as Vendor;
    const down = Array<Answer>(SCHEDULE.length + 1).fill(status(503));
    const { db, received, settle, now, id } = await queuedFor(t, vendor, [...down, status(204)]);
    t.match(await settle(), { state: 'dead', attempts: 11, lastError: 'answered 503' });
    const operations = createOperations(db, OUTBOX_IDS);
    t.match(await operations.list({ state: 'dead', limit: 10 }), [
      { collection: 'returns', delivery: { id } },
    ]);
    t.equal(await operations.replay({ id }, now()), 1);
    t.match(await settle(), { state: 'done', id, attempts: 1 });
    t.equal(new Set(received.map(({ headers }) => headers['webhook-id'])).size, 1, 'under one id');
    t.same(await operations.list({ state: 'dead', limit: 10 }), []);
  },
);

t.test('vendors: what we send is what the vendors’ own libraries send, take and verify', async (t) => {
  const { url, received } = await receiver(t, (response, request) =>
    json(201, {
      sid: 'SM00000000000000000000000000000001',
      records: [{ id: 'rec1', fields: {} }],
    })(response, request),
  );
  const sent = async (vendor: Vendor) => {
    received.length = 0;
    const connectors = createConnectors({
      timeoutMs: PATIENT_MS,
      shop,
      messages: TEMPLATES,
      ...vendor.settings(url),
    });
    const handler = handlersOf(connectors)[vendor.what.to];
    const message = { id: 'd1', kind: vendor.what.kind, attempt: 1, document: { ...vendor.enqueuedOn[1] } };
    await handler?.deliver(message, new AbortController().signal);
    return received[0] as Received;
  };

  const ours = await sent(VENDORS.Twilio as Vendor);
  const form = Object.fromEntries(new URLSearchParams(ours.body));
  let theirs:
    | { method: string; uri: string; data?: object; username?: string; password?: string }
    | undefined;
  const client = twilio('AC1', 't', {
    httpClient: Object.assign(new twilio.RequestClient(), {
      request: async (options: typeof theirs) => {
        theirs = options;
        return { statusCode: 201, body: { sid: 'SM1' }, headers: {} };
      },
    }),
  });
  const { To: to = '', From: from, Body: body } = form;
  await client.messages.create({
    to,
    from,
    body,
    smartEncoded: true,
    validityPeriod: Number(form.ValidityPeriod),
  });
  t.equal(ours.path, new URL(theirs?.uri ?? '').pathname);
  t.equal(ours.method, theirs?.method?.toUpperCase());
  t.same(
    form,
    Object.fromEntries(Object.entries(theirs?.data ?? {}).map(([name, value]) => [name, String(value)])),
  );
  const basic = Buffer.from(`${theirs?.username}:${theirs?.password}`).toString('base64');
  t.equal(ours.headers.authorization, `Basic ${basic}`);
  const inbound = { From: '+12025550123', Body: 'STOP', B: ['2', '1', '2'] };
  for (const address of ['https://shop.example/in?a=b', 'https://shop.example:8443/in'])
    t.ok(
      isFromTwilio(['old', 't'], address, inbound, twilio.getExpectedTwilioSignature('t', address, inbound)),
      address,
    );

  const row = await sent(VENDORS.Airtable as Vendor);
  received.length = 0;
  const base = new Airtable({ apiKey: 'token', endpointUrl: url }).base('app1');
  const { records, typecast, performUpsert } = JSON.parse(row.body);
  await base('Tickets').update([{ id: 'rec1', fields: records[0].fields }], { typecast: true });
  const [update] = received;
  t.same([row.method, row.path], [update?.method.toUpperCase(), update?.path.replace(/\/\?$/, '')]);
  t.equal(row.headers.authorization, update?.headers.authorization);
  const expected = JSON.parse(update?.body ?? '{}');
  t.same({ typecast, records }, { ...expected, records: [{ fields: expected.records[0].fields }] });
  t.same(performUpsert, { fieldsToMergeOn: ['Ticket'] }, 'which their library does not have yet');

  for (const name of ['a webhook', 'a CRM by webhook', 'a webhook of events']) {
    const { headers, body } = await sent(VENDORS[name] as Vendor);
    const verifier = new Webhook(`whsec_${keys[0]?.toString('base64')}`);
    t.match(
      verifier.verify(body, headers as Record<string, string>),
      { type: String, timestamp: String, data: {} },
      name,
    );
    t.throws(() => verifier.verify(`${body} `, headers as Record<string, string>), name);
  }

  const emails: { from: unknown; to: unknown; source: string; user: unknown }[] = [];
  const server = new SMTPServer({
    hideSTARTTLS: true,
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) => done(null, { user: `${username}:${password}` }),
    async onData(stream, { envelope, user }, done) {
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(chunk);
      const { mailFrom, rcptTo } = envelope;
      emails.push({
        from: mailFrom ? mailFrom.address : undefined,
        to: rcptTo.map(({ address }) => address),
        source: Buffer.concat(chunks).toString(),
        user,
      });
      done();
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => new Promise<void>((resolve) => server.close(resolve)));
  const { port } = server.server.address() as { port: number };
  const vendor = VENDORS['a mail server'] as Vendor;
  const connectors = createConnectors({
    timeoutMs: PATIENT_MS,
    shop,
    messages: TEMPLATES,
    ...vendor.settings(String(port)),
  });
  const message = { id: 'd1', kind: vendor.what.kind, attempt: 1, document: { ...vendor.enqueuedOn[1] } };
  t.match(await handlersOf(connectors).notifications?.deliver(message, new AbortController().signal), {
    outcome: 'delivered',
  });
  t.match(emails, [
    {
      from: 'care@shop.example',
      to: ['marked@example.com'],
      user: 'u:p',
      source: /^Subject: Updates on your order GG-1\r?$/m,
    },
  ]);
});

/** moto's SQS (PyPI), where Python has it; it takes seconds to start, so that it is for the command alone. */
const hasMoto =
  process.env.VENDORS_TABLE !== undefined &&
  spawnSync('python3', ['-c', 'import moto.server, flask']).status === 0;

t.test(
  'vendors: a queue of moto',
  { skip: !hasMoto && 'by npm run test:vendors, where Python has moto' },
  async (t) => {
    const endpoint = await nobody();
    const moto = spawn('python3', ['-m', 'moto.server', '-p', new URL(endpoint).port], { stdio: 'ignore' });
    t.teardown(() => moto.kill());
    while (!(await fetch(`${endpoint}/moto-api/`).catch(() => undefined))) await setTimeout(100);
    const credentials = { accessKeyId: 'AKIA', secretAccessKey: 'secret' };
    const client = new SQS({ endpoint, region: 'us-east-1', credentials });
    const vendor = VENDORS['a queue'] as Vendor;
    const send = async (queueUrl: string, times = 1) => {
      const settings = { timeoutMs: PATIENT_MS, shop, messages: TEMPLATES };
      const renderQueue = { queueUrl, region: 'us-east-1', credentials };
      const { render } = handlersOf(createConnectors({ ...settings, renderQueue }));
      const message = { id: 'd1', kind: vendor.what.kind, attempt: 1, document: { ...vendor.enqueuedOn[1] } };
      const outcomes = [];
      for (let nth = 0; nth < times; nth++)
        outcomes.push(await render?.deliver(message, new AbortController().signal));
      return outcomes;
    };
    for (const [QueueName, Attributes, kept] of [
      ['jobs', undefined, 2],
      ['jobs.fifo', { FifoQueue: 'true' }, 1],
    ] as const) {
      const { QueueUrl = '' } = await client.createQueue({ QueueName, Attributes });
      t.match(await send(QueueUrl, 2), [
        { outcome: 'delivered', reference: String },
        { outcome: 'delivered' },
      ]);
      const taken = await client.receiveMessage({
        QueueUrl,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
      });
      t.equal(taken.Messages?.length, kept, QueueName);
      t.match(taken.Messages?.[0]?.MessageAttributes, { id: { StringValue: 'd1' } });
      t.equal(JSON.parse(taken.Messages?.[0]?.Body ?? '').type, 'capsule.render');
    }
    t.match(await send(`${endpoint}/123456789012/nowhere`), [
      { outcome: 'misconfigured', reason: /check queue/ },
    ]);
  },
);

t.test('vendors: every template in every kind', async (t) => {
  const messages = describeMessages();
  for (const { kind, sms, oneClick, links, escaped } of messages) {
    if (sms) t.same([sms.encoding, sms.segments], ['GSM-7', 1], kind);
    t.equal(oneClick, /^(subscription|order)\./.test(kind) && !BY_TEXT_ALONE.has(kind), `${kind}: one click`);
    t.ok(links.html === links.text && escaped, `${kind}: each address is a link, and values are escaped`);
  }
  const lines = [
    ['message', 'text message', 'letters', 'segments', 'encoding', 'email: subject', 'links', 'one click'],
    ...messages.map(({ kind, sms, subject, links, oneClick }) => [
      kind,
      sms?.text ?? '',
      String(sms?.letters ?? ''),
      String(sms?.segments ?? ''),
      sms?.encoding ?? '',
      subject,
      String(links.text),
      oneClick ? 'yes' : '',
    ]),
  ];
  if (process.env.VENDORS_TABLE)
    writeFileSync(process.env.VENDORS_TABLE, `${markdown(table)}\n${markdown(lines)}`);
});

function markdown([head = [], ...rows]: string[][]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line), ''].join('\n');
}
