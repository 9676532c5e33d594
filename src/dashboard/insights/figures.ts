import type { DayFigures } from '../../domain/analytics/day-figures.js';
import { sumFunnel } from '../../domain/analytics/funnels.js';

/** What a period comes to. A share or a mean of nothing is left out. */
export function summarise(days: readonly DayFigures[]) {
  const sum = (of: (figures: DayFigures) => number) => days.reduce((total, day) => total + of(day), 0);
  const scores = [0, 1, 2, 3, 4].map((nth) => sum(({ csat }) => csat[nth] ?? 0));
  const ratings = scores.reduce((total, count) => total + count, 0);
  const points = scores.reduce((total, count, nth) => total + count * (nth + 1), 0);
  const [returns, automated] = [sum((day) => day.returns.opened), sum((day) => day.returns.automated)];
  const tickets = sum((day) => day.responses.tickets);
  const minutes = sum((day) => day.responses.minutes);
  const inTime = sum((day) => day.responses.inTime);
  const [held, converted] = [sum((day) => day.holds.opened), sum((day) => day.holds.converted)];
  return {
    escalations: sum((day) => day.escalations),
    csat: { ratings, scores, average: ratio(points, ratings) },
    journeys: sumJourneys(days),
    returns: { opened: returns, automated, automationRate: ratio(automated, returns) },
    responses: { tickets, averageMinutes: ratio(minutes, tickets), inTimeRate: ratio(inTime, tickets) },
    holds: { opened: held, converted, conversionRate: ratio(converted, held) },
    optIns: { email: sum((day) => day.optIns.email), sms: sum((day) => day.optIns.sms) },
    optOuts: { email: sum((day) => day.optOuts?.email ?? 0), sms: sum((day) => day.optOuts?.sms ?? 0) },
    responseHours: Array.from({ length: 24 }, (_, hour) => {
      const answered = sum((day) => day.responseHours?.[hour]?.tickets ?? 0);
      const waited = sum((day) => day.responseHours?.[hour]?.minutes ?? 0);
      return { hour, tickets: answered, averageMinutes: ratio(waited, answered) };
    }),
    funnel: sumFunnel('engagement', days),
  };
}
export type Summary = ReturnType<typeof summarise>;

const ratio = (part: number, whole: number): number | undefined => (whole > 0 ? part / whole : undefined);

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
