import { memoize } from '../memoize.js';
import { plainText, readText } from './text.js';

/** A length of time, in days; parts of a day count. */
export interface Duration {
  minDays: number;
  maxDays: number;
}

/** What is longer is no duration of a shop but a placeholder. */
const MAX_DAYS = 1000;
/** Longer texts say more than a duration. */
const MAX_LENGTH = 200;
/** What pieces have in common, `2 weeks`, is shorter. */
const MAX_SHARED = 40;

const UNITS = new Map<string, number>();
const unit = (days: number, names: string): void => {
  for (const name of names.split(' ')) UNITS.set(name, days);
};
// `m` is minutes to some and months to others, and stands for neither
unit(1 / 1440, 'min mins minute minutes minuten minuto minutos minuti');
unit(
  1 / 24,
  'h hr hrs hour hours std stunde stunden heure heures ora ore hora horas uur uren timme timmar time timer godz час часа часов',
);
unit(
  1,
  'd day days dy dys tag tage tagen jour jours journee journees giorno giorni dia dias dag dagen dagar dage dager dni dzien день дня дней 日 日間 天',
);
unit(
  1,
  'workday workdays weekday weekdays businessday businessdays workingday workingdays werktag werktage werktagen arbeitstage arbeitstagen werkdag werkdagen vardagar',
);
unit(
  7,
  'w wk wks wek week weeks woche wochen semaine semaines settimana settimane semana semanas weken vecka veckor uge uger uke uker tydzien tygodnie tygodni неделя недели недель 週 週間 周',
);
unit(14, 'fortnight fortnights quinzaine quincena');
unit(
  30,
  'mo mos mth mths month months monat monate monaten mois mese mesi mes meses maand maanden manad manader maned maneder miesiac miesiace месяц месяца месяцев ヶ月 か月 个月',
);
unit(
  365,
  'y yr yrs year years jahr jahre jahren an ans annee annees anno anni ano anos jaar jaren ar год года лет 年',
);

const NUMBER_WORDS = new Map(
  Object.entries({
    a: 1,
    an: 1,
    one: 1,
    two: 2,
    three: 3,
    four: 4,
    five: 5,
    six: 6,
    seven: 7,
    eight: 8,
    nine: 9,
    ten: 10,
    eleven: 11,
    twelve: 12,
    fourteen: 14,
    ein: 1,
    eine: 1,
    einer: 1,
    zwei: 2,
    drei: 3,
    vier: 4,
    funf: 5,
    sechs: 6,
    sieben: 7,
    acht: 8,
    zehn: 10,
    un: 1,
    une: 1,
    deux: 2,
    trois: 3,
    quatre: 4,
    cinq: 5,
    una: 1,
    uno: 1,
    due: 2,
    tre: 3,
    dos: 2,
    tres: 3,
  }),
);
const FRACTIONS: Record<string, string> = {
  '½': '.5',
  '¼': '.25',
  '¾': '.75',
  '⅓': '.3333',
  '⅔': '.6667',
  '⅕': '.2',
  '⅛': '.125',
};

/** Joins two ends of a range, or two things of which either may be. */
const RANGE = /^(?:-|~|to|or|and|bis|oder|und|a|à|au|ou|et|o|al|y|e|tot|en|till|til)$/;
const QUALIFIER =
  /^(?:business|working|calendar|full|whole|werk|ouvres|ouvrables|lavorativi|laborables|habiles|uteis|s)$/;

/**
 * How long something takes, from `{ min, max, unit }`, `{ value, unit }`, `{ weeks: 2 }`, from a text such as `3–5 business days`, `2 wks`, `24h`,
 * `1,5 weeks`, `1½ weeks`, `P2W`, or from a bare number of days. Undefined for what names an unknown unit or no number, and for a text
 * with numbers that are no durations: better none than a wrong one.
 */
export function readDuration(value: unknown): Duration | undefined {
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
    const found = readFields(value as Record<string, unknown>);
    if (found !== undefined || readText(value) === undefined) return found && plausible(found);
  }
  const text = readText(value);
  if (text === undefined || text.length > MAX_LENGTH) return undefined;
  const found = readDurationText(text);
  return found && plausible(found);
}

/** The longest time of a duration in days; see `readDuration`. */
export const readDurationDays = (value: unknown): number | undefined => readDuration(value)?.maxDays;

const plausible = ({ minDays, maxDays }: Duration): Duration | undefined => {
  const [min, max] = [Math.min(minDays, maxDays), Math.max(minDays, maxDays)];
  return min >= 0 && max <= MAX_DAYS ? { minDays: min, maxDays: max } : undefined;
};

function readFields(fields: Record<string, unknown>): Duration | undefined {
  const days = daysOf(fields.unit ?? fields.units);
  const [min, max] = [fields.min ?? fields.from, fields.max ?? fields.to].map(readAmount);
  const single = readAmount(fields.value ?? fields.amount ?? fields.duration);
  const longest = max ?? min ?? single;
  if (longest !== undefined)
    return days === undefined ? undefined : { minDays: (min ?? longest) * days, maxDays: longest * days };
  let total: number | undefined;
  for (const [name, amount] of Object.entries(fields).slice(0, 20)) {
    const each = UNITS.get(name.toLowerCase());
    const count = each === undefined ? undefined : readAmount(amount);
    if (each !== undefined && count !== undefined) total = (total ?? 0) + count * each;
  }
  if (total !== undefined) return { minDays: total, maxDays: total };
  return readText(fields.text) === undefined ? undefined : readDurationText(String(fields.text));
}

