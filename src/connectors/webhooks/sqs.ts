import type { BatchResultErrorEntry, SQS, SQSClientConfig } from '@aws-sdk/client-sqs';
import type { Outcome } from '../connector.js';
import { INTERRUPTED, silentFor } from '../http.js';
import { outcomeOf } from '../outcome.js';
import { batched } from './batch.js';
import { bodyOf, type EventReceiver, type SentEvent } from './event.js';

/** Amazon SQS: docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html and API_SendMessageBatch.html */
export interface SqsSettings {
  queueUrl: string;
  region: string;
  /** Left out to use AWS's default credentials. */
  credentials?: { accessKeyId: string; secretAccessKey: string };
}

/** Of a client error, those that pass: the key of an encrypted queue can be throttled too, and the SDK sets its clock by the answer. */
const PASSING = /Throttl|OverLimit|RequestExpired|RequestTimeTooSkewed|ExpiredToken|TooManyRequests/;
/** What there is to do when these last. */
const IF_IT_LASTS = 'if it lasts, check the clock here and the quotas there';
const CHECK = 'check queue, region and credentials';

/** They say nothing of the message: with any other it would be the same. */
const MISCONFIGURED =
  /^(QueueDoesNotExist|NonExistentQueue|AWS\.SimpleQueueService\.NonExistentQueue|InvalidAddress|AccessDenied|AccessDeniedException|InvalidClientTokenId|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSecurity|OptInRequired|UnrecognizedClientException|IncompleteSignature|MissingAuthenticationToken|CredentialsProviderError|Kms[A-Za-z]+|KMS\.[A-Za-z]+)$/;

const CODE = /^[A-Za-z][A-Za-z.]{1,60}$/;
/** What one call can take. */
const MAX_ENTRIES = 10;
const GATHERING_MS = 25;

export function createSqs(
  settings: SqsSettings,
  timeoutMs: number,
  now: () => Date = () => new Date(),
): EventReceiver {
  const client = queueClient(settings, timeoutMs);
  const { queueUrl: QueueUrl } = settings;
  return {
    name: 'sqs',
    async send(event, { id, signal }) {
      const input = { QueueUrl, ...entryOf({ id, ...event }, QueueUrl) };
      const reply = await sent(
        async (abortSignal) => (await client()).sendMessage(input, { abortSignal }),
        timeoutMs,
        signal,
        now,
      );
      if ('outcome' in reply) return reply;
      return acknowledged(reply.output.MessageId);
    },
  };
}

/** A queue that is sent many events: those that come together go in one call, each as a message of its own. */
export function createSqsOfEvents(
  settings: SqsSettings,
  timeoutMs: number,
  now: () => Date = () => new Date(),
): EventReceiver {
  const client = queueClient(settings, timeoutMs);
  const { queueUrl: QueueUrl } = settings;

  async function deliverAll(events: SentEvent[], signal: AbortSignal): Promise<Outcome[]> {
    const Entries = events.map((event, index) => ({ Id: String(index), ...entryOf(event, QueueUrl) }));
    const input = { QueueUrl, Entries };
    const reply = await sent(
      async (abortSignal) => (await client()).sendMessageBatch(input, { abortSignal }),
      timeoutMs,
      signal,
      now,
    );
    if ('outcome' in reply) return events.map(() => reply);
    const { Successful = [], Failed = [] } = reply.output;
    return Entries.map(({ Id }) => {
      const failure = Failed.find((entry) => entry.Id === Id);
      return failure
        ? refused(failure)
        : acknowledged(Successful.find((entry) => entry.Id === Id)?.MessageId);
    });
  }

  return {
    name: 'sqs',
    limits: { concurrency: 2 * MAX_ENTRIES },
    send: batched({ maxEntries: MAX_ENTRIES, waitMs: GATHERING_MS, deliverAll }),
  };
}

function entryOf(event: SentEvent, queueUrl: string) {
  const { id, type } = event;
  return {
    MessageBody: bodyOf(event),
    // a queue forgets the id after five minutes, a consumer need not
    MessageAttributes: { id: attribute(id), type: attribute(type) },
    // a group each: one job does not wait for another
    ...(queueUrl.endsWith('.fifo') && { MessageDeduplicationId: id, MessageGroupId: id }),
  };
}

/** The answer to a call, or what became of it without one. */
async function sent<Output>(
  call: (signal: AbortSignal) => Promise<Output>,
  timeoutMs: number,
  signal: AbortSignal,
  now: () => Date,
): Promise<Outcome | { output: Output }> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    return { output: await call(AbortSignal.any([signal, timeout])) };
  } catch (error) {
    if (signal.aborted) return { outcome: 'retry', reason: INTERRUPTED };
    if (timeout.aborted) return { outcome: 'retry', reason: silentFor(timeoutMs) };
    return failed(error, now());
  }
}

const acknowledged = (reference: string | undefined): Outcome =>
  reference
    ? { outcome: 'delivered', reference }
    : { outcome: 'retry', reason: 'answered without the id of the message: check the address' };

// One entry of a call that as a whole succeeded.
function refused({ SenderFault, Code = '' }: BatchResultErrorEntry): Outcome {
  const code = CODE.test(Code) ? ` (${Code})` : '';
  const reason = `refused by the queue${code}`;
  if (PASSING.test(Code) || !(SenderFault || MISCONFIGURED.test(Code)))
    return { outcome: 'retry', reason: `${reason}; ${IF_IT_LASTS}` };
  return MISCONFIGURED.test(Code)
    ? { outcome: 'misconfigured', reason: `${reason}: ${CHECK}` }
    : { outcome: 'rejected', reason: `${reason}: see what its consumer takes` };
}

const attribute = (value: string) => ({ DataType: 'String', StringValue: value });

// The name of an error says what went wrong; its message can repeat what was sent.
function failed(error: unknown, now: Date): Outcome {
  const { name = '', $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  // the SDK's word for no name
  const code = CODE.test(name) && name !== 'Unknown' ? name : undefined;
  const status = $metadata?.httpStatusCode;
  if (PASSING.test(name))
    return { outcome: 'retry', reason: `answered ${status ?? 'nothing'} (${code}); ${IF_IT_LASTS}` };
  if (MISCONFIGURED.test(name))
    return { outcome: 'misconfigured', reason: `answered ${status ?? 'nothing'} (${name}): ${CHECK}` };
  if (status === undefined || status < 400)
    return {
      outcome: 'retry',
      reason: `no answer that can be used${code ? ` (${code})` : ''}: check queue, network and firewall`,
    };
  return outcomeOf({ answered: true, status, retryAfter: null, body: undefined }, now, code);
}

/** The client is loaded with the first message: a process without queues does without it. */
function queueClient(settings: SqsSettings, timeoutMs: number): () => Promise<SQS> {
  let client: Promise<SQS> | undefined;
  const load = async () => {
    const { SQS } = await import('@aws-sdk/client-sqs');
    return new SQS(clientConfig(settings, timeoutMs));
  };
  return () => {
    client ??= load();
    return client;
  };
}

const clientConfig = ({ region, credentials }: SqsSettings, timeoutMs: number): SQSClientConfig => ({
  region,
  // the dispatcher sees to further attempts
  maxAttempts: 1,
  requestHandler: { connectionTimeout: timeoutMs, requestTimeout: timeoutMs, throwOnRequestTimeout: true },
  credentials,
});
