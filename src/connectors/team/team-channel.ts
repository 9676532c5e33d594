import { type Static, Type } from '@sinclair/typebox';
import type { Attempt, Outcome, Place } from '../connector.js';
import { send } from '../http.js';
import { outcomeOf } from '../outcome.js';

/** What of a customer a note may say; nothing, unless the shop has said so. */
export const NOTE_FIELDS = ['name', 'email', 'phone', 'orderNumber', 'notes'] as const;
export type NoteField = (typeof NOTE_FIELDS)[number];

/** A note to the shop's own people, in a channel of theirs. */
export interface TeamNote {
  title: string;
  facts: [name: string, value: string][];
  /** Where to act on it. */
  url?: string | undefined;
}

export interface TeamChannel extends Place {
  post(note: TeamNote, attempt: Attempt): Promise<Outcome>;
}

export const TEAM_KINDS = ['slack', 'teams'] as const;

export interface TeamSettings {
  /** The address is itself the credential. */
  url: string;
  kind: (typeof TEAM_KINDS)[number];
}

/** Which form an address takes, where its host says it. */
export function kindOf(url: string): TeamSettings['kind'] {
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  return /(^|\.)(office\.com|azure\.com|powerplatform\.com)$/.test(host) ? 'teams' : 'slack';
}

export const SlackNote = Type.Object(
  { text: Type.String({ description: 'In mrkdwn; what comes from customers is escaped.' }) },
  { title: 'SlackNote' },
);
const TextBlock = Type.Object(
  {
    type: Type.Literal('TextBlock'),
    text: Type.String(),
    weight: Type.Literal('Bolder'),
    wrap: Type.Literal(true),
  },
  { title: 'TeamsTextBlock' },
);
const FactSet = Type.Object(
  {
    type: Type.Literal('FactSet'),
    facts: Type.Array(Type.Object({ title: Type.String(), value: Type.String() }, { title: 'TeamsFact' })),
  },
  { title: 'TeamsFactSet' },
);
export const TeamsNote = Type.Object(
  {
    type: Type.Literal('message'),
    attachments: Type.Array(
      Type.Object(
        {
          contentType: Type.Literal('application/vnd.microsoft.card.adaptive'),
          content: Type.Object(
            {
              $schema: Type.String(),
              type: Type.Literal('AdaptiveCard'),
              version: Type.String(),
              body: Type.Array(Type.Union([TextBlock, FactSet])),
              actions: Type.Array(
                Type.Object(
                  { type: Type.Literal('Action.OpenUrl'), title: Type.String(), url: Type.String() },
                  { title: 'TeamsLink' },
                ),
              ),
            },
            { title: 'TeamsCard' },
          ),
        },
        { title: 'TeamsAttachment' },
      ),
    ),
  },
  { title: 'TeamsNote' },
);

export const createTeamChannel = (
  { url, kind }: TeamSettings,
  timeoutMs: number,
  now: () => Date = () => new Date(),
): TeamChannel => ({
  name: kind,
  // docs.slack.dev/apis/web-api/rate-limits: one a second for each incoming webhook
  limits: { concurrency: 1, perSecond: 1 },
  async post(note, { signal }) {
    const body = JSON.stringify(kind === 'slack' ? toSlack(note) : toTeams(note));
    const headers = { 'content-type': 'application/json' };
    return outcomeOf(await send({ method: 'POST', url, headers, body }, timeoutMs, signal), now());
  },
});

/** docs.slack.dev/messaging/sending-messages-using-incoming-webhooks; what a customer has written can be no mention and no link. */
function toSlack({ title, facts, url }: TeamNote): Static<typeof SlackNote> {
  const plain = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  const lines = facts.map(([name, value]) => `${name}: ${plain(value)}`);
  return { text: [`*${plain(title)}*`, ...lines, ...(url ? [`<${url}|Open it>`] : [])].join('\n') };
}

/** learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook: an adaptive card. */
function toTeams({ title, facts, url }: TeamNote): Static<typeof TeamsNote> {
  const plain = (text: string) => text.replace(/[\\`*_{}[\]()#+!|<>~-]/g, '\\$&');
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [
            { type: 'TextBlock', text: plain(title), weight: 'Bolder', wrap: true },
            { type: 'FactSet', facts: facts.map(([name, value]) => ({ title: name, value: plain(value) })) },
          ],
          actions: url ? [{ type: 'Action.OpenUrl', title: 'Open it', url }] : [],
        },
      },
    ],
  };
}
