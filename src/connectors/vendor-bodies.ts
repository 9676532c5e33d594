import type { TSchema } from '@sinclair/typebox';
import { BrazeDelete, BrazeSend, BrazeTrack } from './messaging/braze.js';
import { SlackNote, TeamsNote } from './team/team-channel.js';

interface VendorBody {
  summary: string;
  description: string;
  body: TSchema;
  example: object;
}

const PROPERTIES = {
  order_number: 'GG-12004',
  subscription_id: 'sub_9b1deb4d',
  channel: 'email',
  delivery_id: '0d4f1c1e-6f0a-4c0a-9f57-7d8f1a6f2b11',
};
const UPDATE = {
  ...PROPERTIES,
  status: 'shipped',
  label: 'On its way',
  carrier: 'UPS',
  tracking: '**6784',
  eta: '2026-08-22T00:00:00.000Z',
};

/** What is sent to a vendor for people of the shop to build on: campaigns, channels. By the schemas that the connectors write it by. */
export const VENDOR_BODIES: Record<string, VendorBody> = {
  'braze.track': {
    summary: 'A subscriber is told something, by Braze',
    description:
      'To `POST /users/track` of Braze, with `BRAZE_API_KEY`: a campaign or Canvas answers the event with its message. A new subscription makes the profile too.',
    body: BrazeTrack,
    example: {
      attributes: [
        {
          email: 'ada@example.com',
          _update_existing_only: false,
          subscription_groups: [{ subscription_group_id: 'group', subscription_state: 'subscribed' }],
        },
      ],
      events: [
        {
          email: 'ada@example.com',
          name: 'order_updates_subscribed',
          time: '2026-08-20T15:04:00.000Z',
          properties: PROPERTIES,
          _update_existing_only: false,
        },
      ],
    },
  },
  'braze.send': {
    summary: 'An update by a transactional email of Braze',
    description:
      'To `POST /transactional/v1/campaigns/{campaign_id}/send` of Braze, with `BRAZE_TRANSACTIONAL_CAMPAIGN_ID`.',
    body: BrazeSend,
    example: {
      external_send_id: PROPERTIES.delivery_id,
      trigger_properties: UPDATE,
      recipient: {
        user_alias: { alias_name: PROPERTIES.subscription_id, alias_label: 'concierge_subscription' },
        attributes: { email: 'ada@example.com' },
      },
    },
  },
  'braze.delete': {
    summary: 'A customer is to be forgotten, by Braze',
    description: 'To `POST /users/delete` of Braze, up to 50 addresses or 50 numbers a call.',
    body: BrazeDelete,
    example: {
      email_addresses: [
        { email: 'ada@example.com', prioritization: ['unidentified', 'most_recently_updated'] },
      ],
    },
  },
  'slack.note': {
    summary: 'A note to the team in Slack',
    description:
      'To the incoming webhook of `TEAM_WEBHOOK_URL`: a new ticket, or one that nobody has answered.',
    body: SlackNote,
    example: {
      text: '*A customer wants a stylist*\nTicket: ST-7Q4M-2K9X\nPriority: high\n<https://concierge.example/dashboard/support/tickets/ST-7Q4M-2K9X|Open it>',
    },
  },
  'teams.note': {
    summary: 'A note to the team in Teams',
    description: 'To a workflow of Teams that posts an adaptive card, by `TEAM_WEBHOOK_URL`.',
    body: TeamsNote,
    example: {
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          content: {
            $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
            type: 'AdaptiveCard',
            version: '1.4',
            body: [
              { type: 'TextBlock', text: 'A customer wants a stylist', weight: 'Bolder', wrap: true },
              { type: 'FactSet', facts: [{ title: 'Ticket', value: 'ST\\-7Q4M\\-2K9X' }] },
            ],
            actions: [
              {
                type: 'Action.OpenUrl',
                title: 'Open it',
                url: 'https://concierge.example/dashboard/support/tickets/ST-7Q4M-2K9X',
              },
            ],
          },
        },
      ],
    },
  },
};
