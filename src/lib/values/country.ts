import { plainText } from './text.js';

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const countryForm = (name: string): string => plainText(name).toUpperCase().replaceAll('.', '');

/** Codes that are not used any more stand for what came after: `FX` for `FR`, `UK` for `GB`. */
const todays = (code: string): string => new Intl.Locale(`und-${code}`).region ?? code;

// made when the first address is read: the start does not wait for it
let codes: Map<string, string> | undefined;

/** By its code, and by its names in English. */
function readCodes(): Map<string, string> {
  const inWords = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  const named = LETTERS.flatMap((one) => LETTERS.map((other) => one + other)).flatMap(
    (code): [string, string][] => {
      const name = inWords.of(code);
      return name
        ? [
            [code, todays(code)],
            [countryForm(name), todays(code)],
          ]
        : [];
    },
  );
  return new Map([...named, ...ALSO]);
}

const ALSO: [name: string, code: string][] = [
  ['USA', 'US'],
  ['UNITED STATES OF AMERICA', 'US'],
  ['GREAT BRITAIN', 'GB'],
  ['ENGLAND', 'GB'],
  ['SCOTLAND', 'GB'],
  ['WALES', 'GB'],
];

/** The two letters of a country, written as a code or in English: `United States`, `U.S.A.`, `us` → `US`; undefined for what is none. */
export function countryCode(country: string | undefined): string | undefined {
  codes ??= readCodes();
  return codes.get(countryForm(country ?? ''));
}

/** The country that a locale is of: that of its speakers, where it names none. `en-GB` → `GB`, `de` → `DE` */
export const countryOfLocale = (locale: string): string | undefined =>
  new Intl.Locale(locale).maximize().region;

export interface PostalAddress {
  street?: string | undefined;
  city?: string | undefined;
  state?: string | undefined;
  postalCode?: string | undefined;
  country?: string | undefined;
}

/** The city comes before the code, and the state between them. */
const CITY_FIRST = new Set(['US', 'CA', 'AU', 'NZ', 'IN', 'SG', 'BR', 'PR', 'TH', 'ID', 'PH']);
/** The code has a line of its own. */
const CODE_ALONE = new Set(['GB', 'IE', 'GG', 'JE', 'IM', 'GI', 'FK', 'ZA']);

/**
 * The lines of an address, as an envelope to that country has them; without a country, to the shop's.
 * `Seattle, WA 98102` in the United States, `75001 Paris` in France, `London` and `SW1A 1AA` in Britain.
 */
export function addressLines(address: PostalAddress, home: string | undefined): string[] {
  const { street, city, state, postalCode, country } = address;
  const code = (country === undefined ? home : countryCode(country)) ?? '';
  const joined = (parts: (string | undefined)[], by: string) => parts.filter(Boolean).join(by);
  const places = CITY_FIRST.has(code)
    ? [joined([joined([city, state], ', '), postalCode], ' ')]
    : CODE_ALONE.has(code)
      ? [joined([city, state], ', '), postalCode]
      : [joined([postalCode, city, state], ' ')];
  return [street, ...places, country].flatMap((line) => line || []);
}
