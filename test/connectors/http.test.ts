import { createHash, createHmac } from 'node:crypto';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { INTERRUPTED } from '../../src/connectors/http.js';
import { type ConnectorSettings, createConnectors } from '../../src/connectors/index.js';
import { outcomeOf, retryAfterMs } from '../../src/connectors/outcome.js';
import { TEMPLATES } from '../../src/connectors/templates/message-texts.js';
import { decodeSecret, signatureHeaders } from '../../src/connectors/webhooks/signature.js';
import { createSqs, createSqsOfEvents } from '../../src/connectors/webhooks/sqs.js';
import { createWebhook, createWebhookOfEvents } from '../../src/connectors/webhooks/webhook.js';
import type { Handler, Message } from '../../src/outbox/delivery-kind.js';
import { handlersOf, receiving } from './handlers.js';
import {
  AT,
  eventMessage,
  holdMessage,
  returnMessage,
  subscriptionMessage,
  ticketMessage,
} from './messages.js';
import {
  type Answer,
  deliver,
  echo,
  endless,
  garbage,
  hang,
  json,
  nobody,
  nothingLeaked,
  type Received,
  receiver,
  reset,
  stall,
  status,
} from './receiver.js';
import { SELF_SIGNED } from './self-signed.js';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const PATIENT_MS = 20_000;
/** Longer than a test may take. */
const FOREVER_MS = 3_600_000;
const KEY = Buffer.from('S3CRET-S3CRET-S3CRET-S3CRET-S3CRET');

const settingsOf = (vendors: Partial<ConnectorSettings>, timeoutMs = PATIENT_MS): ConnectorSettings => ({
  timeoutMs,
  shop: { name: 'GlowGlitch', timeZone: 'UTC', locale: 'en-US', returnAddress: [] },
  messages: TEMPLATES,
  ...vendors,
});

const connect = (settings: ConnectorSettings) => handlersOf(createConnectors(settings));

interface Case {
  handler: (url: string, timeoutMs?: number) => Handler | undefined;
  message: Message;
  /** What an answer of 200 means that is none of the vendor. */
  strange: 'delivered' | 'retry' | 'rejected';
}

const CASES: Record<string, Case> = {
  zendesk: {
    handler: (baseUrl, timeoutMs) =>
      connect(
        settingsOf(
          { zendesk: { baseUrl, email: 'a@S3CRET.example', apiToken: 'S3CRET', fields: {} } },
          timeoutMs,
        ),
      ).crm,
    message: ticketMessage(),
    strange: 'retry',
  },
  airtable: {
    handler: (apiUrl, timeoutMs) =>
      connect(
        settingsOf({ airtable: { apiUrl, baseId: 'app1', table: 'Tickets', token: 'S3CRET' } }, timeoutMs),
      ).crm,
    message: ticketMessage(),
    strange: 'retry',
  },
  twilio: {
    handler: (baseUrl, timeoutMs) =>
      connect(
        settingsOf(
          { twilio: { baseUrl, accountSid: 'ACS3CRET', authToken: 'S3CRET', from: '+12025550100' } },
          timeoutMs,
        ),
      ).notifications,
    message: subscriptionMessage('sms'),
    strange: 'rejected',
  },
  braze: {
    handler: (restUrl, timeoutMs) =>
      connect(settingsOf({ braze: { restUrl, apiKey: 'S3CRET', groups: {} } }, timeoutMs)).notifications,
    message: subscriptionMessage('sms'),
    strange: 'retry',
  },
  webhook: {
    handler: (url, timeoutMs) =>
      connect(settingsOf({ fulfilment: { url: `${url}/S3CRET`, keys: [KEY] } }, timeoutMs)).fulfilment,
    message: returnMessage('return.initiated'),
    strange: 'delivered',
  },
};

