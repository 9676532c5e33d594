import {
  type CountryCode,
  getCountries,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/min';
import { plainText, readPlainText } from './text.js';

const MAX_LENGTH = 64;

/**
 * The one reader of telephone numbers: `(202) 555-0123` in a US order → `+12025550123` (E.164); undefined for what is none.
 *
 * A module of its own weight: it holds the numbering plans of all countries, so who seldom needs it imports it when it does.
 * @param country As the order has it, a code or a name in English; without one it is the shop's, the United States. In a country that is
 *   not known a number has to be international: read as an American one, it would be a stranger's.
 */
export function readPhone(value: unknown, country?: string): string | undefined {
  const text = readPlainText(value, MAX_LENGTH);
  if (text === undefined) return undefined;
  const code = countryCode(country);
  const number = parsePhoneNumberFromString(dialled(text, code), code);
  return number?.isValid() ? number.number : undefined;
}

// `tel:` of a link, `(0)` for those who call from the country itself, and 00 for the plus sign where the country does not dial that
// by itself.
function dialled(text: string, country: CountryCode | undefined): string {
  const bare = text.replace(/^tel:\s*/i, '');
  const international =
    country === undefined || country === 'US' || country === 'CA'
      ? bare.replace(/^00\s*(?=[1-9])/, '+')
      : bare;
  return international.startsWith('+') ? international.replace(/\(0\)/, '') : international;
}

const IN_WORDS = new Intl.DisplayNames('en', { type: 'region' });
const nameForm = (name: string): string => plainText(name).toUpperCase().replaceAll('.', '');

const CODES = new Map<string, CountryCode>([
  ...getCountries().map((code): [string, CountryCode] => [nameForm(IN_WORDS.of(code) ?? code), code]),
  ['USA', 'US'],
  ['UNITED STATES OF AMERICA', 'US'],
  ['UK', 'GB'],
  ['GREAT BRITAIN', 'GB'],
  ['ENGLAND', 'GB'],
]);

function countryCode(country: string | undefined): CountryCode | undefined {
  const name = nameForm(country ?? '');
  if (name === '') return 'US';
  return isSupportedCountry(name) ? name : CODES.get(name);
}

/** The two letters of the country that a number in E.164 form belongs to. */
export const countryOf = (phone: string): string | undefined => parsePhoneNumberFromString(phone)?.country;
