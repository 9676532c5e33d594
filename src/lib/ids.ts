import { createHmac, randomInt, randomUUID } from 'node:crypto';
import { orderNumberForm } from './values/order-number.js';

// No 0/O, 1/I/L, 5/S, 8/B, 2/Z, U/V: read out over the telephone, none is taken for another.
export const READABLE_LETTERS = '34679ACDEFGHJKMNPQRTWXY';

const group = () =>
  Array.from({ length: 4 }, () => READABLE_LETTERS[randomInt(READABLE_LETTERS.length)]).join('');

/** A short number for people, such as `RMA-7K3M-9QX4`: about 36 bits, unguessable, made unique by the index on its field. */
export const readableId = (prefix: string): string => `${prefix}-${group()}-${group()}`;

/** An identifier for machines, such as `cap_6f9619ff-8b86-d011-b42d-00c04fc964ff`. */
export const machineId = (prefix: string): string => `${prefix}_${randomUUID()}`;

/**
 * Names for what must not be kept itself. With the salt they can be made again and compared; without it they say nothing, though
 * order numbers and telephone numbers could all be tried out.
 */
export function createHashes(salt: string) {
  const hash = (what: string, value: string): string =>
    createHmac('sha256', salt).update(`${what}:${value}`).digest('base64url').slice(0, 22);
  return {
    /** Of an order number, however it is typed. */
    order: (orderNumber: string): string => hash('order', orderNumberForm(orderNumber) ?? orderNumber),
    /** Of an email address in lower case, or a number in E.164 form. */
    destination: (destination: string): string => hash('destination', destination),
  };
}

export type Hashes = ReturnType<typeof createHashes>;
