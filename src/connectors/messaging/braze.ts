import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Outcome } from '../connector.js';
import { type Reply, send } from '../http.js';
import { made } from '../outcome.js';
import type { Carrier, Notice } from './notice.js';

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
const EVENTS: Record<Notice['kind'], string> = {
  'subscription.created': 'order_updates_subscribed',
  'subscription.code': 'order_updates_code',
  'subscription.stopped': 'order_updates_stopped',
  'order.update': 'order_updated',
};
const ALIAS_LABEL = 'concierge_subscription';

const Tracked = Type.Object({ message: Type.String(), errors: Type.Optional(Type.Array(Type.Unknown())) });
const Sent = Type.Object({ dispatch_id: Type.String({ maxLength: 100 }) });

export function createBraze(
  settings: BrazeSettings,
  timeoutMs: number,
  now: () => Date = () => new Date(),
): Carrier {
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
    async tell(notice, { id, signal }): Promise<Outcome> {
      if (!transactionalCampaign || notice.channel !== 'email' || notice.kind !== 'order.update')
        return track(toTrack(id, notice, settings), signal);
      const path = `/transactional/v1/campaigns/${encodeURIComponent(transactionalCampaign)}/send`;
      const reply = await post(path, toSend(id, notice), signal);
      return made(reply, Sent, ({ dispatch_id }) => dispatch_id, now());
    },
  };
}

function toTrack(id: string, notice: Notice, settings: BrazeSettings): object {
  const who = whoIs(notice, settings);
  const event = {
    ...who,
    name: EVENTS[notice.kind],
    // of what has happened, not of the attempt: a repeat is the same event
    time: notice.at.toISOString(),
    properties: propertiesOf(id, notice),
    _update_existing_only: false,
  };
  if (notice.kind !== 'subscription.created') return { events: [event] };
  const group = settings.groups[notice.channel];
  const groups = group && {
    subscription_groups: [{ subscription_group_id: group, subscription_state: 'subscribed' }],
  };
  return { attributes: [{ ...who, _update_existing_only: false, ...groups }], events: [event] };
}

const aliasOf = ({ subscriptionId }: Notice) => ({
  alias_name: subscriptionId,
  alias_label: ALIAS_LABEL,
});

// A transactional email goes to an alias, so that the profile is made with one.
function whoIs(notice: Notice, { transactionalCampaign }: BrazeSettings): object {
  const { channel, to } = notice;
  if (channel === 'sms') return { phone: to };
  return transactionalCampaign ? { user_alias: aliasOf(notice), email: to } : { email: to };
}

/** Braze sends one email an `external_send_id`, however often it is asked within a day. */
const toSend = (id: string, notice: Notice): object => ({
  external_send_id: id,
  trigger_properties: propertiesOf(id, notice),
  recipient: { user_alias: aliasOf(notice), attributes: { email: notice.to } },
});

function propertiesOf(id: string, notice: Notice): object {
  const { orderNumber, subscriptionId, channel } = notice;
  const update = notice.kind === 'order.update' ? notice.update : undefined;
  return {
    order_number: orderNumber,
    subscription_id: subscriptionId,
    channel,
    delivery_id: id,
    code: notice.kind === 'subscription.code' ? notice.code : undefined,
    status: update?.status,
    label: update?.label,
    carrier: update?.carrier,
    tracking: update?.tracking,
    tracking_url: update?.trackingUrl,
    eta: update?.eta?.toISOString(),
  };
}
