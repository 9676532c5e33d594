import { type Static, Type } from '@sinclair/typebox';
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

const Alias = Type.Object(
  { alias_name: Type.String({ description: 'The id of the subscription.' }), alias_label: Type.String() },
  { title: 'BrazeAlias' },
);
const Properties = Type.Object(
  {
    order_number: Type.String(),
    subscription_id: Type.String(),
    channel: Type.String({ description: 'sms or email.' }),
    delivery_id: Type.String({ description: 'The same at every attempt.' }),
    code: Type.Optional(Type.String({ description: 'Of order_updates_code.' })),
    status: Type.Optional(Type.String({ description: 'Of order_updated, as are those that follow.' })),
    label: Type.Optional(Type.String({ description: 'What the customer reads for it.' })),
    carrier: Type.Optional(Type.String()),
    tracking: Type.Optional(Type.String({ description: 'Its end alone, but to the address of the order.' })),
    tracking_url: Type.Optional(Type.String()),
    eta: Type.Optional(Type.String({ format: 'date-time' })),
  },
  { title: 'BrazeProperties', description: 'What a campaign or Canvas can say.' },
);
const who = {
  phone: Type.Optional(Type.String({ description: 'In E.164 form, for text messages.' })),
  email: Type.Optional(Type.String()),
  user_alias: Type.Optional(Alias),
  _update_existing_only: Type.Literal(false),
};

/** `POST /users/track` */
export const BrazeTrack = Type.Object(
  {
    attributes: Type.Optional(
      Type.Array(
        Type.Object(
          {
            ...who,
            subscription_groups: Type.Optional(
              Type.Array(
                Type.Object(
                  { subscription_group_id: Type.String(), subscription_state: Type.Literal('subscribed') },
                  { title: 'BrazeGroup' },
                ),
              ),
            ),
          },
          { title: 'BrazeAttributes' },
        ),
      ),
    ),
    events: Type.Optional(
      Type.Array(
        Type.Object(
          {
            ...who,
            name: Type.String({
              description:
                'order_updates_subscribed, order_updates_code, order_updates_stopped or order_updated.',
            }),
            time: Type.String({ format: 'date-time', description: 'When it happened.' }),
            properties: Properties,
          },
          { title: 'BrazeEvent' },
        ),
      ),
    ),
  },
  { title: 'BrazeTrack' },
);
/** `POST /transactional/v1/campaigns/{campaign_id}/send` */
export const BrazeSend = Type.Object(
  {
    external_send_id: Type.String({ description: 'Of the delivery: Braze sends one email for it.' }),
    trigger_properties: Properties,
    recipient: Type.Object(
      {
        user_alias: Alias,
        attributes: Type.Object({ email: Type.String() }, { title: 'BrazeRecipientAttributes' }),
      },
      { title: 'BrazeRecipient' },
    ),
  },
  { title: 'BrazeSend' },
);
/** `POST /users/delete`, for an erasure: of one kind of identifier a call */
export const BrazeDelete = Type.Object(
  {
    email_addresses: Type.Optional(
      Type.Array(
        Type.Object(
          { email: Type.String(), prioritization: Type.Array(Type.String()) },
          { title: 'BrazeDeletedAddress' },
        ),
        { maxItems: 50 },
      ),
    ),
    phone_numbers: Type.Optional(Type.Array(Type.String(), { maxItems: 50 })),
  },
  { title: 'BrazeDelete' },
);

/** The event of each kind. */
const EVENTS: Record<Notice['kind'], string> = {
  'subscription.created': 'order_updates_subscribed',
  'subscription.code': 'order_updates_code',
  'subscription.stopped': 'order_updates_stopped',
  'order.update': 'order_updated',
};
const ALIAS_LABEL = 'concierge_subscription';

const Tracked = Type.Object({ message: Type.String(), errors: Type.Optional(Type.Array(Type.Unknown())) });
const Refused = Type.Object({ message: Type.String() });
const Sent = Type.Object({ dispatch_id: Type.String({ maxLength: 100 }) });

