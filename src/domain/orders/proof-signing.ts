import { createHmac, timingSafeEqual } from 'node:crypto';
import { READABLE_LETTERS } from '../../lib/ids.js';

/** Letters of a code: about 36 bits, of which nobody tries out a part worth mentioning while it can be given back. */
const CODE_LETTERS = 8;

/**
 * Signs what goes to an order's own address and comes back: codes, and the links that confirm a return. The first secret signs, any of them is
 * known, so that one can be replaced without a gap.
 */
export function createProofSigning(secrets: readonly [string, ...string[]]) {
  const mac = (secret: string, purpose: string, value: string): Buffer =>
    createHmac('sha256', secret).update(`${purpose}:${value}`).digest();

  const letters = (secret: string, nonce: string): string =>
    [...mac(secret, 'order-code', nonce).subarray(0, CODE_LETTERS)]
      .map((byte) => READABLE_LETTERS[byte % READABLE_LETTERS.length])
      .join('');

  /** The code that a nonce stands for, such as `7K3M-9QX4`. */
  const codeOf = (nonce: string): string => letters(secrets[0], nonce).replace(/^(.{4})/, '$1-');

  /** Whether that is the code, however it was typed. */
  function isCodeOf(nonce: string, typed: string): boolean {
    const given = typed
      .normalize('NFKC')
      .toUpperCase()
      .replace(/[^A-Z0-9]+/g, '');
    return secrets.some((secret) => equal(Buffer.from(given), Buffer.from(letters(secret, nonce))));
  }

  /** A token that names a return, and proves that whoever has it can read the mail of its order. */
  const tokenOf = (rmaId: string): string =>
    `${rmaId}.${mac(secrets[0], 'confirm-return', rmaId).toString('base64url')}`;

  /** The return that a token of ours names. */
  function returnOf(token: string): string | undefined {
    const dot = token.lastIndexOf('.');
    const [rmaId, given] = [token.slice(0, dot), Buffer.from(token.slice(dot + 1), 'base64url')];
    return secrets.some((secret) => equal(given, mac(secret, 'confirm-return', rmaId))) ? rmaId : undefined;
  }

  return { codeOf, isCodeOf, tokenOf, returnOf };
}

export type ProofSigning = ReturnType<typeof createProofSigning>;

const equal = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);
