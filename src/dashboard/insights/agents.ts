import type { Collections } from '../../collections.js';
import type { StylistTicket } from '../../domain/stylist/stylist-ticket.js';
import type { Calendar, Day } from '../../lib/calendar.js';
import { MINUTE_MS } from '../../lib/calendar.js';
import { ApiError } from '../../platform/http/errors.js';
import { may, type Viewer } from '../viewer.js';
import { periodOf } from './insights.js';

/** What one of the staff has done in a period. */
interface AgentFigures {
  name: string;
  /** Tickets that they were the first to answer. */
  answered: number;
  /** Of those: how long the customers had waited on average, and how many had their answer in time. */
  averageMinutes?: number | undefined;
  inTime: number;
  /** Ratings of the conversations of those, and what they come to. */
  ratings: number;
  averageScore?: number | undefined;
  /** Tickets done, customers contacted, steps of returns, images looked at: as the audit log has them. */
  done: number;
  contacted: number;
  returns: number;
  images: number;
}

const MAX_DAYS = 92;
/** So many conversations are asked for at once. */
const BATCH = 500;

/** Which acts of the audit log are counted as what. */
const ACTS = {
  done: ['tickets.done'],
  contacted: ['feedback.contacted', 'feedback.replied'],
  returns: ['approved', 'label_sent', 'received', 'completed', 'declined', 'cancelled'].map(
    (step) => `returns.${step}`,
  ),
  images: ['images.approve', 'images.reject'],
} as const satisfies Partial<Record<keyof AgentFigures, readonly string[]>>;
type Counted = keyof typeof ACTS;

type Answered = Pick<StylistTicket, 'sessionId' | 'assignee' | 'createdAt' | 'dueAt' | 'history'> & {
  firstResponseAt: Date;
};

interface AgentsOptions {
  collections: Collections;
  calendar: Calendar;
  now: () => Date;
}

/** Who of the staff did how much: for those who lead them. */
export function createAgentFigures({ collections, calendar, now }: AgentsOptions) {
  async function agents(viewer: Viewer, wish: { from?: Day | undefined; to?: Day | undefined }) {
    if (!may(viewer, 'staff:manage'))
      throw new ApiError(
        'auth.missing_scope',
        'Your key does not allow you to see the figures of colleagues.',
      );
    const period = periodOf(wish, calendar.dayOf(now()), MAX_DAYS);
    const within = { $gte: calendar.spanOf(period.from).from, $lt: calendar.spanOf(period.to).until };
    const [answered, acts] = await Promise.all([findAnswered(within), countActs(within)]);
    const scores = await scoresOf(answered.map(({ sessionId }) => sessionId));
    const names = [...new Set([...answered.map(answererOf), ...acts.map(({ by }) => by)])];
    const rows = names.map((name): AgentFigures => {
      const own = answered.filter((ticket) => answererOf(ticket) === name);
      const minutes = own.map(
        (ticket) => (ticket.firstResponseAt.getTime() - ticket.createdAt.getTime()) / MINUTE_MS,
      );
      const given = own.flatMap(({ sessionId }) => scores.get(sessionId) ?? []);
      const counted = (what: Counted) => acts.find((act) => act.by === name)?.counts[what] ?? 0;
      return {
        name,
        answered: own.length,
        averageMinutes: meanOf(minutes),
        inTime: own.filter(({ firstResponseAt, dueAt }) => firstResponseAt <= dueAt).length,
        ratings: given.length,
        averageScore: meanOf(given),
        done: counted('done'),
        contacted: counted('contacted'),
        returns: counted('returns'),
        images: counted('images'),
      };
    });
    return { ...period, rows: rows.sort((a, b) => b.answered - a.answered || a.name.localeCompare(b.name)) };
  }

  const findAnswered = (within: object): Promise<Answered[]> =>
    collections.stylistTickets
      .find<Answered>(
        { firstResponseAt: within },
        {
          projection: {
            _id: 0,
            sessionId: 1,
            assignee: 1,
            createdAt: 1,
            dueAt: 1,
            firstResponseAt: 1,
            'history.at': 1,
            'history.by': 1,
          },
        },
      )
      .toArray();

  async function countActs(within: object) {
    const counts = await collections.auditLog
      .aggregate<{ _id: { by?: string; action: string }; count: number }>([
        { $match: { action: { $in: Object.values(ACTS).flat() }, at: within } },
        { $group: { _id: { by: '$by', action: '$action' }, count: { $sum: 1 } } },
      ])
      .toArray();
    const names = [...new Set(counts.flatMap(({ _id }) => _id.by ?? []))];
    return names.map((by) => ({
      by,
      counts: Object.fromEntries(
        Object.entries(ACTS).map(([what, actions]) => {
          const of = counts.filter(({ _id }) => _id.by === by && (actions as string[]).includes(_id.action));
          return [what, of.reduce((sum, { count }) => sum + count, 0)];
        }),
      ) as Record<Counted, number>,
    }));
  }

  async function scoresOf(sessionIds: string[]): Promise<Map<string, number[]>> {
    const scores = new Map<string, number[]>();
    const distinct = [...new Set(sessionIds.filter(Boolean))];
    for (let start = 0; start < distinct.length; start += BATCH) {
      const ratings = await collections.csatFeedback
        .find(
          { sessionId: { $in: distinct.slice(start, start + BATCH) } },
          { projection: { _id: 0, sessionId: 1, score: 1 } },
        )
        .toArray();
      for (const { sessionId, score } of ratings)
        scores.set(sessionId, [...(scores.get(sessionId) ?? []), score]);
    }
    return scores;
  }

  return agents;
}

// The act that the first response was says who it was; what came by the CRM has none, and is put down to whom the ticket is given.
const answererOf = ({ firstResponseAt, history = [], assignee }: Answered): string =>
  history.find(({ at }) => at.getTime() === firstResponseAt.getTime())?.by ?? assignee ?? 'Nobody';

const meanOf = (values: number[]): number | undefined =>
  values.length > 0 ? values.reduce((sum, one) => sum + one, 0) / values.length : undefined;
