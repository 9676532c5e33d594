import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Connector, Message, Outcome } from '../connector.js';
import { CodePayload, SubscriptionDocument, UpdatePayload } from '../documents.js';
import { type Reply, send } from '../http.js';
import { made } from '../outcome-of.js';

/**
 * Braze: braze.com/docs/api/endpoints/user_data/post_user_track, where an event is what a campaign or Canvas answers with its message,
 * and braze.com/docs/api/endpoints/messaging/send_messages/post_send_transactional_message.
 */
export interface BrazeSettings {
  restUrl: string;
  apiKey: string;
  /** The subscription group of each channel; without one only the event is recorded. */
  groups: { sms?: string; email?: string };
  /** The campaign that sends updates by email; without one they are events, as they are for text messages. */
  transactionalCampaign?: string;
}

/** The event of each kind. */
const EVENTS = new Map([
  ['subscription.created', 'order_updates_subscribed'],
  ['subscription.code', 'order_updates_code'],
  ['subscription.stopped', 'order_updates_stopped'],
  ['order.update', 'order_updated'],
]);
const ALIAS_LABEL = 'concierge_subscription';

const Tracked = Type.Object({ message: Type.String(), errors: Type.Optional(Type.Array(Type.Unknown())) });
const Sent = Type.Object({ dispatch_id: Type.String({ maxLength: 100 }) });

export function createBraze(
  settings: BrazeSettings,
  timeoutMs: number,
  now: () => Date = () => new Date(),
): Connector {
  const { restUrl, apiKey, transactionalCampaign } = settings;
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  const post = (path: string, body: object, signal: AbortSignal): Promise<Reply> =>
    send(
      { method: 'POST', url: `${restUrl}${path}`, headers, body: JSON.stringify(body) },
      timeoutMs,
      signal,
    );

  async function track(body: object, signal: AbortSignal): Promise<Outcome> {
    const reply = await post('/users/track', body, signal);
    const outcome = made(reply, Tracked, () => undefined, now());
    // a 201 can say what was not taken
    const refused = reply.answered && Value.Check(Tracked, reply.body) ? (reply.body.errors ?? []) : [];
    if (outcome.outcome !== 'delivered' || refused.length === 0) return outcome;
    return { outcome: 'rejected', reason: `accepted with ${refused.length} errors` };
  }

  return {
    name: 'braze',
    async deliver(message, signal): Promise<Outcome> {
      const { kind, document } = message;
      const event = EVENTS.get(kind);
      if (!event) return { outcome: 'rejected', reason: `nothing to do for ${kind}` };
      if (!Value.Check(SubscriptionDocument, document))
        return { outcome: 'rejected', reason: 'the document is no subscription' };
      if (document.channel === 'sms' && !document.consent.given)
        return { outcome: 'rejected', reason: 'there is no consent to text messages' };
      if (!transactionalCampaign || document.channel !== 'email' || kind !== 'order.update')
        return track(toTrack(event, message, document, settings), signal);
      const path = `/transactional/v1/campaigns/${encodeURIComponent(transactionalCampaign)}/send`;
      const reply = await post(path, toSend(message, document), signal);
      return made(reply, Sent, ({ dispatch_id }) => dispatch_id, now());
    },
  };
}

function toTrack(
  name: string,
  message: Message,
  subscription: SubscriptionDocument,
  settings: BrazeSettings,
): object {
  const who = whoIs(subscription, settings);
  const { createdAt } = subscription;
  const { payload } = message;
  const event = {
    ...who,
    name,
    // of what has happened, not of the attempt: a repeat is the same event
    time: (Value.Check(UpdatePayload, payload) ? payload.at : createdAt).toISOString(),
    properties: propertiesOf(message, subscription),
    _update_existing_only: false,
  };
  if (message.kind !== 'subscription.created') return { events: [event] };
  const group = settings.groups[subscription.channel];
  const groups = group && {
    subscription_groups: [{ subscription_group_id: group, subscription_state: 'subscribed' }],
  };
  return { attributes: [{ ...who, _update_existing_only: false, ...groups }], events: [event] };
}

const aliasOf = ({ subscriptionId }: SubscriptionDocument) => ({
  alias_name: subscriptionId,
  alias_label: ALIAS_LABEL,
});

// A transactional email goes to an alias, so that the profile is made with one.
function whoIs(subscription: SubscriptionDocument, { transactionalCampaign }: BrazeSettings): object {
  const { channel, destination } = subscription;
  if (channel === 'sms') return { phone: destination };
  return transactionalCampaign
    ? { user_alias: aliasOf(subscription), email: destination }
    : { email: destination };
}

/** Braze sends one email an `external_send_id`, however often it is asked within a day. */
const toSend = (message: Message, subscription: SubscriptionDocument): object => ({
  external_send_id: message.id,
  trigger_properties: propertiesOf(message, subscription),
  recipient: { user_alias: aliasOf(subscription), attributes: { email: subscription.destination } },
});

function propertiesOf({ id, payload }: Message, subscription: SubscriptionDocument): object {
  const { orderNumber, subscriptionId, channel } = subscription;
  const update = Value.Check(UpdatePayload, payload) ? payload : undefined;
  return {
    order_number: orderNumber,
    subscription_id: subscriptionId,
    channel,
    delivery_id: id,
    ...(Value.Check(CodePayload, payload) && { code: payload.code }),
    ...(update && {
      status: update.status,
      label: update.label,
      carrier: update.carrier,
      tracking: update.tracking,
      tracking_url: update.trackingUrl,
      eta: update.eta?.toISOString(),
    }),
  };
}
