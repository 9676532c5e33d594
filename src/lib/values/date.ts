import { type Calendar, createCalendar, type Day, HOUR_MS, MINUTE_MS } from '../calendar.js';
import { plainText, readText } from './text.js';

/** An order, a delivery or a lead time outside of these years is a mistake, and a wrong date is worse than none. */
const FIRST_YEAR = 2000;
const LAST_YEAR = 2100;

/** The longest of the forms below, with the name of a time zone in brackets, is shorter. */
const MAX_LENGTH = 100;

/**
 * A day of which no time is known. It is not an instant: `2026-12-24` is that day wherever the shop is. As a `Date` it is the first
 * moment of the day in the shop's time zone, so that it sorts, and has begun once the day has.
 */
export class WholeDay extends Date {
  /** Such as `2026-12-24`. */
  readonly day: Day;

  constructor(day: Day, calendar: Calendar) {
    super(calendar.at(day));
    this.day = day;
  }
}

export interface Locality {
  /** The shop's, by its IANA name. */
  timeZone: string;
  /** Decides whether `05/06/2026` is in May (`en-US`) or in June. */
  locale: string;
}

export type DateReader = (value: unknown) => Date | undefined;

/**
 * Reads dates as the shop's documents and other callers write them, from known forms only:
 *
 * - a `Date`, a timestamp of the driver, `{ $date }` of an export;
 * - seconds or milliseconds since 1970, as a number or its digits;
 * - ISO 8601 with a time: in UTC, where it names no zone (servers keep their clocks in UTC);
 * - a day: `2026-12-24`, `20261224`, `2026/12/24`, `24.12.2026`, `12/24/2026` in the order of the locale, `Dec 24, 2026`,
 *   `24 December 2026`, `Donnerstag, 24. Dezember 2026`, `24 de diciembre de 2026` and so on in eleven languages, `2026年12月24日`:
 *   a `WholeDay`, and with a time beside it that time on the shop's own clock;
 * - RFC 2822 and what JavaScript's `Date` prints.
 *
 * Everything else is no date: days that do not exist (`2026-02-30`), spans (`Dec 15-20, 2026`), seasons, years of two digits, days
 * without a year, years outside of 2000 to 2100.
 */
export function createDateReader({ timeZone, locale }: Locality): DateReader {
  const key = `${timeZone} ${locale}`;
  const reader = readers.get(key) ?? dateReader({ timeZone, locale });
  readers.set(key, reader);
  return reader;
}

// a shop has one; to make it costs more than to read a hundred dates
const readers = new Map<string, DateReader>();

function dateReader({ timeZone, locale }: Locality): DateReader {
  const calendar = createCalendar(timeZone);
  const dayFirst = putsDayFirst(locale);
  return (value) => {
    const instant = readInstant(value);
    if (instant) return plausible(instant, calendar);
    const text = readText(exported(value));
    if (text === undefined || text.length > MAX_LENGTH) return undefined;
    const date = readWritten(plainText(text), calendar, dayFirst);
    return date && plausible(date, calendar);
  };
}

/** Instants, and days as those of UTC: for what is sent to the service by systems, where no shop's day is meant. */
export const readDate = createDateReader({ timeZone: 'UTC', locale: 'en-US' });

// In the calendar of UTC and in the shop's: at the turn of a century they are a day apart.
function plausible(date: Date, calendar: Calendar): Date | undefined {
  const isInside = (year: number) => year >= FIRST_YEAR && year <= LAST_YEAR;
  const isEdge = date.getUTCFullYear() === FIRST_YEAR || date.getUTCFullYear() === LAST_YEAR;
  if (!isInside(date.getUTCFullYear())) return undefined;
  return !isEdge || isInside(Number(calendar.dayOf(date).slice(0, 4))) ? date : undefined;
}

function readInstant(value: unknown): Date | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value;
  if (value === null || typeof value !== 'object') return undefined;
  // the driver's Timestamp has its seconds in the upper half
  const { _bsontype, t } = value as { _bsontype?: unknown; t?: unknown };
  return _bsontype === 'Timestamp' && typeof t === 'number' ? new Date(t * 1000) : undefined;
}

// mongoexport writes { $date: '2026-…' }, or { $date: { $numberLong: '1795550400000' } }.
function exported(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || !Object.hasOwn(value, '$date')) return value;
  const { $date } = value as { $date: unknown };
  if ($date === null || typeof $date !== 'object') return $date;
  return ($date as { $numberLong?: unknown }).$numberLong;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH =
  '(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?';
