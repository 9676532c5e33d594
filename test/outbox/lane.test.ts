import { setImmediate } from 'node:timers/promises';
import t from 'tap';
import type { Outcome } from '../../src/connectors/connector.js';
import { createAttempts } from '../../src/outbox/attempt.js';
import type { Handler } from '../../src/outbox/delivery-kind.js';
import { enqueue } from '../../src/outbox/enqueue.js';
import { createLane, type Entry } from '../../src/outbox/lane.js';

const DELIVERED: Outcome = { outcome: 'delivered' };
const FAILED: Outcome = { outcome: 'retry', reason: 'away' };

/** A lane with a clock that only a test and a sleep move. */
function laneOf(limits: Parameters<typeof createLane>[0] = {}) {
  let time = Date.parse('2099-05-01T10:00:00.000Z');
  const slept: number[] = [];
  const clock = {
    now: () => new Date(time),
    sleep: async (ms: number) => {
      slept.push(ms);
      time += ms;
    },
  };
  const lane = createLane(limits, clock);
  const pass = async (outcome: Outcome | undefined): Promise<Entry> => {
    const entry = await lane.enter();
    if (entry === 'enter') lane.leave(outcome, 10);
    return entry;
  };
  const move = (ms: number) => {
    time += ms;
  };
  return { lane, pass, slept, clock, move };
}

t.test(
  'outbox: so many at once, as many again wait, and the others come again, one after the other',
  async (t) => {
    const { lane, clock } = laneOf({ concurrency: 2 });
    const entries: Entry[] = [];
    const enter = () =>
      lane.enter().then((entry) => {
        entries.push(entry);
        return entry;
      });
    await Promise.all([enter(), enter()]);
    const waiting = [enter(), enter()];
    const refused = (await Promise.all([enter(), enter()])).map((entry) => (entry as { until: Date }).until);
    t.same(entries.slice(0, 2), ['enter', 'enter']);
    t.equal(entries.length, 4, 'two still wait');
    t.ok(refused[0] && refused[1] && refused[0] < refused[1] && refused[0] > clock.now());
    lane.leave(DELIVERED, 10);
    t.equal(await waiting[0], 'enter', 'who leaves makes room for the one that waits longest');
    t.equal(entries.length, 5);
    lane.leave(FAILED, 10);
    t.equal(await waiting[1], 'enter');
  },
);

t.test('so many a second: a short wait is waited for, a long one comes again', async (t) => {
  const { lane, slept, clock } = laneOf({ perSecond: 2, concurrency: 10 });
  const start = clock.now().getTime();
  for (let n = 0; n < 3; n++) t.equal(await lane.enter(), 'enter');
  t.same(slept, [500, 500]);
  t.equal(clock.now().getTime(), start + 1000, 'three in a second, evenly');

  const still = laneOf({ perSecond: 2 });
  const entries = await Promise.all(Array.from({ length: 3 }, () => still.pass(DELIVERED)));
  t.same(entries, ['enter', 'enter', 'enter']);
  const slow = laneOf({ perSecond: 0.1 });
  t.equal(await slow.pass(DELIVERED), 'enter');
  const [first, second] = [await slow.pass(DELIVERED), await slow.pass(DELIVERED)] as { until: Date }[];
  t.equal(Number(first?.until) - slow.clock.now().getTime(), 20_000);
  t.equal(Number(second?.until) - Number(first?.until), 10_000);
});

const HELD = { held: 'away' };