// The unit of a field: without one they are days.
function daysOf(value: unknown): number | undefined {
  if (value === undefined || value === null || value === '') return 1;
  const words = wordsOf(readText(value) ?? '?').filter((word) => !QUALIFIER.test(word));
  return words.length === 1 ? UNITS.get(words[0] ?? '') : undefined;
}

function readAmount(value: unknown): number | undefined {
  const words = wordsOf(readText(value) ?? '');
  return words.length === 1 ? numberOf(words[0] ?? '') : undefined;
}

/** `1,5`, `1.5` and `one` → number; a sign is not part of one. */
function numberOf(word: string): number | undefined {
  // `3,000` may be three or three thousand
  if (/^\d{1,6}(?:[.,](?!\d{3}$)\d{1,4})?$/.test(word)) return Number(word.replace(',', '.'));
  return NUMBER_WORDS.get(word);
}

const wordsOf = (text: string): readonly string[] =>
  text.length > MAX_SHARED ? splitWords(text) : sharedWords(text);

const sharedWords = memoize(splitWords);

function splitWords(text: string): readonly string[] {
  const spelt = text
    .replace(
      /(\d?)\s?([½¼¾⅓⅔⅕⅛])/g,
      (_, whole: string, sign: string) => `${whole || '0'}${FRACTIONS[sign] ?? ''}`,
    )
    .replace(/(\d+)\s+1\/2\b/g, '$1.5');
  const plain = plainText(spelt)
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC');
  return plain.match(/\d+(?:[.,]\d+)?|[\p{L}\p{M}]+|[-~+<>%/#:$€£]/gu) ?? [];
}

const ISO =
  /^P(?:(\d{1,3})Y)?(?:(\d{1,3})M)?(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:\d{1,6}S)?)?$/i;

function readIso(text: string): Duration | undefined {
  const parts = ISO.exec(text);
  if (!parts || !/\d/.test(text)) return undefined;
  const lengths = [365, 30, 7, 1, 1 / 24, 1 / 1440];
  const days = lengths.reduce((sum, length, at) => sum + length * Number(parts[at + 1] ?? 0), 0);
  return { minDays: days, maxDays: days };
}

// A number, or two that are the ends of a range, with a unit behind; several of them one behind the other are a sum (`1 week 2 days`),
// with words between them they are several times, of which the whole range counts.
function readDurationText(text: string): Duration | undefined {
  const iso = readIso(text.trim());
  if (iso) return iso;
  if (/\d[eE]\d/.test(text)) return undefined;
  const words = wordsOf(text);
  if (words.length === 1 && numberOf(words[0] ?? '') !== undefined) {
    const days = numberOf(words[0] ?? '') ?? 0;
    return /\d/.test(words[0] ?? '') ? { minDays: days, maxDays: days } : undefined;
  }
  const bareRange =
    words.length === 3 && words[1] === '-' ? [words[0], words[2]].map((word) => numberOf(word ?? '')) : [];
  const [from, to] = bareRange;
  if (from !== undefined && to !== undefined) return { minDays: from, maxDays: to };

  const found: (Duration & { at: number; end: number; unit: number })[] = [];
  for (let at = 0; at < words.length; ) {
    const one = durationAt(words, at);
    if (one) {
      found.push({ ...one, at });
      at = one.end;
    } else if (/^\d/.test(words[at] ?? '') || ['<', '>', '#', '$', '€', '£', '%'].includes(words[at] ?? ''))
      return undefined;
    // `-3 days` is no time
    else if (words[at] === '-' && at === 0) return undefined;
    else at++;
  }
  const [first, ...others] = found;
  if (!first) return undefined;
  let { minDays, maxDays, end, unit: last } = first;
  for (const one of others) {
    const between = words.slice(end, one.at);
    if (
      between.every((word) => word === 'and' || word === '+' || word === 'und' || word === 'et') &&
      one.maxDays < last
    ) {
      minDays += one.minDays;
      maxDays += one.maxDays;
    } else {
      minDays = Math.min(minDays, one.minDays);
      maxDays = Math.max(maxDays, one.maxDays);
    }
    ({ end, unit: last } = one);
  }
  return { minDays, maxDays };
}

function durationAt(
  words: readonly string[],
  at: number,
): (Duration & { end: number; unit: number }) | undefined {
  const first = numberOf(words[at] ?? '');
  if (first === undefined) return undefined;
  const direct = unitAt(words, at + 1);
  if (direct)
    return { minDays: first * direct.days, maxDays: first * direct.days, end: direct.end, unit: direct.days };
  if (!RANGE.test(words[at + 1] ?? '')) return undefined;
  const second = numberOf(words[at + 2] ?? '');
  const behind = second === undefined ? undefined : unitAt(words, at + 3);
  if (second === undefined || !behind) return undefined;
  return { minDays: first * behind.days, maxDays: second * behind.days, end: behind.end, unit: behind.days };
}

function unitAt(words: readonly string[], at: number): { days: number; end: number } | undefined {
  let end = at;
  while (QUALIFIER.test(words[end] ?? '') || words[end] === '-') end++;
  const days = UNITS.get(words[end] ?? '') ?? UNITS.get(words[at] ?? '');
  return days === undefined ? undefined : { days, end: (UNITS.has(words[end] ?? '') ? end : at) + 1 };
}
