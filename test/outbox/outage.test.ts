import t from 'tap';
import { DEFINITIONS } from '../../src/collections.js';
import { ensureIndexes } from '../../src/platform/mongodb/indexes.js';
import { database } from '../helper.js';
import { OUTAGE_ENDS, playOutage } from './outage.js';

/** The whole of it, which takes minutes: `OUTAGE_DELIVERIES=10000 npx tap test/outbox/outage.test.ts -t 0`. */
const SIZE = Number(process.env.OUTAGE_DELIVERIES ?? 300);

t.test(
  'outbox: an outage of six hours, and a wrong credential for two: nothing dies, and only what is true arrives',
  async (t) => {
    const db = await database(t);
    await ensureIndexes(db, DEFINITIONS);
    const { deliveries, states, calls, told, known, undisturbedMinutes, lastToldMinute } = await playOutage(
      db,
      SIZE,
    );
    t.comment(
      JSON.stringify({ deliveries, states, calls, told: told.length, undisturbedMinutes, lastToldMinute }),
    );
    t.same(Object.keys(states).sort(), ['done', 'superseded'], 'nothing is dead, and nothing is left');
    t.ok((states.superseded ?? 0) > SIZE / 20, 'what was overtaken is not sent');

    const latest = new Map<string, number>();
    const outOfOrder = told.filter(({ about, nth }) => {
      const before = latest.get(about) ?? -1;
      latest.set(about, nth);
      return about !== 'fulfilment' && about !== 'render' && nth <= before;
    });
    t.same(outOfOrder, [], 'to each recipient in order, and each once');
    const overtaken = told.filter(
      ({ about, nth, minute }) => /^sms|@/.test(about) && nth < known(about, minute) - 1,
    );
    t.same(overtaken, [], 'nothing is sent that was overtaken by then');
    t.ok(undisturbedMinutes <= 1, 'the others are not disturbed');
    t.ok(lastToldMinute <= 8 * 60 + 30, `all that waited since minute ${OUTAGE_ENDS} has gone by then`);
    const needed = told.filter(({ about }) => /^sms|@/.test(about)).length;
    const spent = (calls.sms ?? 0) + (calls.email ?? 0) - needed;
    t.ok(spent < 4 * 100, `${spent} calls in vain, by two dispatchers, to two places`);
  },
);