t.test('outbox: five failures in a row open the circuit, and a single probe closes it', async (t) => {
  const { lane, pass, move, clock } = laneOf();
  for (let n = 0; n < 4; n++) await pass(FAILED);
  await pass(DELIVERED);
  for (let n = 0; n < 5; n++) t.equal(await pass(FAILED), 'enter', 'a success has begun the count anew');
  const at = clock.now().getTime();
  t.same(await pass(DELIVERED), { ...HELD, until: new Date(at + 30_000) }, 'the first is the next probe');
  move(29_999);
  const { until } = (await pass(DELIVERED)) as { until: Date };
  t.ok(until.getTime() > at + 60_000, 'the others wait until it has gone through');
  move(1);
  t.equal(await lane.enter(), 'enter', 'the probe');
  t.match(await pass(DELIVERED), HELD, 'one at a time');
  t.equal(lane.leave(FAILED, 10), undefined);
  move(59_999);
  t.match(await pass(DELIVERED), HELD, 'it failed: another pause, twice as long');
  move(1);
  t.equal(await pass(undefined), 'enter');
  t.equal(await lane.enter(), 'enter', 'a probe that was broken off says nothing');
  t.equal(lane.leave(DELIVERED, 10), 'closed');
  t.equal(await pass(DELIVERED), 'enter', 'closed');
});

t.test(
  'outbox: a place that refuses our configuration is paused at once, and for longer and longer',
  async (t) => {
    const { lane, pass, move, clock } = laneOf();
    const refused: Outcome = { outcome: 'misconfigured', reason: 'answered 401' };
    await lane.enter();
    t.equal(lane.leave(refused, 10), 'opened');
    for (const pauseMs of [30_000, 60_000, 120_000, 240_000, 300_000, 300_000]) {
      move(pauseMs - 1);
      t.match(await pass(DELIVERED), { held: 'answered 401' }, `${pauseMs}`);
      move(1);
      t.equal(await pass(refused), 'enter');
      const until = lane.afterProbe().getTime() - clock.now().getTime();
      t.ok(until > Math.min(2 * pauseMs, 300_000), 'another one is the next probe');
    }
  },
);

t.test('a refusal is an answer: the receiver is not down', async (t) => {
  const { pass } = laneOf();
  for (let n = 0; n < 20; n++)
    t.equal(await pass({ outcome: 'rejected', reason: 'no such ticket' }), 'enter');
});

t.test('outbox: a receiver that asks for a pause gets it, from everyone', async (t) => {
  const { pass, move, clock } = laneOf({ pauseAfterTooManyMs: 30_000 });
  const asks = (afterMs: number): Outcome => ({ outcome: 'retry', reason: 'too many', afterMs });
  t.equal(await pass(asks(1000)), 'enter');
  const { until } = (await pass(DELIVERED)) as { until: Date };
  t.ok(until.getTime() > clock.now().getTime() + 29_999, 'the pause that the vendor is known to want');
  move(30_000);
  t.equal(await pass(asks(45_000)), 'enter');
  move(44_999);
  t.ok(typeof (await pass(DELIVERED)) === 'object');
  move(1);
  for (let n = 0; n < 10; n++) {
    t.equal(await pass(asks(10)), 'enter', 'and it never counts as down');
    move(30_000);
  }
  await pass(asks(24 * 3_600_000));
  move(600_000);
  t.equal(await pass(DELIVERED), 'enter', 'one answer does not stop everything for a day');
});

t.test('outbox: what is broken off is left as it was, and nothing follows it', async (t) => {
  let calls = 0;
  const deaf: Handler = {
    name: 'deaf',
    deliver: () => {
      calls += 1;
      return new Promise(() => {});
    },
  };
  const clock = { now: () => new Date(), sleep: async () => {} };
  const { attempt, abortAll } = createAttempts({
    handlers: { crm: { ...deaf, limits: { concurrency: 1 } } },
    timeoutMs: 60_000,
    clock,
  });
  const { deliveries } = enqueue([{ to: 'crm', kind: 'ticket.create' }], clock.now());
  const one = () => Promise.all(deliveries.map((delivery) => attempt(delivery, { _id: 1, deliveries })));
  const [underWay, waiting] = [one(), one()];
  await setImmediate();
  abortAll();
  t.same(await Promise.all([underWay, waiting]), [[{ outcome: 'left' }], [{ outcome: 'left' }]]);
  t.equal(calls, 1);
});
