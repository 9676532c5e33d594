import { readEmail } from '../../lib/values/email.js';
import { readFlag } from '../../lib/values/list.js';
import { plainText, present } from '../../lib/values/text.js';
import type { Channel } from './subscription.js';

/** What a request says of where updates are to go: under `contact`, or at its top level. */
interface ContactFields {
  contact?:
    | string
    | number
    | { channel?: Channel | ''; value?: string | number; email?: string; phone?: string | number };
  email?: string;
  phone?: string | number;
  /** Text messages are wanted. */
  sms?: unknown;
  consent?: boolean;
}

interface Contact {
  channel: Channel;
  /** In the normal form of its kind. */
  destination: string;
  /** It was not typed, but is the address of the order. */
  isOfOrder: boolean;
  /** Whether the customer has agreed: to ask for text messages by `sms` is to agree to them. */
  isAgreed: boolean;
}

/** Why there is no contact: where in the request, and a sentence for the customer. */
interface NoContact {
  path: string;
  message: string;
}

/**
 * Where updates on an order are to go. What stands under `contact` wins. Without a channel it is the one that is asked for by `sms`, else
 * that of what is given; without anything it is email to the order's own address.
 */
export async function readContact(
  { contact, sms, consent, ...flat }: ContactFields,
  order: { email?: string; shipping: { country?: string } },
): Promise<Contact | NoContact> {
  const nested = typeof contact === 'object' ? contact : { value: contact };
  const value = present(nested.value);
  // also the sign of a keyboard that makes it wide
  const isEmail = value !== undefined && plainText(value).includes('@');
  const email = present(nested.email) ?? (isEmail ? value : undefined) ?? present(flat.email);
  const phone = present(nested.phone) ?? (isEmail ? undefined : value) ?? present(flat.phone);
  const isTextWanted = readFlag(sms);
  const isText = isTextWanted ?? (phone !== undefined && email === undefined);
  const channel = nested.channel || (isText ? 'sms' : 'email');
  const isAgreed = consent ?? (isTextWanted === true && channel === 'sms');
  const isPhoneMeant = Boolean(flat.phone) || isTextWanted === true;
  const top = (channel === 'sms' ? isPhoneMeant && '/phone' : flat.email && '/email') || '/contact';
  const path = contact ? '/contact' : top;
  if (channel === 'sms') {
    // the plans of all countries are large: loaded with the first number
    const { readPhone } = await import('../../lib/values/phone.js');
    const destination = readPhone(phone, order.shipping.country);
    return destination ? { channel, destination, isOfOrder: false, isAgreed } : { path, message: NO_PHONE };
  }
  // a number that is given for email is no reason to write to somebody else
  const typed = email ?? (nested.channel === 'email' ? value : undefined);
  const destination = readEmail(typed ?? order.email);
  return destination
    ? { channel, destination, isOfOrder: typed === undefined, isAgreed }
    : { path, message: NO_EMAIL };
}

const NO_PHONE = 'Please give a telephone number that can receive text messages, with its country code.';
const NO_EMAIL = 'Please give an email address.';