for (const [name, { handler, message, strange }] of Object.entries(CASES))
  t.test(`${name}: what can go wrong`, async (t) => {
    const outcomeWith = async (t: Test, answer: Answer, timeoutMs?: number) => {
      const { url } = await receiver(t, answer);
      return deliver(handler(url, timeoutMs), message);
    };
    const same = async (what: string, answer: Answer, expected: object) =>
      t.match(await outcomeWith(t, answer), expected, what);

    await same('too many', status(429, { 'retry-after': '7' }), {
      outcome: 'retry',
      reason: 'answered 429',
      afterMs: 7000,
    });
    await same('unavailable, with a date long past', status(503, { 'retry-after': AT.toUTCString() }), {
      outcome: 'retry',
      afterMs: 1000,
    });
    t.same(await outcomeWith(t, status(500)), {
      outcome: 'retry',
      reason: 'answered 500: it has failed; if it lasts, see its log or status page',
    });
    await same('refused, and all repeated', echo(422), { outcome: 'rejected', reason: 'answered 422' });
    for (const [code, advice] of [
      [401, /^answered 401: check the credentials$/],
      [403, /^answered 403: check what the credentials may do$/],
      [404, /^answered 404: check the address/],
    ] as const)
      await same(`${code}, and all repeated`, echo(code), { outcome: 'misconfigured', reason: advice });
    await same('failed, and all repeated', echo(502), { outcome: 'retry', reason: 'answered 502' });
    await same('reset', reset, {
      outcome: 'retry',
      reason: /^no connection \([A-Z_]+\): check address, network and firewall$/,
    });
    await same('garbage', garbage, { outcome: strange });
    await same('endless', endless, { outcome: strange });
    t.same(await outcomeWith(t, stall, 100), {
      outcome: 'retry',
      reason: 'no answer within 100 ms; if it lasts, see its log or status page',
    });
    t.same(await outcomeWith(t, hang, 100), {
      outcome: 'retry',
      reason: 'no answer within 100 ms; if it lasts, see its log or status page',
    });

    const elsewhere = await receiver(t, json(201, {}));
    for (const code of [301, 302, 307, 308])
      await same(`redirect ${code}`, status(code, { location: elsewhere.url }), {
        outcome: 'misconfigured',
        reason: `answered ${code}: check the address, redirects are not followed`,
      });
    t.same(elsewhere.received, [], 'nothing was sent to another host');

    const controller = new AbortController();
    const silent = await receiver(t, () => controller.abort());
    t.same(
      await deliver(handler(silent.url, FOREVER_MS), message, controller.signal),
      { outcome: 'retry', reason: INTERRUPTED },
      'interrupted on the way',
    );
    const nowhere = handler(await nobody());
    t.same(await deliver(nowhere, message, AbortSignal.abort()), {
      outcome: 'retry',
      reason: INTERRUPTED,
    });
    t.same(await deliver(nowhere, message), {
      outcome: 'retry',
      reason: 'no connection (ECONNREFUSED): check address, network and firewall',
    });
  });

t.test('connectors: the status of an answer', async (t) => {
  const outcome = (code: number) =>
    outcomeOf({ answered: true, status: code, retryAfter: null, body: undefined }, AT).outcome;
  for (const code of [200, 201, 202, 204, 299]) t.equal(outcome(code), 'delivered', `${code}`);
  for (const code of [408, 425, 429, 500, 501, 502, 503, 504, 529, 599])
    t.equal(outcome(code), 'retry', `${code}`);
  for (const code of [400, 406, 409, 411, 413, 414, 415, 422, 431, 451])
    t.equal(outcome(code), 'rejected', `${code}`);
  for (const code of [300, 301, 304, 308, 401, 402, 403, 404, 405, 407, 410])
    t.equal(outcome(code), 'misconfigured', `${code}`);
});

t.test('connectors: how long a vendor asks to wait', async (t) => {
  const cases: [string | null, number | undefined][] = [
    [null, undefined],
    ['', undefined],
    ['soon', undefined],
    ['-5', undefined],
    ['0', 1000],
    [' 30 ', 30_000],
    ['999999999999', 86_400_000],
    [new Date(AT.getTime() + 90_000).toUTCString(), 90_000],
    [new Date(AT.getTime() - 90_000).toUTCString(), 1000],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 86_400_000],
    // the two older forms of a date, RFC 850 and that of C
    ['Sunday, 01-Mar-26 10:01:30 GMT', 90_000],
    ['Sun Mar  1 10:01:30 2026', 90_000],
    ['120, 60', undefined],
    ['1.5', undefined],
    ['2026-03-01T10:01:30Z', undefined],
  ];
  for (const [value, expected] of cases) t.equal(retryAfterMs(value, AT), expected, `${value}`);
});

