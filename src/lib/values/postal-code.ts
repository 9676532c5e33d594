import { readPlainText } from './text.js';

const MAX_LENGTH = 64;
const MARKS = /[^\p{L}\p{N}]+/gu;

/** What Europeans write in front of a code for letters from abroad: `D-10115`, `CH-8001`, `LV-1010`. */
const COUNTRY_PREFIXES = new Set(
  'A AD AL AT B BE BG BY CH CY CZ D DE DK E EE ES EST F FI FIN FL FR GR H HR HU I IS IT JP KR L LI LT LU LV MC MD ME MK N NL NO P PL PT RO RS RU S SE SI SK SLO SM TR UA US V'.split(
    ' ',
  ),
);

/** The states in front of a code of five digits: `CA 90210`. */
const STATES =
  /^(?:.*[ ,])?(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY])[ ,]+(?=\d{5}(?!\d))/;
/** What is written in front of a code on a form: `PLZ 10115`, `C.P. 28001`, `ZIP 90210`. Longer words are no part of a code anyway. */
const LABELS = /^(?:ZIP|PLZ|C\.? ?P|CEP|CAP|PIN|PSČ|PSC|POST)[^\p{L}\p{N}]+(?:NO|NR)?\W*(?=.*\d)/u;
/** A town or a country; the codes of some islands begin with four letters (`FIQQ 1ZZ`). */
const WORD =
  /(?<![\p{L}\p{N}])(?![A-Z]{4} ?1ZZ\b)\p{L}{2}[\p{L}\p{M}'.]{2,}(?![\p{L}\p{N}])|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+/gu;
/** A country behind a code, in short: `SW1A 1AA UK`, `75008 FR`; not the letters of `1012 NL`. */
const SHORT_COUNTRY =
  /(?<=\d{5}|\d\w?\d? ?\d[A-Z]{2}|\d{4} ?[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d)[\s,]+(?:USA|[A-Z]{2})$/;

/**
 * The one form in which postal codes are compared: `sw1a 1aa` = `SW1A1AA`, `〒100-0001` = `1000001`, `D-10115` = `10115`,
 * `PLZ 10115 Berlin` = `10115`. A US code is compared without its four-digit extension, and a code of digits without the zeros in front, which it has lost where it was stored as
 * a number.
 */
export function postalCodeForm(value: unknown): string | undefined {
  const text = readPlainText(value, MAX_LENGTH);
  if (text === undefined) return undefined;
  // the prolonged sound mark of a Japanese keyboard stands where its hyphen would
  const written = text
    .toUpperCase()
    .replaceAll('\u30fc', '-')
    .replace(/[\s\p{M}]+/gu, ' ')
    .trim();
  const alone = withoutWords(written);
  const code = withoutCountry(
    /^([A-Z]{1,3})(\d{3,})$/,
    withoutCountry(/^([A-Z]{1,3})(?: ?- ?| (?=\d{3}))(\d.*)$/, alone).replace(MARKS, ''),
  );
  const whole = /^\d{9}$/.test(code) ? code.slice(0, 5) : code;
  // no country's code of digits has more than these, and a longer one in zeros is none
  const form = /^\d{1,8}$/.test(whole) ? whole.replace(/^0+(?=\d)/, '') : whole;
  return form.normalize('NFKC') || undefined;
}

function withoutWords(written: string): string {
  const code = written
    .replace(WORD, ' ')
    .replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '')
    .replace(LABELS, '')
    .replace(STATES, '')
    .replace(SHORT_COUNTRY, '');
  return /\d/.test(code) ? code : written;
}

// With a hyphen whatever follows, without one only digits: `E1 6AN` is no Spanish code.
function withoutCountry(pattern: RegExp, code: string): string {
  const [, prefix = '', rest = ''] = pattern.exec(code) ?? [];
  return COUNTRY_PREFIXES.has(prefix) ? rest : code;
}
