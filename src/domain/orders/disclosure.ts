import { plainText } from '../../lib/values/text.js';
import type { HistoryEntry, Order } from './order.js';
import { mayBeTold, type Proof } from './proof.js';
import { isKnownStatus } from './statuses.js';

/** What may be told of an order: decided here, for every answer, message and page. */
export interface Disclosure {
  /** Which pieces are in it. */
  pieces: boolean;
  /** The numbers of its parcels in full, and the carrier's pages; else their last four characters. */
  tracking: boolean;
  /** The address of its customer. */
  address: boolean;
}

/** To its customer, and to who works for the shop. */
export const EVERYTHING: Disclosure = { pieces: true, tracking: true, address: true };
/** To who only knows its number, which can be guessed. */
export const NUMBER_ALONE: Disclosure = { pieces: false, tracking: false, address: false };

/**
 * What may be told to a caller.
 * @param tellsOwner The shop has said that its routes compare the address with the login and take it out (`ORDER_STATUS_TELLS_OWNER`).
 */
export const disclosureFor = (proof: Proof, { tellsOwner = false } = {}): Disclosure =>
  mayBeTold(proof) ? EVERYTHING : { ...NUMBER_ALONE, address: tellsOwner };

/**
 * The order with only those words of the shop that may be told. The shop's own text may repeat what is held back, in any spelling:
 * it is compared in a normal form, and a text that has something of it is left out as a whole. What is rendered from the rest needs no
 * repair.
 */
export function discreet(order: Order, { tracking }: Disclosure): Order {
  if (tracking) return order;
  const secrets = [order.email, ...order.parcels.map(({ trackingNumber }) => trackingNumber)];
  const tells = (text: string | undefined) => text !== undefined && betrays(text, secrets);
  const history = order.history.map(
    (entry): HistoryEntry => ({
      ...entry,
      status: tells(entry.status) ? 'update' : entry.status,
      label: tells(entry.label) ? undefined : entry.label,
    }),
  );
  const { carrier } = order.shipping;
  return {
    ...order,
    status: tells(order.status) ? 'processing' : order.status,
    history,
    shipping: { ...order.shipping, carrier: tells(carrier) ? undefined : carrier },
    parcels: order.parcels.map((parcel) => ({
      ...parcel,
      carrier: tells(parcel.carrier) ? undefined : parcel.carrier,
    })),
  };
}

/** More digits than a date has: the number of a parcel, a telephone or a card, of which we may not know. */
const MAX_DIGITS = 8;
/** Three letters are a word, not a number. */
const MIN_SECRET = 4;

/** Whether a text of the shop has one of the secrets in it, in any spelling, or what looks like one that we do not know of. */
export function betrays(text: string, secrets: readonly (string | undefined)[]): boolean {
  if (isKnownStatus(text)) return false;
  const digits = bareForm(text).replace(/\D/g, '').length;
  return text.includes('@') || digits > MAX_DIGITS || names(text, secrets);
}

/** Whether a text has one of the secrets in it, in any spelling. */
export function names(text: string, secrets: readonly (string | undefined)[]): boolean {
  const bare = bareForm(text);
  const isIn = (secret: string): boolean => secret.length >= MIN_SECRET && bare.includes(secret);
  return secrets.some((secret) => isIn(bareForm(secret ?? '')));
}

const bareForm = (text: string): string =>
  plainText(text)
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