const CAMPAIGN = 'check BRAZE_TRANSACTIONAL_CAMPAIGN_ID';
/** Of the messages that Braze documents, those that say nothing of the customer, but of us: braze.com/docs/api/errors and the pages above. */
const MISCONFIGURED: Record<string, string> = {
  'Invalid Campaign ID': CAMPAIGN,
  'Campaign does not exist': CAMPAIGN,
  'campaign_id must be a string of the campaign api identifier': CAMPAIGN,
  'The campaign is not a transactional campaign. Only transactional campaigns may use this endpoint': `${CAMPAIGN}: it is no transactional one`,
  'The campaign is archived. Unarchive the campaign in order for trigger requests to take effect.':
    'unarchive the campaign',
  'The campaign is paused. Resume the campaign in order for trigger requests to take effect.':
    'the campaign is paused: resume it',
  'Error authenticating credentials': 'check BRAZE_API_KEY',
  'Invalid whitelisted IPs': 'add our address to those that BRAZE_API_KEY is allowed from',
  'You do not have permission to access this resource': 'check the permissions of BRAZE_API_KEY',
};
/** Those that refuse what was sent. Any other message may repeat it. */
const OF_CONTENT = new Map([
  ['Bad Request', 'see the message activity log of Braze'],
  ['No Recipients', 'see whether the campaign reaches this customer'],
  ['Max Input Length Exceeded', 'see MESSAGES_FILE for what is too long'],
  ['No message to send', 'add a message to the campaign'],
  ['The max number of ids per request was exceeded', 'see the message activity log of Braze'],
]);
const QUEUED = /^The external reference has been queued\./;
/** The fields that an error of a track call may name. */
const FIELDS = ['email', 'external_id', 'name', 'phone', 'properties', 'time', 'user_alias'];
const GROUP = 'subscription_group';

/** The outcome with what Braze says of it, as far as it is a message that it documents. */
function explained(reply: Reply, outcome: Outcome): Outcome {
  if (!reply.answered || outcome.outcome === 'delivered' || !Value.Check(Refused, reply.body)) return outcome;
  const message = reply.body.message.trim();
  const advice = Object.hasOwn(MISCONFIGURED, message) ? MISCONFIGURED[message] : undefined;
  const answered = `answered ${reply.status}`;
  if (advice) return { outcome: 'misconfigured', reason: `${answered}: ${advice}` };
  if (QUEUED.test(message))
    return { outcome: 'retry', reason: `${answered}: it is being sent already; nothing to do` };
  const todo = OF_CONTENT.get(message);
  return todo && outcome.outcome === 'rejected'
    ? { outcome: 'rejected', reason: `${answered} (${message}): ${todo}` }
    : outcome;
}

// Such as [{ type: "'time' is required", input_array: 'events', index: 0 }]
function refusedIn(errors: readonly unknown[]): Outcome {
  const text = JSON.stringify(errors);
  if (text.includes(GROUP))
    return {
      outcome: 'misconfigured',
      reason: 'the subscription group is refused: check BRAZE_SMS_GROUP_ID and BRAZE_EMAIL_GROUP_ID',
    };
  const named = FIELDS.filter((field) => text.includes(`'${field}'`));
  const of = named.length > 0 ? ` (${named.join(', ')})` : '';
  return { outcome: 'rejected', reason: `accepted with ${errors.length} errors${of}: see the log of Braze` };
}

