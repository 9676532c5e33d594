import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Connector, Outcome } from './connector.js';
import { SubscriptionDocument } from './documents.js';
import { made, send } from './http.js';

/**
 * Braze: braze.com/docs/api/endpoints/user_data/post_user_track. One call makes the profile, puts it into the subscription group and
 * records the event that a campaign or Canvas answers with its message.
 */
export interface BrazeSettings {
  restUrl: string;
  apiKey: string;
  /** The subscription group of each channel; without one only the event is recorded. */
  groups: { sms?: string; email?: string };
}

const EVENT = 'order_updates_subscribed';
const Tracked = Type.Object({ message: Type.String(), errors: Type.Optional(Type.Array(Type.Unknown())) });

export function createBraze(
  { restUrl, apiKey, groups }: BrazeSettings,
  timeoutMs: number,
  now: () => Date = () => new Date(),
): Connector {
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  return {
    name: 'braze',
    async deliver({ id, kind, document }, signal): Promise<Outcome> {
      if (kind !== 'subscription.created')
        return { outcome: 'rejected', reason: `nothing to do for ${kind}` };
      if (!Value.Check(SubscriptionDocument, document))
        return { outcome: 'rejected', reason: 'the document is no subscription' };
      if (document.channel === 'sms' && !document.consent.given)
        return { outcome: 'rejected', reason: 'there is no consent to text messages' };
      const body = JSON.stringify(toTrack(id, document, groups[document.channel]));
      const reply = await send(
        { method: 'POST', url: `${restUrl}/users/track`, headers, body },
        timeoutMs,
        signal,
      );
      const outcome = made(reply, Tracked, () => undefined, now());
      // a 201 can say what was not taken
      const refused = reply.answered && Value.Check(Tracked, reply.body) ? (reply.body.errors ?? []) : [];
      if (outcome.outcome !== 'delivered' || refused.length === 0) return outcome;
      return { outcome: 'rejected', reason: `accepted with ${refused.length} errors` };
    },
  };
}

function toTrack(id: string, subscription: SubscriptionDocument, group: string | undefined): object {
  const { channel, destination, orderNumber, subscriptionId, createdAt } = subscription;
  const who = channel === 'sms' ? { phone: destination } : { email: destination };
  const groups = group && {
    subscription_groups: [{ subscription_group_id: group, subscription_state: 'subscribed' }],
  };
  return {
    attributes: [{ ...who, _update_existing_only: false, ...groups }],
    events: [
      {
        ...who,
        name: EVENT,
        // of the subscription, not of the attempt: a repeat is the same event
        time: createdAt.toISOString(),
        properties: {
          order_number: orderNumber,
          subscription_id: subscriptionId,
          channel,
          delivery_id: id,
        },
        _update_existing_only: false,
      },
    ],
  };
}