const WEEKDAY = '(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\\.?,? )?';
const ORDINAL = '(\\d{1,2})(?:st|nd|rd|th|\\.)?';
// 16:45, 16:45:00.123, 4:45 PM, 4 pm; a zone behind it, and its name in brackets
const TIME =
  '(?:,? (?:at )?(\\d{1,2})(?::(\\d{2})(?::(\\d{2})(?:\\.\\d{1,9})?)?)? ?([ap]\\.?m\\.?)?(?: ?(z|utc|gmt|[ecmp][sd]t|(?:gmt|utc)?[+-]\\d{2}:?\\d{2})(?: \\([^()]*\\))?)?)?';

/** Months from January in German, French, Spanish, Italian, Portuguese, Dutch, Swedish, Danish and Norwegian, Finnish, Polish, without accents. */
const OTHER_MONTHS = [
  'januar jan janner janvier janv enero ene gennaio gen janeiro januari tammikuuta tammikuu stycznia styczen sty',
  'februar feb fevrier fevr fev febrero febbraio fevereiro februari helmikuuta helmikuu lutego luty lut',
  'marz mrz maerz mars marzo mar marco maart mrt marts maaliskuuta maaliskuu marca marzec',
  'april avril avr abril abr aprile apr huhtikuuta huhtikuu kwietnia kwiecien kwi',
  'mai mayo maggio mag maio mei maj toukokuuta toukokuu maja',
  'juni juin junio giugno giu junho kesakuuta kesakuu czerwca czerwiec cze',
  'juli juillet juil julio luglio lug julho heinakuuta heinakuu lipca lipiec lip',
  'august aout agosto ago augustus augusti elokuuta elokuu sierpnia sierpien sie',
  'september septembre septiembre setiembre settembre set setembro syyskuuta syyskuu wrzesnia wrzesien wrz',
  'oktober okt octobre octubre ottobre ott outubro out lokakuuta lokakuu pazdziernika pazdziernik paz',
  'november novembre noviembre novembro marraskuuta marraskuu listopada listopad lis',
  'dezember dez dec decembre dic diciembre dicembre dezembro december desember des joulukuuta joulukuu grudnia grudzien gru',
];
const OTHER_WORDS = new Map(
  OTHER_MONTHS.flatMap((names, month) =>
    names.split(' ').map((name): [string, string] => [name, MONTHS[month] ?? '']),
  ),
);
for (const name of (
  'montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag lundi mardi mercredi jeudi vendredi samedi dimanche ' +
  'lunes martes miercoles jueves viernes sabado domingo lunedi martedi mercoledi giovedi venerdi sabato domenica ' +
  'segunda terca quarta quinta sexta maandag dinsdag woensdag donderdag vrijdag zaterdag zondag ' +
  'mandag tisdag tirsdag onsdag torsdag fredag lordag sondag feira maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai ' +
  'mo di mi do fr sa so lun mer jeu ven sam dim mie jue vie sab dom ma wo vr za zo man tis ons tor fre lor son ' +
  'de del den der le il el la em på pa uhr klo the of'
).split(' '))
  if (!OTHER_WORDS.has(name)) OTHER_WORDS.set(name, '');
for (const name of ['um', 'a', 'las', 'alle', 'om', 'kl', 'ore', 'as']) OTHER_WORDS.set(name, 'at');

/** The same in the words that the forms below know: months as `nov`, days of the week and little words gone, `um` as `at`. */
function inEnglish(text: string): string {
  return (
    text
      // a Tuesday in French, Spanish and Italian, where a month follows
      .replace(/^mar\.?,? (?=\d{1,2}\.? \p{L})/iu, '')
      .replace(/(\d{1,2})\s?h\s?(\d{2})(?!\d)/i, '$1:$2')
      .replace(/(\d)(?::?(?:er|eme|ème|e|o|a|ste|de|te)|[°ª])(?![\p{L}\d])/giu, '$1')
      .replace(/[\p{L}][\p{L}\p{M}]*\.?/gu, (word) => {
        const plain = word
          .toLowerCase()
          .normalize('NFD')
          .replace(/[\p{M}.]/gu, '')
          .replaceAll('ø', 'o');
        return OTHER_WORDS.get(plain) ?? word;
      })
      .replace(/^(?:\s*[,-])+|(?<=\d),(?= ?at)/g, '')
      .replace(/(?:at\s+)+/g, 'at ')
      .replace(/(?<=at )(\d{1,2})\.(\d{2})(?!\d)/, '$1:$2')
      .replace(/\s+/g, ' ')
      .replace(/ ,/g, ',')
      .trim()
  );
}

