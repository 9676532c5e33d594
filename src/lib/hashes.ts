import { createHmac } from 'node:crypto';

/**
 * Names for what must not be kept itself. With the salt they can be made again and compared; without it they say nothing, though
 * order numbers and telephone numbers could all be tried out.
 */
export function createHashes(salt: string) {
  const hash = (what: string, value: string): string =>
    createHmac('sha256', salt).update(`${what}:${value}`).digest('base64url').slice(0, 22);
  return {
    /** Of an order number, however it is typed. */
    order: (orderNumber: string): string => hash('order', orderNumber.replace(/[\s#-]+/g, '').toUpperCase()),
    /** Of an email address in lower case, or a number in E.164 form. */
    destination: (destination: string): string => hash('destination', destination),
  };
}

export type Hashes = ReturnType<typeof createHashes>;
