import { createVerify, X509Certificate } from 'node:crypto';
import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { codeIn, deliveryIdIn, type MessageReport } from './report.js';

/** docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
const SnsMessage = Type.Object({
  Type: Type.Union(
    ['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation'].map((one) => Type.Literal(one)),
  ),
  MessageId: Type.String(),
  TopicArn: Type.String(),
  Message: Type.String(),
  Timestamp: Type.String(),
  SignatureVersion: Type.Union([Type.Literal('1'), Type.Literal('2')]),
  Signature: Type.String(),
  SigningCertURL: Type.String(),
  Subject: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  Token: Type.Optional(Type.String()),
  SubscribeURL: Type.Optional(Type.String()),
});
type SnsMessage = Static<typeof SnsMessage>;

export const isSnsMessage = (body: unknown): body is SnsMessage => Value.Check(SnsMessage, body);

const HOST = /^sns\.[a-z0-9-]{3,40}\.amazonaws\.com(\.cn)?$/;

/** Whether an address is one of Amazon SNS itself: nothing else is asked for a certificate, or visited to confirm a subscription. */
export function isOfSns(address: string | undefined): address is string {
  if (!address || !URL.canParse(address)) return false;
  const { protocol, host, username, password } = new URL(address);
  return protocol === 'https:' && HOST.test(host) && !username && !password;
}

const SIGNED = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  other: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
} as const;

/** docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html: by the key of a certificate that lies with SNS. */
function isSigned(message: SnsMessage, certificate: string): boolean {
  const fields = message.Type === 'Notification' ? SIGNED.Notification : SIGNED.other;
  const said = fields.flatMap((name) => {
    const value = message[name];
    return value === undefined || value === null ? [] : [`${name}\n${value}\n`];
  });
  try {
    const { publicKey } = new X509Certificate(certificate);
    const hash = message.SignatureVersion === '2' ? 'RSA-SHA256' : 'RSA-SHA1';
    return createVerify(hash).update(said.join('')).verify(publicKey, message.Signature, 'base64');
  } catch {
    return false;
  }
}

/** A certificate is a few kilobytes; there are as many as regions and years. */
const MAX_BYTES = 64 * 1024;
const MAX_KEPT = 20;
const TIMEOUT_MS = 5000;

/** Reads what lies at an address of SNS, following it nowhere else. */
async function read(address: string): Promise<string> {
  const response = await fetch(address, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (response.status !== 200) throw new Error(`SNS answered ${response.status}`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_BYTES) throw new Error('SNS answered more than a certificate');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** What has to be asked of SNS itself. */
export function createSns() {
  const certificates = new Map<string, string>();

  async function certificateAt(address: string): Promise<string> {
    const known = certificates.get(address);
    if (known) return known;
    const certificate = await read(address);
    if (certificates.size >= MAX_KEPT) certificates.clear();
    certificates.set(address, certificate);
    return certificate;
  }

  return {
    /** False for what SNS has not signed. @throws when SNS cannot be asked for its certificate. */
    async hasSigned(message: SnsMessage): Promise<boolean> {
      const { SigningCertURL: address } = message;
      if (!isOfSns(address) || !new URL(address).pathname.endsWith('.pem')) return false;
      return isSigned(message, await certificateAt(address));
    },
    /** Confirms that the topic may call here. @throws when SNS cannot be reached. */
    async confirm({ SubscribeURL: address }: SnsMessage): Promise<void> {
      if (isOfSns(address)) await read(address);
    },
  };
}

const maybe = () => Type.Optional(Type.Unknown());
const Recipients = Type.Array(Type.Object({ emailAddress: Type.String(), status: maybe() }));
const Time = Type.String({ maxLength: 40 });

/** docs.aws.amazon.com/ses/latest/dg/notification-contents.html, and event publishing, which says `eventType`. */
const Notification = Type.Object({
  notificationType: Type.Optional(Type.String()),
  eventType: Type.Optional(Type.String()),
  mail: Type.Object({
    headers: Type.Optional(Type.Array(Type.Object({ name: Type.String(), value: Type.String() }))),
    commonHeaders: Type.Optional(Type.Object({ messageId: maybe() })),
  }),
  bounce: Type.Optional(
    Type.Object({ bounceType: Type.String(), bouncedRecipients: Recipients, timestamp: Time }),
  ),
  complaint: Type.Optional(
    Type.Object({ complainedRecipients: Recipients, complaintFeedbackType: maybe(), timestamp: Time }),
  ),
  delivery: Type.Optional(Type.Object({ timestamp: Time })),
});

/** What SES reports in the message of a notification; nothing for what says nothing of the fate of a message. */
export function readSes({ Message }: Pick<SnsMessage, 'Message'>, now: Date): MessageReport[] {
  const told = parsed(Message);
  if (!Value.Check(Notification, told)) return [];
  const { mail, bounce, complaint, delivery } = told;
  const ours = mail.headers?.find(({ name }) => name.toLowerCase() === 'message-id')?.value;
  const common = {
    vendor: 'ses',
    channel: 'email',
    // SES gives the message an id of its own; ours is among the original headers
    deliveryId: deliveryIdIn(ours) ?? deliveryIdIn(mail.commonHeaders?.messageId),
  } as const;
  switch (told.notificationType ?? told.eventType) {
    case 'Delivery':
      return delivery ? [{ ...common, state: 'delivered', at: timeOf(delivery.timestamp, now) }] : [];
    case 'Bounce':
      return (bounce?.bouncedRecipients ?? []).map(({ emailAddress, status }) => ({
        ...common,
        state: bounce?.bounceType === 'Permanent' ? 'suppressed' : 'failed',
        reason: [codeIn(bounce?.bounceType), 'bounce', codeIn(status)].filter(Boolean).join(' '),
        at: timeOf(bounce?.timestamp, now),
        address: emailAddress,
      }));
    case 'Complaint':
      return (complaint?.complainedRecipients ?? []).map(({ emailAddress }) => ({
        ...common,
        state: 'suppressed',
        reason: ['complaint', codeIn(complaint?.complaintFeedbackType)].filter(Boolean).join(' '),
        at: timeOf(complaint?.timestamp, now),
        address: emailAddress,
      }));
    default:
      return [];
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function timeOf(text: string | undefined, now: Date): Date {
  const at = new Date(text ?? Number.NaN);
  return Number.isNaN(at.getTime()) ? now : at;
}
