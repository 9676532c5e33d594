import { isLowScore } from '../csat/rating.js';
import type { DayFigures } from './day-figures.js';
import { ESCALATIONS, FUNNEL_NAMES, type FunnelName, sumFunnel } from './funnels.js';

/** So many ratings with that score on a day. */
interface ScoreCount {
  day: string;
  score: number;
  count: number;
}

/** What happened over a period, from its days. */
export function summarise(days: readonly DayFigures[]) {
  const scores = days.flatMap(({ day, csat }) =>
    csat.flatMap((count, nth): ScoreCount[] => (count > 0 ? [{ day, score: nth + 1, count }] : [])),
  );
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  const sessions = sum(days.map((day) => day.sessions));
  const escalated = sum(days.map((day) => day.escalated));
  const countOf = (names: readonly string[]) =>
    sum(days.flatMap(({ events }) => events.filter(({ event }) => names.includes(event)).map(succeeded)));
  return {
    events: days.flatMap(({ day, events }) => events.map((counts) => ({ day, ...counts }))),
    csat: summariseScores(scores),
    escalations: {
      stylistTickets: countOf(ESCALATIONS),
      lowRatings: sum(scores.filter(({ score }) => isLowScore(score)).map(({ count }) => count)),
    },
    funnels: Object.fromEntries(FUNNEL_NAMES.map((name) => [name, sumFunnel(name, days)])) as Record<
      FunnelName,
      ReturnType<typeof sumFunnel>
    >,
    automation: { sessions, escalated, rate: sessions > 0 ? 1 - escalated / sessions : null },
  };
}

const succeeded = (counts: { succeeded: number }): number => counts.succeeded;

function summariseScores(scores: readonly ScoreCount[]) {
  const responsesOf = (some: readonly ScoreCount[]) => some.reduce((sum, { count }) => sum + count, 0);
  const averageOf = (some: readonly ScoreCount[]) => {
    const total = some.reduce((sum, { score, count }) => sum + score * count, 0);
    return some.length > 0 ? Math.round((total / responsesOf(some)) * 100) / 100 : null;
  };
  const days = [...new Set(scores.map(({ day }) => day))].sort();
  return {
    responses: responsesOf(scores),
    average: averageOf(scores),
    distribution: Object.fromEntries(
      [1, 2, 3, 4, 5].map((score) => [score, responsesOf(scores.filter((one) => one.score === score))]),
    ),
    trend: days.map((day) => {
      const some = scores.filter((one) => one.day === day);
      return { day, responses: responsesOf(some), average: averageOf(some) };
    }),
  };
}
