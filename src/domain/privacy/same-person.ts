import { readEmail } from '../../lib/values/email.js';
import type { readPhone as ReadPhone } from '../../lib/values/phone.js';
import { plainText } from '../../lib/values/text.js';

/** Whether what stands in a document names the person who is asked for. */
export type IsSame = (stored: string) => boolean;

/** The same mailbox, whatever the capitals, white space, invisible marks and the form of the domain. */
export function sameEmailAs(asked: string): IsSame {
  const email = readEmail(asked);
  const plain = plainText(asked).toLowerCase();
  return (stored) =>
    stored === asked || plainText(stored).toLowerCase() === plain || readEmail(stored) === email;
}

/** As many digits as a number without its country code has at least: what ends otherwise is another number. */
const TELLING_DIGITS = 7;

/**
 * The same telephone, however it was typed: `(202) 555-0177`, `00 1 202 555 0177`, `+1 202-555-0177`. A number that cannot be read
 * without its country is the same when all that is asked for ends with it.
 * @param asked In E.164 form
 */
export function samePhoneAs(asked: string, readPhone: typeof ReadPhone): IsSame {
  const end = asked.slice(-TELLING_DIGITS);
  return (stored) => {
    const digits = plainText(stored).replace(/\D/g, '');
    // reading one by the plans of all countries takes a thousand times as long
    if (!digits.endsWith(end)) return false;
    const number = readPhone(stored);
    return number === undefined ? asked.endsWith(digits.replace(/^0+/, '')) : number === asked;
  };
}
