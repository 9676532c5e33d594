import { SendMessageCommand, SQSClient, type SQSClientConfig } from '@aws-sdk/client-sqs';
import type { Connector, Outcome } from './connector.js';
import { eventOf } from './event.js';
import { outcomeOf } from './outcome-of.js';

/** Amazon SQS: docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
export interface SqsSettings {
  queueUrl: string;
  region: string;
  /** Left out to use AWS's default credentials. */
  credentials?: { accessKeyId: string; secretAccessKey: string };
}

/** Of a client error, those that pass. */
const PASSING = /Throttl|OverLimit|RequestExpired|ExpiredToken|TooManyRequests/;

export function createSqs(
  settings: SqsSettings,
  timeoutMs: number,
  now: () => Date = () => new Date(),
): Connector {
  const client = new SQSClient(clientConfig(settings, timeoutMs));
  const { queueUrl: QueueUrl } = settings;
  const isFifo = QueueUrl.endsWith('.fifo');
  return {
    name: 'sqs',
    async deliver(message, signal) {
      const { id, kind } = message;
      const command = new SendMessageCommand({
        QueueUrl,
        MessageBody: eventOf(message),
        // a queue forgets the id after five minutes, a consumer need not
        MessageAttributes: { id: attribute(id), type: attribute(kind) },
        // a group each: one job does not wait for another
        ...(isFifo && { MessageDeduplicationId: id, MessageGroupId: id }),
      });
      const timeout = AbortSignal.timeout(timeoutMs);
      try {
        const { MessageId } = await client.send(command, { abortSignal: AbortSignal.any([signal, timeout]) });
        return MessageId
          ? { outcome: 'delivered', reference: MessageId }
          : { outcome: 'retry', reason: 'answered without the id of the message' };
      } catch (error) {
        if (signal.aborted) return { outcome: 'retry', reason: 'interrupted before there was an answer' };
        if (timeout.aborted) return { outcome: 'retry', reason: `no answer within ${timeoutMs} ms` };
        return failed(error, now());
      }
    },
  };
}

const attribute = (value: string) => ({ DataType: 'String', StringValue: value });

// The name of an error says what went wrong; its message can repeat what was sent.
function failed(error: unknown, now: Date): Outcome {
  const { name = '', $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  const code = /^[A-Za-z][A-Za-z.]{1,60}$/.test(name) ? name : undefined;
  const status = $metadata?.httpStatusCode;
  if (status === undefined || status < 400 || PASSING.test(name))
    return { outcome: 'retry', reason: `no answer that can be used${code ? ` (${code})` : ''}` };
  return outcomeOf({ answered: true, status, retryAfter: null, body: undefined }, now, code);
}

const clientConfig = ({ region, credentials }: SqsSettings, timeoutMs: number): SQSClientConfig => ({
  region,
  // the dispatcher sees to further attempts
  maxAttempts: 1,
  requestHandler: { connectionTimeout: timeoutMs, requestTimeout: timeoutMs, throwOnRequestTimeout: true },
  ...(credentials && { credentials }),
});
