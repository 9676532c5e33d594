import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { maskEmail, maskTail } from '../text.js';
import type { Channel } from './subscription.js';

/** `(202) 555-0123` in a US order → `+12025550123`; undefined for what is not a telephone number. */
export function toE164(typed: string, orderCountry: string | undefined): string | undefined {
  const number = parsePhoneNumberFromString(typed, countryCode(orderCountry));
  return number?.isPossible() ? number.number : undefined;
}

const NAMES: Record<string, CountryCode> = {
  USA: 'US',
  'UNITED STATES': 'US',
  'UNITED STATES OF AMERICA': 'US',
  UK: 'GB',
  'UNITED KINGDOM': 'GB',
  'GREAT BRITAIN': 'GB',
  FRANCE: 'FR',
  CANADA: 'CA',
  GERMANY: 'DE',
};

// Orders name a country by its code or in words; the shop is American.
function countryCode(country: string | undefined): CountryCode {
  const name = country?.trim().toUpperCase() ?? 'US';
  return NAMES[name] ?? (isSupportedCountry(name) ? name : 'US');
}

/** What a customer is shown of where messages go. */
export const maskDestination = (channel: Channel, destination: string): string =>
  channel === 'email' ? maskEmail(destination) : maskTail(destination);
