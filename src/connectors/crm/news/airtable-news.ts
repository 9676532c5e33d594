import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { type Reply, send } from '../../http.js';
import { errorCode, outcomeOf } from '../../outcome.js';
import type { AirtableSettings } from '../airtable.js';
import { type CrmNews, nameIn, timeIn } from './crm-news.js';

/** airtable.com/developers/web/api/webhooks-overview: HMAC-SHA256 of the ping's body, by the secret that came with the webhook in base64. */
export function isFromAirtable(secrets: readonly string[], mac: unknown, body: Buffer): boolean {
  const given = Buffer.from(/^hmac-sha256=([0-9a-f]{64})$/i.exec(String(mac ?? ''))?.[1] ?? '', 'hex');
  return secrets.some((secret) => {
    const expected = createHmac('sha256', Buffer.from(secret, 'base64')).update(body).digest();
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

const WEBHOOK_ID = '^ach[A-Za-z0-9]{1,40}$';
export const AirtablePing = Type.Object({
  base: Type.Object({ id: Type.String() }),
  webhook: Type.Object({ id: Type.String({ pattern: WEBHOOK_ID }) }),
});

const Changed = Type.Optional(Type.Record(Type.String(), Type.Unknown()));
/** airtable.com/developers/web/api/list-webhook-payloads and …/model/webhooks-payload: which rows have changed, and when. */
const Payloads = Type.Object({
  cursor: Type.Integer({ minimum: 1 }),
  mightHaveMore: Type.Boolean(),
  payloads: Type.Array(
    Type.Object({
      timestamp: Type.Optional(Type.String()),
      actionMetadata: Type.Optional(
        Type.Object({
          sourceMetadata: Type.Optional(
            Type.Object({ user: Type.Optional(Type.Object({ name: Type.Optional(Type.Unknown()) })) }),
          ),
        }),
      ),
      changedTablesById: Type.Optional(
        Type.Record(Type.String(), Type.Object({ changedRecordsById: Changed, createdRecordsById: Changed })),
      ),
    }),
  ),
});
/** airtable.com/developers/web/api/list-webhooks */
const Webhooks = Type.Object({
  webhooks: Type.Array(
    Type.Object({
      id: Type.String({ pattern: WEBHOOK_ID }),
      notificationUrl: Type.Optional(Type.Union([Type.String(), Type.Null()])),
      isHookEnabled: Type.Optional(Type.Boolean()),
      areNotificationsEnabled: Type.Optional(Type.Boolean()),
    }),
  ),
});
type AirtableWebhook = Static<typeof Webhooks>['webhooks'][number];
const Row = Type.Object({ id: Type.String(), fields: Type.Record(Type.String(), Type.Unknown()) });

const RECORD = /^rec[A-Za-z0-9]{1,40}$/;
const MAX_RESPONSE_BYTES = 4 * 1024 * 1024;
/** Fewer pages than a week of changes has; what is left comes with the next ping. */
const MAX_PAGES = 20;

const STATUSES = new Map<string, NonNullable<CrmNews['status']>>([
  ['open', 'open'],
  ['in progress', 'in_progress'],
  ['done', 'done'],
]);

/** What Airtable was asked and has not answered as it should. */
export class AirtableError extends Error {}

/** Reads what has changed in a table since a cursor: the ping itself says nothing of it. */
export function createAirtableNews({ apiUrl, baseId, table, token }: AirtableSettings, timeoutMs: number) {
  async function get<Schema extends TSchema>(
    path: string,
    schema: Schema,
  ): Promise<Static<Schema> | undefined> {
    const headers = { authorization: `Bearer ${token}` };
    const call = {
      method: 'GET',
      url: `${apiUrl}/v0/${path}`,
      headers,
      maxResponseBytes: MAX_RESPONSE_BYTES,
    } as const;
    const reply = await send(call, timeoutMs, new AbortController().signal);
    if (reply.answered && reply.status === 404) return undefined;
    if (!reply.answered) throw new AirtableError(reply.reason);
    if (reply.status !== 200 || !Value.Check(schema, reply.body)) throw new AirtableError(whyNot(reply));
    return reply.body;
  }

  /** The webhooks of the base. */
  async function webhooks(): Promise<AirtableWebhook[]> {
    return (await get(`bases/${encodeURIComponent(baseId)}/webhooks`, Webhooks))?.webhooks ?? [];
  }

  /**
   * The news from a cursor on, a page at a time, each with the cursor that follows it. Asking for them gives a webhook another seven days, if
   * it has not ended by then.
   */
  async function* since(
    webhookId: string,
    cursor: number,
  ): AsyncGenerator<{ news: CrmNews[]; cursor: number }> {
    let from = cursor;
    for (let page = 0; page < MAX_PAGES; page++) {
      const path = `bases/${encodeURIComponent(baseId)}/webhooks/${webhookId}/payloads?cursor=${from}`;
      const found = await get(path, Payloads);
      if (!found) return;
      const news: CrmNews[] = [];
      for (const [id, change] of changesIn(found.payloads)) {
        const one = await newsOf(id, change);
        if (one) news.push(one);
      }
      from = found.cursor;
      yield { news, cursor: from };
      if (!found.mightHaveMore) return;
    }
  }

  /** What a row says now. It is of the time of its change: if it has changed again since, that comes with a payload of its own. */
  async function newsOf(id: string, { at, by }: Change): Promise<CrmNews | undefined> {
    const row = await get(`${encodeURIComponent(baseId)}/${encodeURIComponent(table)}/${id}`, Row);
    const { Ticket, Status, Assignee, 'First response': replied } = row?.fields ?? {};
    if (typeof Ticket !== 'string') return undefined;
    const status = typeof Status === 'string' ? Status.trim().toLowerCase().replaceAll('_', ' ') : '';
    return {
      vendor: 'Airtable',
      ticketId: Ticket,
      at,
      by,
      status: STATUSES.get(status),
      assignee: personIn(Assignee) ?? null,
      repliedAt: timeIn(replied),
    };
  }

  return { since, webhooks };
}

function whyNot(reply: Extract<Reply, { answered: true }>): string {
  const outcome = outcomeOf(reply, new Date(), errorCode(reply));
  if (reply.status === 403)
    return `${'reason' in outcome ? outcome.reason : ''}; AIRTABLE_TOKEN needs webhook:manage and data.records:read`;
  return 'reason' in outcome
    ? outcome.reason
    : 'answered with a body of another form: check AIRTABLE_API_URL';
}

interface Change {
  at: Date;
  by: string | undefined;
}

/** The rows that have changed, each with its last change. */
function changesIn(payloads: Static<typeof Payloads>['payloads']): Map<string, Change> {
  const changes = new Map<string, Change>();
  for (const { timestamp, actionMetadata, changedTablesById = {} } of payloads) {
    const at = timeIn(timestamp);
    if (!at) continue;
    const by = nameIn(actionMetadata?.sourceMetadata?.user?.name);
    const rows = Object.values(changedTablesById).flatMap((table) =>
      Object.keys({ ...table.createdRecordsById, ...table.changedRecordsById }),
    );
    for (const id of rows) if (RECORD.test(id)) changes.set(id, { at, by });
  }
  return changes;
}

/** A text, or a collaborator. */
function personIn(value: unknown): string | undefined {
  const [one] = [value].flat();
  if (typeof one === 'string') return nameIn(one);
  const { name, email } = (one ?? {}) as { name?: unknown; email?: unknown };
  return nameIn(name) ?? nameIn(email);
}
