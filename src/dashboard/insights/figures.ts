import type { Day } from '../../lib/calendar.js';

/** The steps of the product funnel, with the event that says a session has come to it. */
export const FUNNEL = {
  opened: 'aurora_widget_open',
  shown: 'aurora_products_shown',
  shortlisted: 'aurora_product_shortlisted',
  held: 'aurora_capsule_reserved',
  escalated: 'aurora_stylist_ticket_created',
} as const;
export type FunnelStep = keyof typeof FUNNEL;

/** What happened on one day in the shop's time zone. Everything is counted on the day on which it happened, so that a day that is over does not change. */
export interface DayFigures {
  day: Day;
  /** Stylist tickets opened. */
  escalations: number;
  /** Ratings of 1 to 5, in this order. */
  csat: [number, number, number, number, number];
  /** Sessions that pursued an intent, and those in which it went well, by intent. */
  journeys: { intent: string; journeys: number; succeeded: number }[];
  /** RMAs opened, and those whose session asked for no stylist on that day. */
  returns: { opened: number; automated: number };
  /** Tickets taken up for the first time: after how many minutes in all, and how many of them in time. */
  responses: { tickets: number; minutes: number; inTime: number };
  /** Capsule holds opened, and those that became orders. */
  holds: { opened: number; converted: number };
  /** Customers who asked for order updates, by channel. */
  optIns: { email: number; sms: number };
  /** Sessions that have come to each step. */
  funnel: Record<FunnelStep, number>;
}

/** A day that has been counted for good. It holds no personal data, and stays when the events themselves are forgotten. */
export interface CountedDay extends DayFigures {
  countedAt: Date;
}

export const noFigures = (day: Day): DayFigures => ({
  day,
  escalations: 0,
  csat: [0, 0, 0, 0, 0],
  journeys: [],
  returns: { opened: 0, automated: 0 },
  responses: { tickets: 0, minutes: 0, inTime: 0 },
  holds: { opened: 0, converted: 0 },
  optIns: { email: 0, sms: 0 },
  funnel: { opened: 0, shown: 0, shortlisted: 0, held: 0, escalated: 0 },
});

/** What a period comes to. A share or a mean of nothing is left out. */
export function summarise(days: readonly DayFigures[]) {
  const sum = (of: (figures: DayFigures) => number) => days.reduce((total, day) => total + of(day), 0);
  const scores = [0, 1, 2, 3, 4].map((nth) => sum(({ csat }) => csat[nth] ?? 0));
  const ratings = scores.reduce((total, count) => total + count, 0);
  const points = scores.reduce((total, count, nth) => total + count * (nth + 1), 0);
  const [returns, automated] = [sum((day) => day.returns.opened), sum((day) => day.returns.automated)];
  const tickets = sum((day) => day.responses.tickets);
  const [held, converted] = [sum((day) => day.holds.opened), sum((day) => day.holds.converted)];
  const steps = Object.keys(FUNNEL) as FunnelStep[];
  return {
    escalations: sum((day) => day.escalations),
    csat: { ratings, scores, ...ratio('average', points, ratings) },
    journeys: sumJourneys(days),
    returns: { opened: returns, automated, ...ratio('automationRate', automated, returns) },
    responses: {
      tickets,
      ...ratio(
        'averageMinutes',
        sum((day) => day.responses.minutes),
        tickets,
      ),
      ...ratio(
        'inTimeRate',
        sum((day) => day.responses.inTime),
        tickets,
      ),
    },
    holds: { opened: held, converted, ...ratio('conversionRate', converted, held) },
    optIns: { email: sum((day) => day.optIns.email), sms: sum((day) => day.optIns.sms) },
    funnel: steps.map((step) => ({ step, sessions: sum((day) => day.funnel[step]) })),
  };
}
export type Summary = ReturnType<typeof summarise>;

function ratio<Name extends string>(name: Name, part: number, whole: number): { [N in Name]?: number } {
  return whole > 0 ? ({ [name]: part / whole } as { [N in Name]?: number }) : {};
}

function sumJourneys(days: readonly DayFigures[]) {
  const intents = new Map<string, { journeys: number; succeeded: number }>();
  for (const { intent, journeys, succeeded } of days.flatMap((day) => day.journeys)) {
    const before = intents.get(intent) ?? { journeys: 0, succeeded: 0 };
    intents.set(intent, { journeys: before.journeys + journeys, succeeded: before.succeeded + succeeded });
  }
  return [...intents]
    .map(([intent, counts]) => ({ intent, ...counts, successRate: counts.succeeded / counts.journeys }))
    .sort((a, b) => b.journeys - a.journeys || a.intent.localeCompare(b.intent));
}
