import t from 'tap';
import { loadConfig } from '../../src/config/load.js';
import { nextAttempt, parseSchedule } from '../../src/outbox/next-attempt.js';

const S = 1000;
const H = 3600 * S;
const SCHEDULE = parseSchedule('5s 1m 5m 30m 2h 5h 10h 10h 24h 24h') ?? [];
const least = () => 0;
const most = () => 1;

t.test('outbox: a schedule is a list of times', async (t) => {
  t.same(SCHEDULE, [5 * S, 60 * S, 300 * S, 1800 * S, 2 * H, 5 * H, 10 * H, 10 * H, 24 * H, 24 * H]);
  t.same(parseSchedule(' 200ms, 1d '), [200, 24 * H]);
  for (const wrong of ['', '5', '5s soon', '-1s', '0s', '1.5h'])
    t.equal(parseSchedule(wrong), undefined, JSON.stringify(wrong));
  const needed = {
    CONCIERGE_API_KEY: 'a-long-enough-key',
    MONGODB_URI: 'mongodb://db',
    S3_BUCKET: 'images',
    ANALYTICS_SALT: 'a-long-enough-salt',
  };
  t.same(loadConfig({}, needed).dispatcher.schedule, SCHEDULE, 'the default');
});

t.test('outbox: each failure waits up to its step, and after the last there is none', async (t) => {
  const waits = (random: () => number) =>
    Array.from({ length: 11 }, (_, n) => nextAttempt(n + 1, SCHEDULE, random));
  t.same(waits(most), [...SCHEDULE, undefined]);
  t.same(waits(() => 0.5).slice(0, 3), [2500, 30 * S, 150 * S], 'full jitter');
  t.same(new Set(waits(least).slice(0, 10)), new Set([S]), 'but never at once');
  t.equal(nextAttempt(1, [200], least), 200, 'or, where a step is shorter, by its length');
  t.equal(nextAttempt(1, [], most), undefined);
});

t.test('outbox: what the receiver asks for is honoured, within the longest step', async (t) => {
  t.equal(nextAttempt(1, SCHEDULE, least, 90 * S), 90 * S);
  t.equal(nextAttempt(2, SCHEDULE, most, 10 * S), 60 * S, 'the schedule may ask for more');
  t.equal(nextAttempt(1, SCHEDULE, most, 1000 * H), 24 * H);
  t.equal(nextAttempt(11, SCHEDULE, most, 10 * S), undefined, 'it is no way around the end');
});
