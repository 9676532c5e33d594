import type { Collection } from 'mongodb';
import type { CrmNews } from '../../connectors/crm/news/crm-news.js';
import type { HistoryEntry } from '../../lib/history.js';
import { asRead, readTicket } from './read-ticket.js';
import { type StylistTicket, TICKET_STATUSES } from './stylist-ticket.js';

type Said = 'status' | 'assignee';
type State = Pick<StylistTicket, 'status' | 'assignee' | 'firstResponseAt' | 'saidAt' | 'deliveries'>;

interface NewsDecision {
  set: Record<string, unknown>;
  unset: Record<string, ''>;
  entries: HistoryEntry[];
}

/** The dashboard and other news act on the same ticket at the same moment this often at most. */
const ATTEMPTS = 5;

/**
 * What news of a CRM changes on a ticket: a pure function. News may come twice and in any order: of status and assignee each, what was
 * said last counts, here or there, and of the answers the first. What we have still to tell the CRM is newer than anything that it says.
 */
export function decideNews(ticket: State, { at, by, vendor, ...news }: CrmNews): NewsDecision {
  const decision: NewsDecision = { set: {}, unset: {}, entries: [] };
  const note = (action: string, text?: string) =>
    decision.entries.push({ at, by: by ?? vendor, action, note: text || undefined });
  const rank = (status: StylistTicket['status']) => TICKET_STATUSES.indexOf(status);

  const { status, assignee, repliedAt } = news;
  if (status && isNews(ticket, 'status', at, rank(status) - rank(ticket.status))) {
    decision.set['saidAt.status'] = at;
    if (status !== ticket.status) {
      decision.set.status = status;
      note(status === 'open' ? 'reopen' : status);
    }
  }
  const [theirs, ours] = [assignee ?? '', ticket.assignee ?? ''];
  const order = theirs === ours ? 0 : theirs > ours ? 1 : -1;
  if (assignee !== undefined && isNews(ticket, 'assignee', at, order)) {
    decision.set['saidAt.assignee'] = at;
    if (order !== 0) {
      if (assignee) decision.set.assignee = assignee;
      else decision.unset.assignee = '';
      note('assign', assignee ? `To ${assignee}` : 'To nobody');
    }
  }
  if (repliedAt && !(ticket.firstResponseAt && ticket.firstResponseAt <= repliedAt)) {
    decision.set.firstResponseAt = repliedAt;
    note('answered');
  }
  return decision;
}

/** Of two that were said at the same moment, the same one wins whichever came first. */
function isNews({ saidAt = {}, deliveries }: State, what: Said, at: Date, order: number): boolean {
  const told = deliveries.filter(
    ({ to, payload }) =>
      to === 'crm' &&
      (payload === undefined || (payload as Partial<Record<Said, string>>)[what] !== undefined),
  );
  if (told.some(({ state }) => state === 'pending')) return false;
  const times = [saidAt[what], ...told.map(({ doneAt }) => doneAt)].map((time) => time?.getTime() ?? 0);
  const before = Math.max(...times);
  return at.getTime() > before || (at.getTime() === before && order > 0);
}

/** Takes over what a CRM says of a ticket. The CRM is not told of it again. */
export async function takeCrmNews(
  tickets: Collection<StylistTicket>,
  news: CrmNews,
  now: Date,
): Promise<'changed' | 'known' | 'not_found'> {
  const { ticketId } = news;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const found = await tickets.findOne({ ticketId });
    if (!found) return 'not_found';
    const ticket = readTicket(found);
    const { set, unset, entries } = decideNews(ticket, news);
    if (Object.keys(set).length === 0) return 'known';
    const { matchedCount } = await tickets.updateOne(
      { ...asRead(ticket), ...unchangedSince(ticket) },
      {
        $set: { ...set, updatedAt: now },
        ...(Object.keys(unset).length > 0 && { $unset: unset }),
        ...(entries.length > 0 && { $inc: { version: 1 }, $push: { history: { $each: entries } } }),
      },
    );
    if (matchedCount > 0) return entries.length > 0 ? 'changed' : 'known';
  }
  throw new Error(`The ticket ${ticketId} changes all the time`);
}

// What was said last may have moved on without an act that raises the version.
const unchangedSince = ({ saidAt = {} }: StylistTicket) =>
  Object.fromEntries(
    (['status', 'assignee'] as const).map((what) => [`saidAt.${what}`, saidAt[what] ?? { $exists: false }]),
  );
