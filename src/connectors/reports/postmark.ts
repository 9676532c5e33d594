import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { codeIn, deliveryIdIn, type MessageReport } from './report.js';

const maybe = () => Type.Optional(Type.Unknown());

/** postmarkapp.com/developer/webhooks: of the events, the fields that are read. */
const Event = Type.Object({
  RecordType: Type.String(),
  Type: maybe(),
  Inactive: maybe(),
  SuppressSending: maybe(),
  SuppressionReason: maybe(),
  Email: maybe(),
  Recipient: maybe(),
  DeliveredAt: maybe(),
  BouncedAt: maybe(),
  ChangedAt: maybe(),
  Metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});

/** What Postmark reports; nothing for an event that says nothing of the fate of a message. */
export function readPostmark(body: unknown, now: Date): MessageReport[] {
  if (!Value.Check(Event, body)) return [];
  const { RecordType, Type: type, Inactive, Email, Recipient, Metadata, SuppressionReason } = body;
  const address = [Email, Recipient].find((one) => typeof one === 'string');
  const common = {
    vendor: 'postmark',
    channel: 'email',
    deliveryId: deliveryIdIn(Metadata?.delivery),
    at: timeIn([body.DeliveredAt, body.BouncedAt, body.ChangedAt]) ?? now,
    address,
  } as const;
  switch (RecordType) {
    case 'Delivery':
      return [{ ...common, state: 'delivered' }];
    // `Inactive`: Postmark itself sends nothing more to the address, after a hard bounce
    case 'Bounce':
      return [{ ...common, state: Inactive === true ? 'suppressed' : 'failed', reason: codeIn(type) }];
    case 'SpamComplaint':
      return [{ ...common, state: 'suppressed', reason: 'SpamComplaint' }];
    case 'SubscriptionChange':
      if (body.SuppressSending !== true) return [];
      return [{ ...common, state: 'suppressed', reason: codeIn(SuppressionReason) }];
    default:
      return [];
  }
}

const timeIn = (values: unknown[]): Date | undefined =>
  values
    .map((value) => new Date(typeof value === 'string' ? value : Number.NaN))
    .find((date) => !Number.isNaN(date.getTime()));