/** Written from the specification, apart from the code that it checks. */
function verified({ headers, body }: Received, secret: string): boolean {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const mac = createHmac('sha256', key);
  mac.update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.`).update(body);
  const expected = mac.digest().toString('base64');
  const given = String(headers['webhook-signature']).split(' ');
  return given.some((one) => one === `v1,${expected}`);
}

t.test('connectors: a webhook is signed as Standard Webhooks says', async (t) => {
  // the values with which the libraries of Standard Webhooks test themselves
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const key = decodeSecret(secret) ?? Buffer.alloc(0);
  const signed = {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    at: new Date(1_614_265_330_000),
    body: '{"test": 2432232314}',
  };
  t.same(signatureHeaders([key], signed), {
    'webhook-id': signed.id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });

  const other = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const { url, received } = await receiver(t, status(204));
  const keys = [key, decodeSecret(other) ?? Buffer.alloc(0)];
  const webhook = receiving(createWebhook({ url, keys }, PATIENT_MS, () => AT));
  t.same(await deliver(webhook, holdMessage()), { outcome: 'delivered' });
  const [call] = received;
  if (!call) return t.fail('nothing was received');
  t.ok(verified(call, secret), 'with the first secret');
  t.ok(verified(call, other), 'with the second, while one is being replaced');
  t.notOk(verified({ ...call, body: `${call.body} ` }, secret), 'not with another body');
  t.notOk(verified(call, `whsec_${Buffer.alloc(32, 8).toString('base64')}`), 'not with another secret');
  t.match(call.headers, {
    'content-type': 'application/json',
    'webhook-id': holdMessage().id,
    'webhook-timestamp': '1772359200',
  });
});

t.test('connectors: a webhook says what happened, and no more than is needed', async (t) => {
  const { url, received } = await receiver(t, status(200), status(409), status(410));
  const webhook = receiving(createWebhook({ url, keys: [KEY] }, PATIENT_MS));
  await deliver(webhook, holdMessage());
  const repeated = await deliver(webhook, returnMessage('return.initiated'));
  t.same(repeated, { outcome: 'delivered' }, 'a receiver that knows the id already');
  const gone = await deliver(webhook, returnMessage('return.initiated'));
  t.match(gone, { outcome: 'misconfigured', reason: /^answered 410: check the address/ });

  const [hold, initiated] = received.map(({ body }) => JSON.parse(body));
  t.match(hold, { type: 'capsule.render', timestamp: AT.toISOString() });
  t.same(Object.keys(hold.data).sort(), ['createdAt', 'expiresAt', 'items', 'reservationId', 'sessionId']);
  t.match(initiated.data, { rmaId: 'RMA-AAAA-CCCC', option: 'return', lines: [{ quantity: 2 }] });
  for (const name of ['contact', 'sessionId', 'openKey', 'requestKey', 'claims', 'deliveries', 'history'])
    t.notOk(name in initiated.data, `not ${name}`);
  const strange = await deliver(webhook, returnMessage('other.kind'));
  t.match(strange, { outcome: 'rejected', reason: 'nothing here performs other.kind' });
});

/** Amazon SQS in its JSON protocol. */
const sqsAnswer: Answer = (response, { body }) => {
  const { MessageBody } = JSON.parse(body);
  const md5 = createHash('md5').update(MessageBody).digest('hex');
  json(200, { MessageId: 'm-1', MD5OfMessageBody: md5 })(response, {
    method: '',
    path: '',
    headers: {},
    body,
  });
};
const sqsError = (code: number, name: string): Answer =>
  json(code, { __type: `com.amazonaws.sqs#${name}`, message: 'Marked S3CRET' });

t.test('connectors: a queue', async (t) => {
  const credentials = { accessKeyId: 'AKIAS3CRET', secretAccessKey: 'S3CRET' };
  const queue = (url: string, name: string, timeoutMs = PATIENT_MS) =>
    receiving(
      createSqs({ queueUrl: `${url}/123456789012/${name}`, region: 'us-east-1', credentials }, timeoutMs),
    );
  const { url, received } = await receiver(t, sqsAnswer);
  const message = holdMessage();
  t.same(await deliver(queue(url, 'jobs.fifo'), message), { outcome: 'delivered', reference: 'm-1' });
  t.same(await deliver(queue(url, 'jobs'), message), { outcome: 'delivered', reference: 'm-1' });
  const [fifo, standard] = received.map(({ body }) => JSON.parse(body));
  t.equal(received[0]?.headers['x-amz-target'], 'AmazonSQS.SendMessage');
  t.match(fifo, { MessageDeduplicationId: message.id, MessageGroupId: message.id, QueueUrl: /jobs\.fifo$/ });
  t.notOk('MessageDeduplicationId' in standard || 'MessageGroupId' in standard, 'not for a standard queue');
  t.match(standard.MessageAttributes, {
    id: { StringValue: message.id },
    type: { StringValue: 'capsule.render' },
  });
  t.equal(JSON.parse(fifo.MessageBody).type, 'capsule.render');

  const failures: [Answer, object][] = [
    [
      sqsError(400, 'QueueDoesNotExist'),
      { outcome: 'misconfigured', reason: /^answered 400 \(QueueDoesNotExist\): check queue/ },
    ],
    [sqsError(403, 'AccessDenied'), { outcome: 'misconfigured', reason: /^answered 403/ }],
    [sqsError(400, 'RequestThrottled'), { outcome: 'retry' }],
    [status(500), { outcome: 'retry', reason: /^answered 500/ }],
    [garbage, { outcome: 'retry' }],
    [json(200, {}), { outcome: 'retry' }],
    [reset, { outcome: 'retry' }],
  ];
  for (const [answer, expected] of failures) {
    const { url } = await receiver(t, answer);
    t.match(await deliver(queue(url, 'jobs'), message), expected);
  }
  const silent = await receiver(t, hang);
  t.match(await deliver(queue(silent.url, 'jobs', 100), message), { outcome: 'retry', reason: /no answer/ });
  const aborted = await deliver(queue(silent.url, 'jobs'), message, AbortSignal.abort());
  t.same(aborted, { outcome: 'retry', reason: INTERRUPTED });
});

t.test(
  'connectors: events that come together go in one call, each with its id and its own outcome',
  async (t) => {
    const poison: Answer = (response, { body }) =>
      response.writeHead(body.includes('"bad"') ? 422 : 204).end();
    const { url, received } = await receiver(t, poison);
    const events = receiving(createWebhookOfEvents({ url, keys: [KEY] }, PATIENT_MS, () => AT));
    const send = (...ids: string[]) => Promise.all(ids.map((id) => deliver(events, eventMessage(id))));
    t.same(await send('a', 'b', 'c'), Array(3).fill({ outcome: 'delivered' }));
    await send('c', 'b', 'a');
    const [first, again] = received;
    t.match(JSON.parse(first?.body ?? ''), {
      type: 'analytics.events',
      timestamp: AT.toISOString(),
      data: { events: [{ id: 'a', type: 'analytics.event', data: { event: 'aurora_widget_open' } }, {}, {}] },
    });
    t.match(first?.headers['webhook-id'], /^batch_/);
    t.equal(first?.headers['webhook-id'], again?.headers['webhook-id'], 'the same events are the same call');
    t.equal(received.length, 2);

    const outcomes = await send('d', 'bad', 'e', 'f');
    t.same(
      outcomes.map(({ outcome }) => outcome),
      ['delivered', 'rejected', 'delivered', 'delivered'],
      'one that is refused does not take the others with it',
    );
    for (const [code, calls] of [
      [400, 7],
      [401, 1],
      [403, 1],
      [404, 1],
      [413, 7],
      [422, 7],
      [429, 1],
      [500, 1],
    ] as const) {
      const refusing = await receiver(t, status(code));
      const one = receiving(createWebhookOfEvents({ url: refusing.url, keys: [KEY] }, PATIENT_MS, () => AT));
      await Promise.all(['g', 'h', 'i', 'j'].map((id) => deliver(one, eventMessage(id))));
      t.equal(refusing.received.length, calls, `${code}: halves go again only when it may be the content`);
    }
    const many = Array.from({ length: 45 }, (_, at) => `n${at}`);
    received.length = 0;
    t.equal((await send(...many)).filter(({ outcome }) => outcome === 'delivered').length, 45);
    t.same(
      received.map(({ body }) => JSON.parse(body).data.events.length),
      [20, 20, 5],
    );
    const [late, other] = [deliver(events, eventMessage('late'), AbortSignal.abort()), send('x')];
    t.match(await late, { outcome: 'retry', reason: /^interrupted/ });
    t.match(await other, [{ outcome: 'delivered' }], 'and the others go without it');
    t.equal(received.length, 4);
  },
);

t.test('connectors: a queue takes events ten at a time, and refuses them one by one', async (t) => {
  const answer: Answer = (response, { body }) => {
    const { Entries } = JSON.parse(body) as { Entries: { Id: string; MessageBody: string }[] };
    const md5 = (text: string) => createHash('md5').update(text).digest('hex');
    const [refused, throttled, lost, ...taken] = Entries;
    const Failed = [
      { Id: refused?.Id, SenderFault: true, Code: 'InvalidMessageContents', Message: 'Marked' },
      { Id: throttled?.Id, SenderFault: true, Code: 'ThrottlingException' },
    ];
    const Successful = taken.map(({ Id, MessageBody }) => ({
      Id,
      MessageId: `m-${Id}`,
      MD5OfMessageBody: md5(MessageBody),
    }));
    t.ok(lost, 'one of which nothing is said');
    json(200, { Successful, Failed })(response, { method: '', path: '', headers: {}, body });
  };
  const credentials = { accessKeyId: 'AKIAS3CRET', secretAccessKey: 'S3CRET' };
  const queue = (url: string) =>
    receiving(
      createSqsOfEvents({ queueUrl: `${url}/1/events`, region: 'us-east-1', credentials }, PATIENT_MS),
    );
  const { url, received } = await receiver(t, answer);
  const events = queue(url);
  const ids = Array.from({ length: 10 }, (_, at) => `n${at}`);
  const outcomes = await Promise.all(ids.map((id) => deliver(events, eventMessage(id))));
  t.equal(received.length, 1);
  t.equal(received[0]?.headers['x-amz-target'], 'AmazonSQS.SendMessageBatch');
  t.match(outcomes, [
    { outcome: 'rejected', reason: 'refused by the queue (InvalidMessageContents)' },
    { outcome: 'retry', reason: 'refused by the queue (ThrottlingException)' },
    { outcome: 'retry', reason: 'answered without the id of the message' },
    ...ids.slice(3).map((_, at) => ({ outcome: 'delivered', reference: `m-${at + 3}` })),
  ]);
  const down = await receiver(t, status(500));
  t.match(await deliver(queue(down.url), eventMessage('a')), { outcome: 'retry', reason: /^answered 500/ });
});

t.test('connectors: a certificate that is not trusted', async (t) => {
  const received: string[] = [];
  const server = createServer(SELF_SIGNED, ({ url = '' }, response) => {
    received.push(url);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  const webhook = receiving(createWebhook({ url: `https://127.0.0.1:${port}`, keys: [KEY] }, PATIENT_MS));
  t.same(await deliver(webhook, holdMessage()), {
    outcome: 'retry',
    reason: 'no connection (DEPTH_ZERO_SELF_SIGNED_CERT): check its certificate',
  });
  t.same(received, []);
});

t.test('connectors: no outcome holds a credential or personal data', async (t) => nothingLeaked(t, 90));
