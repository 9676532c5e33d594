import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { countryCode } from './country.js';
import { readPlainText } from './text.js';

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
  const code = planOf(country);
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

function planOf(country: string | undefined): CountryCode | undefined {
  const code = country?.trim() ? countryCode(country) : 'US';
  return code && isSupportedCountry(code) ? code : undefined;
}

/** The two letters of the country that a number in E.164 form belongs to. */
export const countryOf = (phone: string): string | undefined => parsePhoneNumberFromString(phone)?.country;