type Parts = { year: string | undefined; month: number; day: string | undefined };

const written = (pattern: string) => new RegExp(`^${pattern}$`, 'i');
const monthOf = (name: string | undefined): number =>
  MONTHS.indexOf((name ?? '').slice(0, 3).toLowerCase()) + 1;

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?: ?(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?$/i;
const YEAR_FIRST = written(`(\\d{4})([-/.])(\\d{1,2})\\2(\\d{1,2})${TIME}`);
const COMPACT = /^(\d{4})(\d{2})(\d{2})$/;
const COMPACT_TIME = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})?(Z)$/i;
const CJK = written(`(\\d{4}) ?[年년] ?(\\d{1,2}) ?[月월] ?(\\d{1,2}) ?[日号일]${TIME}`);
const NUMERIC = written(`(\\d{1,2})([-/.])(\\d{1,2})\\2(\\d{4})${TIME}`);
const MONTH_FIRST = written(`${WEEKDAY}${MONTH} ${ORDINAL},? (\\d{4})${TIME}`);
const DAY_FIRST = written(`${WEEKDAY}${ORDINAL}(?: of|-| )? ?${MONTH},?[ -]?(\\d{4})${TIME}`);

function readWritten(text: string, calendar: Calendar, dayFirst: boolean): Date | undefined {
  if (/^\d+(?:\.\d+)?$/.test(text)) return readEpoch(text) ?? readCompact(text, calendar);
  const iso = ISO.exec(text);
  if (iso) return readIso(iso, calendar);
  const compact = COMPACT_TIME.exec(text);
  if (compact) {
    const [, year, month, day, hour, minute, second = '00', zone] = compact;
    return readIso(
      ['', year ?? '', month ?? '', day ?? '', hour ?? '', minute ?? '', second, '', zone ?? ''],
      calendar,
    );
  }
  for (const written of /\p{L}{2}/u.test(text) ? [text, inEnglish(text)] : [text])
    for (const read of WRITTEN_FORMS) {
      const found = read(written, dayFirst);
      if (found) return inShop(found.parts, found.time, calendar);
    }
  return undefined;
}

type Found = { parts: Parts; time: (string | undefined)[] };

const WRITTEN_FORMS: ((text: string, dayFirst: boolean) => Found | undefined)[] = [
  (text) => {
    const match = YEAR_FIRST.exec(text);
    return match
      ? { parts: { year: match[1], month: Number(match[3]), day: match[4] }, time: match.slice(5) }
      : undefined;
  },
  (text) => {
    const match = CJK.exec(text);
    return match
      ? { parts: { year: match[1], month: Number(match[2]), day: match[3] }, time: match.slice(4) }
      : undefined;
  },
  (text, dayFirst) => {
    const match = NUMERIC.exec(text);
    if (!match) return undefined;
    const [first, second] = [Number(match[1]), Number(match[3])];
    // with dots the day stands first everywhere; else what cannot be a month is the day, and the locale decides the rest
    const isDayFirst = match[2] === '.' || first > 12 || (dayFirst && second <= 12);
    const [day, month] = isDayFirst ? [first, second] : [second, first];
    return { parts: { year: match[4], month, day: String(day) }, time: match.slice(5) };
  },
  (text) => {
    const match = MONTH_FIRST.exec(text);
    return match
      ? { parts: { year: match[3], month: monthOf(match[1]), day: match[2] }, time: match.slice(4) }
      : undefined;
  },
  (text) => {
    const match = DAY_FIRST.exec(text);
    return match
      ? { parts: { year: match[3], month: monthOf(match[2]), day: match[1] }, time: match.slice(4) }
      : undefined;
  },
  (text) => {
    const match = PRINTED.exec(text);
    return match
      ? { parts: { year: match[3], month: monthOf(match[1]), day: match[2] }, time: match.slice(4) }
      : undefined;
  },
];

// `Tue Nov 24 2026 10:00:00 GMT+0100 (…)` is of MONTH_FIRST; `Tue Nov 24 10:00:00 UTC 2026` is what `date` prints.
const PRINTED = written(
  `${WEEKDAY}${MONTH} {1,2}(\\d{1,2})(?=.* (\\d{4})$) (\\d{1,2}):(\\d{2}):(\\d{2})() (utc|gmt|[ecmp][sd]t) \\d{4}`,
);

/** From `min` to before `max`: what lies between is seconds, a thousand times as much is milliseconds, and nothing is both. */
const EPOCH = { min: Date.UTC(FIRST_YEAR) / 1000, max: Date.UTC(LAST_YEAR + 1) / 1000 };

