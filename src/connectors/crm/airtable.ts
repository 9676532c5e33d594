import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Connector, Message, Outcome } from '../connector.js';
import { TicketChange } from '../documents.js';
import { send } from '../http.js';
import { errorCode, made } from '../outcome-of.js';
import type { Sources } from '../sources.js';
import { caseOf } from './crm-case.js';
import { changeText } from './ticket-text.js';

/**
 * Airtable: airtable.com/developers/web/api/update-multiple-records (`performUpsert`) and
 * airtable.com/developers/web/api/rate-limits (5 requests a second and base; after a 429, 30 seconds without).
 */
export interface AirtableSettings {
  apiUrl: string;
  baseId: string;
  /** Name or id. */
  table: string;
  token: string;
}

/** The columns of a record, by their names. */
type Fields = Record<string, string>;

const MERGED_ON = 'Ticket';
const PAUSE_MS = 30_000;
const MAX_RESPONSE_BYTES = 1024 * 1024;

const Upserted = Type.Object({
  records: Type.Array(Type.Object({ id: Type.String({ maxLength: 64 }) }), { minItems: 1 }),
});

export function createAirtable(
  { apiUrl, baseId, table, token }: AirtableSettings,
  sources: Sources,
  timeoutMs: number,
  now: () => Date = () => new Date(),
): Connector {
  const url = `${apiUrl}/v0/${encodeURIComponent(baseId)}/${encodeURIComponent(table)}`;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return {
    name: 'airtable',
    limits: { concurrency: 5, perSecond: 5, pauseAfterTooManyMs: PAUSE_MS },
    async deliver(message, signal) {
      const record = await recordOf(message, sources);
      if ('outcome' in record) return record;
      const body = JSON.stringify({
        performUpsert: { fieldsToMergeOn: [MERGED_ON] },
        // lets a column be a date or a selection as well as a text
        typecast: true,
        records: [record],
      });
      const call = { method: 'PATCH', url, headers, body, maxResponseBytes: MAX_RESPONSE_BYTES } as const;
      const reply = await send(call, timeoutMs, signal);
      const outcome = made(reply, Upserted, ({ records }) => records[0]?.id, now(), errorCode(reply));
      // Airtable does not always say how long
      const tooMany = reply.answered && reply.status === 429;
      return tooMany && outcome.outcome === 'retry' ? { afterMs: PAUSE_MS, ...outcome } : outcome;
    },
  };
}

/** The columns that the table needs (docs/deliveries.md), or why there is nothing to write. What is not given is left as it is. */
async function recordOf(message: Message, sources: Sources): Promise<{ fields: Fields } | Outcome> {
  if (message.kind === 'ticket.update') return changedRecord(message);
  const what = await caseOf(message, sources);
  if ('outcome' in what) return what;
  const { parts } = what;
  const fields = given({
    [MERGED_ON]: what.id,
    Email: parts.email,
    Name: parts.name,
    Phone: parts.phone,
    Notes: parts.notes,
    'Time preference': parts.timePreference,
    Order: parts.orderNumber,
    Creator: parts.creatorId,
    Shortlist: parts.shortlist,
    Inspiration: parts.inspiration,
    Transcript: parts.transcript,
    Created: parts.createdAt,
    'Answer by': parts.dueAt,
  });
  return { fields };
}

function changedRecord({ payload, document }: Message): { fields: Fields } | Outcome {
  if (!Value.Check(TicketChange, payload))
    return { outcome: 'rejected', reason: 'it does not say what was done' };
  const { status: Status, priority: Priority, assignee: Assignee } = payload;
  const fields = given({
    [MERGED_ON]: String(document.ticketId),
    Status,
    Priority,
    Assignee,
    'Last action': changeText(payload),
  });
  return { fields };
}

const given = (fields: Record<string, string | undefined>): Fields =>
  Object.fromEntries(Object.entries(fields).flatMap(([name, value]) => (value ? [[name, value]] : [])));
