import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Attempt, Outcome } from '../connector.js';
import { type Reply, send } from '../http.js';
import { errorCode, made } from '../outcome.js';
import { type Crm, type CrmCase, type CrmChange, changeText } from './crm-case.js';

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
  /** The MAC secrets of its webhooks, in base64. */
  webhookSecrets?: readonly string[];
}

/** The columns of a record, by their names. */
type Fields = Record<string, string>;

const MERGED_ON = 'Ticket';
const COLUMNS = [
  ...[
    MERGED_ON,
    'Status',
    'Priority',
    'Assignee',
    'Email',
    'Name',
    'Phone',
    'Notes',
    'Time preference',
    'Order',
  ],
  ...['Creator', 'Shortlist', 'Inspiration', 'Transcript', 'Created', 'Answer by', 'Last action'],
];
/** Every whole row has it. */
const ALWAYS = 'Created';
const PAUSE_MS = 30_000;
/** Errors that no other row would be spared (airtable.com/developers/web/api/errors), with what mends them. */
const OF_THE_TABLE = new Map([
  ['UNKNOWN_FIELD_NAME', 'add the column to the table'],
  ['INVALID_MULTIPLE_CHOICE_OPTIONS', 'let the token add options, or make the column a text'],
  ['INVALID_PERMISSIONS', 'check what AIRTABLE_TOKEN may do, and who may edit the columns'],
  ['INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND', 'check AIRTABLE_TOKEN, AIRTABLE_BASE_ID and AIRTABLE_TABLE'],
  ['AUTHENTICATION_REQUIRED', 'check AIRTABLE_TOKEN'],
]);
const MAX_RESPONSE_BYTES = 1024 * 1024;

const Upserted = Type.Object({
  records: Type.Array(
    Type.Object({
      id: Type.String({ maxLength: 64 }),
      // all columns that have a value
      fields: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    }),
    { minItems: 1 },
  ),
});

export function createAirtable(
  { apiUrl, baseId, table, token }: AirtableSettings,
  timeoutMs: number,
  now: () => Date = () => new Date(),
): Crm {
  const url = `${apiUrl}/v0/${encodeURIComponent(baseId)}/${encodeURIComponent(table)}`;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  async function call(fields: Fields, signal: AbortSignal): Promise<Reply> {
    const body = JSON.stringify({
      performUpsert: { fieldsToMergeOn: [MERGED_ON] },
      // lets a column be a date or a selection as well as a text
      typecast: true,
      records: [{ fields }],
    });
    return send(
      { method: 'PATCH', url, headers, body, maxResponseBytes: MAX_RESPONSE_BYTES },
      timeoutMs,
      signal,
    );
  }

  function understood(reply: Reply): Outcome {
    const column = columnIn(reply);
    const type = errorCode(reply);
    const code = [type, column].filter(Boolean).join(': ');
    const ofTable = OF_THE_TABLE.get(type ?? '');
    const meaning = ofTable ?? (column && 'check its type');
    const outcome = made(reply, Upserted, ({ records }) => records[0]?.id, now(), code, meaning);
    // what the table lacks it lacks for every row
    if (outcome.outcome === 'rejected' && ofTable) return { ...outcome, outcome: 'misconfigured' };
    // Airtable does not always say how long
    const tooMany = reply.answered && reply.status === 429;
    return tooMany && outcome.outcome === 'retry' ? { afterMs: PAUSE_MS, ...outcome } : outcome;
  }

  /** A row that somebody has deleted is made by its change: then the rest of it is missing, and is sent after it. */
  async function change(what: CrmCase, changed: CrmChange, { signal }: Attempt): Promise<Outcome> {
    const columns = changedColumns(what.id, changed);
    const reply = await call(columns, signal);
    return isPart(reply)
      ? understood(await call({ ...columnsOf(what), ...columns }, signal))
      : understood(reply);
  }

  return {
    name: 'airtable',
    limits: { concurrency: 5, perSecond: 5, pauseAfterTooManyMs: PAUSE_MS },
    open: async (what, { signal }) => understood(await call(columnsOf(what), signal)),
    change,
    add: change,
  };
}

const Failed = Type.Object({ error: Type.Object({ message: Type.String() }) });

/** The column of ours that an error names; whatever else stands in its message may be of the customer. */
function columnIn(reply: Reply): string | undefined {
  if (!reply.answered || !Value.Check(Failed, reply.body)) return undefined;
  const { message } = reply.body.error;
  return COLUMNS.find((column) => message.includes(`"${column}"`));
}

/** The columns that the table needs (docs/deliveries.md). What is not given is left as it is. */
const columnsOf = ({ id, parts, priority, status, assignee }: CrmCase): Fields =>
  given({
    [MERGED_ON]: id,
    Status: status,
    Priority: priority,
    Assignee: assignee,
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
    [ALWAYS]: parts.createdAt,
    'Answer by': parts.dueAt,
  });

const changedColumns = (caseId: string, change: CrmChange): Fields =>
  given({
    [MERGED_ON]: caseId,
    Status: change.status,
    Priority: change.priority,
    Assignee: change.assignee,
    'Last action': changeText(change),
  });

function isPart(reply: Reply): boolean {
  const [row] =
    reply.answered && reply.status === 200 && Value.Check(Upserted, reply.body) ? reply.body.records : [];
  return row?.fields !== undefined && !Object.hasOwn(row.fields, ALWAYS);
}

const given = (fields: Record<string, string | undefined>): Fields =>
  Object.fromEntries(Object.entries(fields).flatMap(([name, value]) => (value ? [[name, value]] : [])));
