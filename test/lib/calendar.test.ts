import t from 'tap';
import { addDays, countDays, createCalendar, daysFrom, isDay, listDays } from '../../src/lib/calendar.js';
import fc from '../properties.js';

t.test('calendar: days are counted without clocks', async (t) => {
  t.equal(addDays('2026-02-28', 1), '2026-03-01');
  t.equal(addDays('2028-02-28', 1), '2028-02-29', 'a leap year');
  t.equal(addDays('2026-01-01', -1), '2025-12-31');
  t.equal(daysFrom('2026-10-05', '2026-11-04'), 30, 'though clocks are set back on November 1');
  t.equal(daysFrom('2026-11-04', '2026-10-05'), -30);
  t.equal(countDays('2026-11-25', '2026-11-25'), 1);
  t.same(listDays('2026-02-27', '2026-03-01'), ['2026-02-27', '2026-02-28', '2026-03-01']);
  t.same(listDays('2026-03-01', '2026-02-27'), []);
  t.ok(isDay('2028-02-29'));
  for (const none of ['2026-02-29', '2026-02-30', '2026-13-01', '', 'today', '2026-1-1'])
    t.notOk(isDay(none), none);
});

t.test('calendar: a day begins and ends where its clocks say so', async (t) => {
  const newYork = createCalendar('America/New_York');
  t.equal(newYork.dayOf(new Date('2026-11-25T04:59:59.999Z')), '2026-11-24');
  t.equal(newYork.dayOf(new Date('2026-11-25T05:00:00.000Z')), '2026-11-25');
  const hours = (day: string, calendar = newYork) => {
    const { from, until } = calendar.spanOf(day);
    return (until.getTime() - from.getTime()) / 3_600_000;
  };
  t.equal(hours('2026-11-25'), 24);
  t.equal(hours('2026-03-08'), 23, 'an hour is left out');
  t.equal(hours('2026-11-01'), 25, 'an hour comes twice');
  const auckland = createCalendar('Pacific/Auckland');
  t.equal(auckland.dayOf(new Date('2026-12-23T11:00:00Z')), '2026-12-24');
  const beirut = createCalendar('Asia/Beirut');
  t.equal(hours('2026-03-29', beirut), 23, 'midnight itself is left out');
  t.equal(
    createCalendar('Asia/Kathmandu').dayOf(new Date('2026-11-25T18:15:00Z')),
    '2026-11-26',
    'UTC+05:45',
  );
});

t.test('calendar: every instant is within the span of its day', async (t) => {
  const zones = [
    'UTC',
    'America/New_York',
    'Pacific/Auckland',
    'Asia/Kathmandu',
    'Pacific/Kiritimati',
    'America/St_Johns',
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.date({
        min: new Date('2000-01-01T00:00:00Z'),
        max: new Date('2099-12-31T00:00:00Z'),
        noInvalidDate: true,
      }),
      (zone, at) => {
        const calendar = createCalendar(zone);
        const day = calendar.dayOf(at);
        const { from, until } = calendar.spanOf(day);
        return isDay(day) && from <= at && at < until && calendar.dayOf(from) === day;
      },
    ),
  );
  t.pass('for times of a century in six zones');
});
