import fp from 'fastify-plugin';
import { type Analytics, createAnalytics } from '../../src/domain/analytics/analytics.js';
import { createDailyRollUps, type DailyRollUps } from '../../src/domain/analytics/daily-roll-up.js';
import { type Calendar, createCalendar } from '../../src/lib/calendar.js';
import { createHashes, type Hashes } from '../../src/lib/ids.js';

declare module 'fastify' {
  interface FastifyInstance {
    analytics: Analytics;
    /** The days of the shop. */
    calendar: Calendar;
    /** What happened, by day. */
    rollUps: DailyRollUps;
    hashes: Hashes;
  }
}

interface AnalyticsOptions {
  salt: string;
  timeZone: string;
  /** Whether someone outside wants the events. */
  isForwarded: boolean;
}

/** What has happened, to be counted. */
export default fp<AnalyticsOptions>(
  async (app, { salt, timeZone, isForwarded }) => {
    const hashes = createHashes(salt);
    const calendar = createCalendar(timeZone);
    const onFailure = (err: unknown) => app.log.warn({ err }, 'analytics events could not be written');
    const tools = { hashes, dayOf: calendar.dayOf, now: app.now, onFailure, isForwarded };
    const analytics = createAnalytics(app.collections.analyticsEvents, tools);
    app.decorate('hashes', hashes);
    app.decorate('calendar', calendar);
    app.decorate('rollUps', createDailyRollUps({ collections: app.collections, calendar, now: app.now }));
    app.decorate('analytics', analytics);
    // when the last request has been answered, and before the database closes
    app.addHook('onClose', () => analytics.flush());
  },
  { name: 'analytics', fastify: '5.x', dependencies: ['mongodb', 'clock'] },
);
