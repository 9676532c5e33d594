import type { CleaningTools } from '../../src/domain/analytics/clean-event.js';
import { addDays, type Calendar } from '../../src/lib/calendar.js';
import type { HistoryEntry } from '../../src/lib/history.js';
import type { AuditEntry } from '../../src/platform/audit/audit.js';
import { buildOrder, line, type Order } from './build-order.js';
import { createRandom } from './random.js';
import { type Activity, customerOf, play, STAFF, type Stage, shown } from './visit.js';

/** Days before today of which there is something. */
export const ACTIVITY_DAYS = 60;

const HOUR = 3_600_000;
/** Customers a day, from Sunday: they look in the evening and at the weekend. */
const CUSTOMERS = [17, 9, 10, 10, 12, 14, 19];
/** How many of them come in each hour of the day. */
const HOURS = [2, 1, 0, 0, 0, 0, 1, 2, 4, 6, 7, 8, 11, 9, 7, 7, 8, 9, 10, 12, 15, 14, 9, 5];
const FIRST_ORDER = 11_850;
/** The day on which the search was down and everyone asked for a person: a Tuesday about two weeks ago. */
const BAD_WEEKDAY = 2;
const BAD_DAYS_AGO = [12, 18] as const;

/**
 * Sixty days of customers until now: the same ones whenever it is called, moved along with the clock. Nobody of them exists: addresses
 * are of example.com, telephone numbers of the range for fiction.
 */
export function activityUntil(now: Date, tools: CleaningTools & { calendar: Calendar }): Activity {
  const orders = pastOrders(now);
  const made: Activity = {
    orders,
    widgetSessions: [],
    widgetShortlists: [],
    csatFeedback: [],
    stylistTickets: [],
    capsuleHolds: [],
    returns: [],
    widgetOrderSubscriptions: [],
    widgetInspiration: [],
    staffMembers: STAFF.map((name) => ({ _id: name, key: 'seeds', acts: true, signedInAt: now })),
    auditLog: [],
    analyticsEvents: [],
  };
  const stage: Stage = { now, tools, made, returned: new Set(), subscribed: new Set(), units: new Map() };
  const today = tools.calendar.dayOf(now);
  for (let ago = ACTIVITY_DAYS; ago >= 0; ago--) {
    const day = addDays(today, -ago);
    const weekday = new Date(`${day}T12:00:00Z`).getUTCDay();
    const isBad = weekday === BAD_WEEKDAY && ago >= BAD_DAYS_AGO[0] && ago <= BAD_DAYS_AGO[1];
    const growth = 1 + (ACTIVITY_DAYS - ago) / 250;
    const ofDay = createRandom(ago * 1000).between(0.85, 1.15) * growth * (isBad ? 1.8 : 1);
    for (let nth = 1; nth <= (CUSTOMERS[weekday] ?? 0) * ofDay; nth++) {
      const random = createRandom(ago * 1000 + nth);
      const at = tools.calendar.at(day, (random.weighted(HOURS) + random.next()) * HOUR);
      if (at < now) play(stage, { at, random, isBad });
    }
  }
  made.auditLog = auditOf(made);
  return made;
}

/** What the staff have done, as the audit log would have it. */
function auditOf({ stylistTickets, csatFeedback, widgetInspiration }: Activity): AuditEntry[] {
  const WORDS: Record<string, string> = { approved: 'approve' };
  const of = (kind: string, target: string, history: HistoryEntry[]): AuditEntry[] =>
    history
      .filter(({ by }) => STAFF.includes(by))
      .map(({ at, by, action }, nth) => ({
        at,
        key: 'seeds',
        by,
        action: `${kind}.${WORDS[action] ?? action}`,
        target,
        requestId: `seeds-${target}-${nth}`,
      }));
  return [
    ...stylistTickets.flatMap(({ ticketId, history }) => of('tickets', ticketId, history)),
    ...csatFeedback.flatMap(({ feedbackId, history }) => of('feedback', feedbackId, history)),
    ...widgetInspiration.flatMap(({ inspirationId, history }) => of('images', inspirationId, history)),
  ];
}

/** What was bought before the orders of the table: delivered by now. */
function pastOrders(now: Date): Order[] {
  return Array.from({ length: 120 }, (_, nth) => {
    const random = createRandom(1_000_000 + nth);
    const age = 75 - nth * 0.55;
    const lines = Array.from({ length: random.chance(0.25) ? 2 : 1 }, () =>
      line(random.of(shown).card.id, { tags: [] }),
    );
    return buildOrder(
      {
        number: FIRST_ORDER + nth,
        to: customerOf(random),
        lines,
        steps: `created ${age}, processing ${age - 1}, shipped ${age - 4}, delivered ${age - 8}`,
        parcel: ['UPS', `1Z999AA1${String(20_000_000 + nth)}`],
        lineIds: true,
      },
      now,
    );
  });
}
