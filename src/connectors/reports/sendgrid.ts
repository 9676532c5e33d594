import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { codeIn, deliveryIdIn, type MessageReport, type MessageState } from './report.js';

/** The verification key as SendGrid shows it, base64 of its DER; undefined for what is no such key. */
export function readSendgridKey(text: string): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ec' ? key : undefined;
  } catch {
    return undefined;
  }
}

/**
 * docs.sendgrid.com/for-developers/tracking-events/getting-started-event-webhook-security-features: ECDSA with SHA-256 over the timestamp
 * and the body as it came. No age is documented, and it is sent again for a day: what is reported twice changes nothing.
 */
export function isFromSendgrid(
  keys: readonly KeyObject[],
  headers: Record<string, string | string[] | undefined>,
  body: Buffer,
): boolean {
  const signature = String(headers['x-twilio-email-event-webhook-signature'] ?? '');
  const timestamp = String(headers['x-twilio-email-event-webhook-timestamp'] ?? '');
  if (!signature || !timestamp) return false;
  const said = Buffer.concat([Buffer.from(timestamp), body]);
  return keys.some((key) => verify('sha256', said, key, Buffer.from(signature, 'base64')));
}

const maybe = () => Type.Optional(Type.Unknown());

/** docs.sendgrid.com/for-developers/tracking-events/event: of an event, the fields that are read. */
const Event = Type.Object({
  event: Type.String(),
  timestamp: Type.Integer({ minimum: 0, maximum: 9_999_999_999 }),
  email: maybe(),
  'smtp-id': maybe(),
  type: maybe(),
  status: maybe(),
  reason: maybe(),
});

/** Reasons of `dropped` for which SendGrid sends nothing more to the address. */
const DROPPED = /^(Bounced Address|Spam Reporting Address|Unsubscribed Address|Invalid)/i;

/** What SendGrid reports in one call; events that say nothing of the fate of a message, or cannot be read, are left out. */
export const readSendgrid = (body: unknown): MessageReport[] =>
  (Array.isArray(body) ? body : []).flatMap((event) => (Value.Check(Event, event) ? reportOf(event) : []));

function reportOf(event: typeof Event.static): MessageReport[] {
  const told = toldBy(event);
  if (!told) return [];
  const { email, timestamp } = event;
  return [
    {
      vendor: 'sendgrid',
      channel: 'email',
      deliveryId: deliveryIdIn(event['smtp-id']),
      ...told,
      at: new Date(timestamp * 1000),
      address: typeof email === 'string' ? email : undefined,
    },
  ];
}

function toldBy({
  event,
  type,
  status,
  reason,
}: typeof Event.static): { state: MessageState; reason?: string | undefined } | undefined {
  switch (event) {
    case 'delivered':
      return { state: 'delivered' };
    // `blocked` may pass; a bounce says that there is no such mailbox
    case 'bounce':
      return {
        state: type === 'blocked' ? 'failed' : 'suppressed',
        reason: [codeIn(type) ?? 'bounce', codeIn(status)].filter(Boolean).join(' '),
      };
    case 'dropped': {
      const known = typeof reason === 'string' ? DROPPED.exec(reason)?.[0] : undefined;
      return { state: known ? 'suppressed' : 'failed', reason: known ?? 'dropped' };
    }
    case 'spamreport':
    case 'unsubscribe':
    case 'group_unsubscribe':
      return { state: 'suppressed', reason: event };
    default:
      return undefined;
  }
}
