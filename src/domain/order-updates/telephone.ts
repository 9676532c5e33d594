import {
  type CountryCode,
  getCountries,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/min';

/** `(202) 555-0123` in a US order → `+12025550123`; undefined for what is not a telephone number. */
export function toE164(typed: string, orderCountry: string | undefined): string | undefined {
  const number = parsePhoneNumberFromString(typed, countryCode(orderCountry));
  return number?.isPossible() ? number.number : undefined;
}

const IN_WORDS = new Intl.DisplayNames('en', { type: 'region' });

const CODES = new Map<string, CountryCode>([
  ...getCountries().map((code): [string, CountryCode] => [(IN_WORDS.of(code) ?? code).toUpperCase(), code]),
  ['USA', 'US'],
  ['UNITED STATES OF AMERICA', 'US'],
  ['UK', 'GB'],
  ['GREAT BRITAIN', 'GB'],
]);

// Orders name a country by its code or in words; the shop is American. In a country that we do not know a number has to
// be international: read as an American one, it would be a stranger's.
function countryCode(country: string | undefined): CountryCode | undefined {
  if (!country) return 'US';
  const name = country.trim().toUpperCase();
  return isSupportedCountry(name) ? name : CODES.get(name);
}
