import type { Attempt, Outcome } from '../connector.js';
import { basicAuth, type Reply, send } from '../http.js';
import { errorCode, outcomeOf } from '../outcome.js';
import type { AirtableSettings } from './airtable.js';
import type { CaseNames } from './crm-case.js';
import type { ZendeskSettings } from './zendesk.js';

const isGone = (reply: Reply): boolean => reply.answered && [404, 410].includes(reply.status);

const NOT_THEIRS: Outcome = {
  outcome: 'rejected',
  reason: 'this was made in another CRM: delete it there by hand',
};

/**
 * developer.zendesk.com/api-reference/ticketing/tickets/tickets (delete, and delete permanently): a deleted ticket lies among the deleted ones
 * until it is deleted there too. The customer stays a user of that Zendesk, which may know them otherwise.
 */
export const zendeskEraser =
  ({ baseUrl, email, apiToken }: ZendeskSettings, timeoutMs: number, now: () => Date = () => new Date()) =>
  async ({ reference = '' }: CaseNames, { signal }: Attempt): Promise<Outcome> => {
    if (!/^\d{1,20}$/.test(reference)) return NOT_THEIRS;
    const headers = { authorization: basicAuth(`${email}/token`, apiToken) };
    for (const list of ['tickets', 'deleted_tickets']) {
      const url = `${baseUrl}/api/v2/${list}/${reference}.json`;
      const reply = await send({ method: 'DELETE', url, headers }, timeoutMs, signal);
      const outcome = outcomeOf(reply, now(), errorCode(reply));
      if (!isGone(reply) && outcome.outcome !== 'delivered') return outcome;
    }
    return { outcome: 'delivered', reference };
  };

/** airtable.com/developers/web/api/delete-record */
export const airtableEraser =
  (
    { apiUrl, baseId, table, token }: AirtableSettings,
    timeoutMs: number,
    now: () => Date = () => new Date(),
  ) =>
  async ({ reference = '' }: CaseNames, { signal }: Attempt): Promise<Outcome> => {
    if (!/^rec[A-Za-z0-9]{1,40}$/.test(reference)) return NOT_THEIRS;
    const url = `${apiUrl}/v0/${encodeURIComponent(baseId)}/${encodeURIComponent(table)}/${reference}`;
    const headers = { authorization: `Bearer ${token}` };
    const reply = await send({ method: 'DELETE', url, headers }, timeoutMs, signal);
    const outcome = outcomeOf(reply, now(), errorCode(reply));
    return isGone(reply) || outcome.outcome === 'delivered' ? { outcome: 'delivered', reference } : outcome;
  };
