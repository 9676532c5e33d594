import t from 'tap';
import { dueAt, parseStudioHours } from '../../src/domain/stylist/studio-hours.js';

const HOURS = 'Mon-Fri 10:00-18:00; Sat 11:00-17:00';
const NEW_YORK = 'America/New_York';

t.test('stylist: when a ticket is due', async (t) => {
  // on 2026-03-08 the clocks of New York go from 2:00 to 3:00, on 2026-11-01 from 2:00 back to 1:00
  const cases: [name: string, opened: string, minutes: number, due: string, zone?: string, hours?: string][] =
    [
      ['within the day', '2026-06-03T15:00:00Z', 240, '2026-06-03T19:00:00Z'],
      ['at the very end of the day', '2026-06-03T18:00:00Z', 240, '2026-06-03T22:00:00Z'],
      ['into the next day', '2026-06-03T20:00:00Z', 240, '2026-06-04T16:00:00Z'],
      ['before it opens', '2026-06-03T09:00:00Z', 60, '2026-06-03T15:00:00Z'],
      ['after it has closed', '2026-06-03T23:30:00Z', 60, '2026-06-04T15:00:00Z'],
      ['at the moment in which it closes', '2026-06-03T22:00:00Z', 60, '2026-06-04T15:00:00Z'],
      ['from Friday evening into the short Saturday', '2026-06-05T21:00:00Z', 240, '2026-06-06T18:00:00Z'],
      ['over Sunday', '2026-06-06T20:00:00Z', 240, '2026-06-08T17:00:00Z'],
      ['on a Sunday', '2026-06-07T15:00:00Z', 240, '2026-06-08T18:00:00Z'],
      ['a day in UTC that is not yet one in New York', '2026-06-08T02:00:00Z', 60, '2026-06-08T15:00:00Z'],
      ['longer than a week', '2026-06-01T14:00:00Z', 47 * 60, '2026-06-08T15:00:00Z'],
      [
        'over the weekend on which the clocks go forward',
        '2026-03-07T21:00:00Z',
        120,
        '2026-03-09T15:00:00Z',
      ],
      ['over the weekend on which they go back', '2026-10-31T20:00:00Z', 120, '2026-11-02T16:00:00Z'],
      [
        'through the night on which they go forward',
        '2026-03-08T05:00:00Z',
        180,
        '2026-03-08T08:00:00Z',
        NEW_YORK,
        'Sun 00:00-24:00',
      ],
      [
        'a whole day of 23 hours',
        '2026-03-08T05:00:00Z',
        23 * 60,
        '2026-03-09T04:00:00Z',
        NEW_YORK,
        'Sun 00:00-24:00',
      ],
      [
        'a whole day of 25 hours',
        '2026-11-01T04:00:00Z',
        25 * 60,
        '2026-11-02T05:00:00Z',
        NEW_YORK,
        'Sun 00:00-24:00',
      ],
      [
        'a break at noon',
        '2026-06-03T15:30:00Z',
        60,
        '2026-06-03T17:30:00Z',
        NEW_YORK,
        'Wed 10:00-12:00; Wed 13:00-18:00',
      ],
      [
        'hours that are said in another order',
        '2026-06-03T15:30:00Z',
        60,
        '2026-06-03T17:30:00Z',
        NEW_YORK,
        'Wed 13:00-18:00; Wed 10:00-12:00',
      ],
      ['a zone with half an hour', '2026-06-03T04:00:00Z', 60, '2026-06-03T05:30:00Z', 'Asia/Kolkata'],
      ['beyond the date line', '2026-06-05T20:00:00Z', 60, '2026-06-06T00:00:00Z', 'Pacific/Auckland'],
      [
        'days that go over Sunday',
        '2026-06-06T13:00:00Z',
        180,
        '2026-06-08T01:00:00Z',
        'UTC',
        'Sat-Mon 00:00-02:00',
      ],
      ['no minutes', '2026-06-03T15:00:00Z', 0, '2026-06-03T15:00:00Z'],
    ];
  for (const [name, opened, minutes, due, zone = NEW_YORK, hours = HOURS] of cases) {
    const parsed = parseStudioHours(hours);
    if (!parsed) return t.fail(hours);
    t.same(dueAt(new Date(opened), minutes, parsed, zone), new Date(due), name);
  }
});

t.test('stylist: what is not a list of hours', async (t) => {
  for (const text of [
    '',
    'always',
    'Mon',
    'Mon 10-18',
    'Mon 18:00-10:00',
    'Mon 10:00-10:00',
    'Mon 10:00-24:01',
    'Mon 10:60-12:00',
    'Xyz 10:00-12:00',
    'Mon 10:00-12:00;',
  ])
    t.equal(parseStudioHours(text), undefined, text);
  t.same(parseStudioHours('mon 9:00-17:30')?.[1], [[540, 1050]]);
});