export function createBraze(
  settings: BrazeSettings,
  timeoutMs: number,
  now: () => Date = () => new Date(),
): Carrier {
  const { restUrl, apiKey, transactionalCampaign } = settings;
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  const post = (
    path: string,
    body: Static<typeof BrazeTrack | typeof BrazeSend | typeof BrazeDelete>,
    signal: AbortSignal,
  ): Promise<Reply> =>
    send(
      { method: 'POST', url: `${restUrl}${path}`, headers, body: JSON.stringify(body) },
      timeoutMs,
      signal,
    );

  async function track(body: Static<typeof BrazeTrack>, signal: AbortSignal): Promise<Outcome> {
    const reply = await post('/users/track', body, signal);
    const outcome = made(reply, Tracked, () => undefined, now());
    // a 201 can say what was not taken
    const refused = reply.answered && Value.Check(Tracked, reply.body) ? (reply.body.errors ?? []) : [];
    return outcome.outcome === 'delivered' && refused.length > 0
      ? refusedIn(refused)
      : explained(reply, outcome);
  }

  /**
   * Profile and event in one call, so that the event does not come before its profile. A call can be taken in part, and an event that was
   * taken sends its message: a repeat asks with the profile alone first, lest a wrong subscription group write to a customer at each attempt.
   */
  async function tracked(
    body: Static<typeof BrazeTrack>,
    attempt: number,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const { attributes } = body;
    const before = attributes && attempt > 1 ? await track({ attributes }, signal) : undefined;
    return before && before.outcome !== 'delivered' ? before : track(body, signal);
  }

  return {
    name: 'braze',
    // braze.com/docs/api/endpoints/user_data/post_user_delete: one kind of identifier a call, up to 50
    async forget({ emails, phones }, { signal }) {
      for (const body of [
        ...inParts(emails).map((part) => ({
          email_addresses: part.map((email) => ({
            email,
            prioritization: ['unidentified', 'most_recently_updated'],
          })),
        })),
        ...inParts(phones).map((part) => ({ phone_numbers: part })),
      ]) {
        const outcome = made(
          await post('/users/delete', body, signal),
          Type.Object({}),
          () => undefined,
          now(),
        );
        if (outcome.outcome !== 'delivered') return outcome;
      }
      return { outcome: 'delivered' };
    },
    async tell(notice, { id, number, signal }): Promise<Outcome> {
      if (!transactionalCampaign || notice.channel !== 'email' || notice.kind !== 'order.update')
        return tracked(toTrack(id, notice, settings), number, signal);
      const path = `/transactional/v1/campaigns/${encodeURIComponent(transactionalCampaign)}/send`;
      const reply = await post(path, toSend(id, notice), signal);
      return explained(
        reply,
        made(reply, Sent, ({ dispatch_id }) => dispatch_id, now()),
      );
    },
  };
}

function toTrack(id: string, notice: Notice, settings: BrazeSettings): Static<typeof BrazeTrack> {
  const one = { ...whoIs(notice, settings), _update_existing_only: false as const };
  const event = {
    ...one,
    name: EVENTS[notice.kind],
    // of what has happened, not of the attempt: a repeat is the same event
    time: notice.at.toISOString(),
    properties: propertiesOf(id, notice),
  };
  if (notice.kind !== 'subscription.created') return { events: [event] };
  const group = settings.groups[notice.channel];
  const groups = group && {
    subscription_groups: [{ subscription_group_id: group, subscription_state: 'subscribed' as const }],
  };
  return { attributes: [{ ...one, ...groups }], events: [event] };
}

const aliasOf = ({ subscriptionId }: Notice) => ({
  alias_name: subscriptionId,
  alias_label: ALIAS_LABEL,
});

// A transactional email goes to an alias, so that the profile is made with one.
function whoIs(
  notice: Notice,
  { transactionalCampaign }: BrazeSettings,
): Pick<NonNullable<Static<typeof BrazeTrack>['events']>[number], 'phone' | 'email' | 'user_alias'> {
  const { channel, to } = notice;
  if (channel === 'sms') return { phone: to };
  return transactionalCampaign ? { user_alias: aliasOf(notice), email: to } : { email: to };
}

/** Braze sends one email an `external_send_id`, however often it is asked within a day. */
const toSend = (id: string, notice: Notice): Static<typeof BrazeSend> => ({
  external_send_id: id,
  trigger_properties: propertiesOf(id, notice),
  recipient: { user_alias: aliasOf(notice), attributes: { email: notice.to } },
});

function propertiesOf(id: string, notice: Notice): Static<typeof Properties> {
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

const inParts = (all: string[]): string[][] =>
  Array.from({ length: Math.ceil(all.length / 50) }, (_, part) => all.slice(part * 50, part * 50 + 50));
