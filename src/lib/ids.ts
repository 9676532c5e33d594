import { randomInt, randomUUID } from 'node:crypto';

// No 0/O, 1/I/L, 5/S, 8/B, 2/Z, U/V: read out over the telephone, none is taken for another.
export const READABLE_LETTERS = '34679ACDEFGHJKMNPQRTWXY';

const group = () =>
  Array.from({ length: 4 }, () => READABLE_LETTERS[randomInt(READABLE_LETTERS.length)]).join('');

/** A short number for people, such as `RMA-7K3M-9QX4`: about 36 bits, unguessable, made unique by the index on its field. */
export const readableId = (prefix: string): string => `${prefix}-${group()}-${group()}`;

/** An identifier for machines, such as `cap_6f9619ff-8b86-d011-b42d-00c04fc964ff`. */
export const machineId = (prefix: string): string => `${prefix}_${randomUUID()}`;