function readEpoch(text: string): Date | undefined {
  const number = Number(text);
  if (number >= EPOCH.min && number < EPOCH.max) return new Date(Math.round(number * 1000));
  return number >= EPOCH.min * 1000 && number < EPOCH.max * 1000 ? new Date(Math.round(number)) : undefined;
}

function readCompact(text: string, calendar: Calendar): Date | undefined {
  const match = COMPACT.exec(text);
  return match ? wholeDay({ year: match[1], month: Number(match[2]), day: match[3] }, calendar) : undefined;
}

function readIso(match: readonly (string | undefined)[], calendar: Calendar): Date | undefined {
  const [, year, month, day, hour, minute, second = '00', fraction = '', zone] = match;
  const parts = { year, month: Number(month), day };
  const time = [Number(hour), Number(minute), Number(second)];
  // midnight of no place is how a day is written by who has no time
  if (!zone && time.every((part) => part === 0) && Number(fraction || 0) === 0)
    return wholeDay(parts, calendar);
  const midnight = utcMidnight(parts);
  const offset = offsetOf(zone ?? 'Z');
  if (midnight === undefined || offset === undefined || !isTime(time)) return undefined;
  const millis = Math.trunc(Number(`0.${fraction || 0}`) * 1000);
  return new Date(midnight + msOf(time) + millis - offset);
}

function inShop(parts: Parts, written: (string | undefined)[], calendar: Calendar): Date | undefined {
  const [hour, minute = '0', second = '0', half, zone] = written;
  if (hour === undefined) return wholeDay(parts, calendar);
  // a number behind a day that is no time: `Nov 24, 2026 3`
  if (written[1] === undefined && half === undefined) return undefined;
  const time = [twentyFour(Number(hour), half), Number(minute), Number(second)];
  const midnight = utcMidnight(parts);
  if (midnight === undefined || !isTime(time)) return undefined;
  if (zone === undefined) return calendar.at(dayText(midnight), msOf(time));
  const offset = offsetOf(zone);
  return offset === undefined ? undefined : new Date(midnight + msOf(time) - offset);
}

const isTime = ([hour = 24, minute = 60, second = 60]: number[]): boolean =>
  hour < 24 && minute < 60 && second < 60;
const msOf = ([hour = 0, minute = 0, second = 0]: number[]): number =>
  hour * HOUR_MS + minute * MINUTE_MS + second * 1000;

function twentyFour(hour: number, half: string | undefined): number {
  if (half === undefined) return hour;
  if (hour < 1 || hour > 12) return Number.NaN;
  return (hour % 12) + (half.toLowerCase().startsWith('p') ? 12 : 0);
}

/** The zones that RFC 2822 names, in hours. */
const NAMED_OFFSETS: Record<string, number> = {
  z: 0,
  utc: 0,
  gmt: 0,
  est: -5,
  edt: -4,
  cst: -6,
  cdt: -5,
  mst: -7,
  mdt: -6,
  pst: -8,
  pdt: -7,
};

function offsetOf(zone: string): number | undefined {
  const named = NAMED_OFFSETS[zone.toLowerCase()];
  if (named !== undefined) return named * HOUR_MS;
  const [, sign, hours, minutes = '0'] = /([+-])(\d{2}):?(\d{2})?$/.exec(zone) ?? [];
  const [hour, minute] = [Number(hours), Number(minutes)];
  if (!(hour <= 14 && minute < 60)) return undefined;
  return (sign === '-' ? -1 : 1) * (hour * HOUR_MS + minute * MINUTE_MS);
}

function wholeDay(parts: Parts, calendar: Calendar): Date | undefined {
  const midnight = utcMidnight(parts);
  return midnight === undefined ? undefined : new WholeDay(dayText(midnight), calendar);
}

const dayText = (midnight: number): Day => new Date(midnight).toISOString().slice(0, 10);

// `Date.UTC` takes Feb 30 for Mar 2: a day that does not exist is no day.
function utcMidnight({ year: y, month, day: d }: Parts): number | undefined {
  const [year, day] = [Number(y), Number(d)];
  if (!(year >= FIRST_YEAR && year <= LAST_YEAR)) return undefined;
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : undefined;
}

// The order in which the locale writes day and month.
function putsDayFirst(locale: string): boolean {
  const parts = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'numeric' }).formatToParts(0);
  return parts.findIndex(({ type }) => type === 'day') < parts.findIndex(({ type }) => type === 'month');
}
