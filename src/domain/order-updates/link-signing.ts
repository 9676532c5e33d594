import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Signs what leaves the service and comes back: links in emails, and codes in text messages. The first secret signs, any of them is
 * known, so that one can be replaced without a gap.
 */
export function createSigning(secrets: readonly string[]) {
  const mac = (secret: string, purpose: string, value: string): Buffer =>
    createHmac('sha256', secret).update(`${purpose}:${value}`).digest();
  const [first] = secrets;

  /** A token that names a subscription, and proves that we have given it out; undefined without a secret. */
  const tokenOf = (subscriptionId: string): string | undefined =>
    first && `${subscriptionId}.${mac(first, 'unsubscribe', subscriptionId).toString('base64url')}`;

  /** The subscription that a token of ours names. */
  function subscriptionOf(token: string): string | undefined {
    const dot = token.lastIndexOf('.');
    const [subscriptionId, given] = [token.slice(0, dot), Buffer.from(token.slice(dot + 1), 'base64url')];
    const isOurs = secrets.some((secret) => equal(given, mac(secret, 'unsubscribe', subscriptionId)));
    return isOurs ? subscriptionId : undefined;
  }

  const digits = (secret: string, nonce: string): string =>
    String(mac(secret, 'code', nonce).readUInt32BE() % 1_000_000).padStart(6, '0');

  /** The six digits that a nonce stands for; undefined without a secret. */
  const codeOf = (nonce: string): string | undefined => first && digits(first, nonce);
  const isCodeOf = (nonce: string, code: string): boolean =>
    secrets.some((secret) => equal(Buffer.from(code), Buffer.from(digits(secret, nonce))));

  return { tokenOf, subscriptionOf, codeOf, isCodeOf };
}

export type Signing = ReturnType<typeof createSigning>;

const equal = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);
