import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Connector } from './connector.js';
import { TicketDocument } from './documents.js';
import { made, send } from './http.js';
import { errorCode } from './outcome-of.js';
import { shortlistText, transcriptText } from './ticket-text.js';

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

const MERGED_ON = 'Ticket';
const PAUSE_MS = 30_000;
const MOST_RESPONSE_BYTES = 1024 * 1024;

const Upserted = Type.Object({
  records: Type.Array(Type.Object({ id: Type.String({ maxLength: 64 }) }), { minItems: 1 }),
});

export function createAirtable(
  { apiUrl, baseId, table, token }: AirtableSettings,
  timeoutMs: number,
  now: () => Date = () => new Date(),
): Connector {
  const url = `${apiUrl}/v0/${encodeURIComponent(baseId)}/${encodeURIComponent(table)}`;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return {
    name: 'airtable',
    limits: { concurrency: 5, perSecond: 5, pauseAfterTooManyMs: PAUSE_MS },
    async deliver({ document }, signal) {
      if (!Value.Check(TicketDocument, document))
        return { outcome: 'rejected', reason: 'the document is no stylist ticket' };
      const body = JSON.stringify({
        performUpsert: { fieldsToMergeOn: [MERGED_ON] },
        // lets a column be a date or a selection as well as a text
        typecast: true,
        records: [{ fields: toFields(document) }],
      });
      const call = { method: 'PATCH', url, headers, body, mostResponseBytes: MOST_RESPONSE_BYTES } as const;
      const reply = await send(call, timeoutMs, signal);
      const outcome = made(reply, Upserted, ({ records }) => records[0]?.id, now(), errorCode(reply));
      // Airtable does not always say how long
      const tooMany = reply.answered && reply.status === 429;
      return tooMany && outcome.outcome === 'retry' ? { afterMs: PAUSE_MS, ...outcome } : outcome;
    },
  };
}

/** The columns that the table needs. What a ticket does not have is left as it is. */
function toFields(ticket: TicketDocument): Record<string, string> {
  const { contact } = ticket;
  const fields = {
    [MERGED_ON]: ticket.ticketId,
    Email: contact.email,
    Name: contact.name,
    Phone: contact.phone,
    Notes: ticket.notes,
    'Time preference': ticket.timePreference,
    Order: ticket.orderNumber,
    Creator: ticket.creatorId,
    Shortlist: shortlistText(ticket),
    Inspiration: ticket.inspirationIds.join(', '),
    Transcript: transcriptText(ticket),
    Created: ticket.createdAt.toISOString(),
    'Answer by': ticket.dueAt.toISOString(),
  };
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value ? [[name, value]] : [])),
  );
}
