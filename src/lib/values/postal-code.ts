import { readPlainText } from './text.js';

const MAX_LENGTH = 32;
const MARKS = /[^\p{L}\p{N}]+/gu;

/** What Europeans write in front of a code for letters from abroad: `D-10115`, `CH-8001`, `LV-1010`. */
const COUNTRY_PREFIXES = new Set(
  'A AD AL AT B BE BG BY CH CY CZ D DE DK E EE ES EST F FI FIN FL FR GR H HR HU I IS IT JP KR L LI LT LU LV MC MD ME MK N NL NO P PL PT RO RS RU S SE SI SK SLO SM TR UA US V'.split(
    ' ',
  ),
);

/**
 * The one form in which postal codes are compared: `sw1a 1aa` = `SW1A1AA`, `〒100-0001` = `1000001`, `D-10115` = `10115`. A US code is
 * compared without its four-digit extension, and a code of digits without the zeros in front, which it has lost where it was stored as
 * a number.
 */
export function postalCodeForm(value: unknown): string | undefined {
  const text = readPlainText(value, MAX_LENGTH);
  if (text === undefined) return undefined;
  // the prolonged sound mark of a Japanese keyboard stands where its hyphen would
  const written = text
    .toUpperCase()
    .replaceAll('\u30fc', '-')
    .replace(/[\s\p{M}]+/gu, ' ');
  const code = withoutCountry(
    /^([A-Z]{1,3})(\d{3,})$/,
    withoutCountry(/^([A-Z]{1,3}) ?- ?(\d.*)$/, written).replace(MARKS, ''),
  );
  const whole = /^\d{9}$/.test(code) ? code.slice(0, 5) : code;
  // no country's code of digits has more than these, and a longer one in zeros is none
  const form = /^\d{1,8}$/.test(whole) ? whole.replace(/^0+(?=\d)/, '') : whole;
  return form.normalize('NFKC') || undefined;
}

// With a hyphen whatever follows, without one only digits: `E1 6AN` is no Spanish code.
function withoutCountry(pattern: RegExp, code: string): string {
  const [, prefix = '', rest = ''] = pattern.exec(code) ?? [];
  return COUNTRY_PREFIXES.has(prefix) ? rest : code;
}
