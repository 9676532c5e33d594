import { createHmac, timingSafeEqual } from 'node:crypto';

/** The fields of a form; one that is repeated is a list. */
export type FormFields = Record<string, string | readonly string[]>;

/**
 * Whether a request comes from Twilio (twilio.com/docs/usage/webhooks/webhooks-security): HMAC-SHA1 over the address that Twilio was
 * given and the fields in the order of their names; of a repeated one each value once, in order. Some proxies and versions of Twilio name
 * the port and some do not, so the address counts with it and without. Signed with any of the tokens: while one is being replaced, Twilio
 * signs with the old one until the new one is promoted.
 */
export function isFromTwilio(
  authTokens: readonly string[],
  url: string,
  fields: FormFields,
  signature: string,
): boolean {
  const given = Buffer.from(signature, 'base64');
  const said = Object.keys(fields)
    .sort()
    .flatMap((name) => [...new Set([fields[name] ?? ''].flat())].sort().map((value) => name + value))
    .join('');
  return addressesOf(url).some((address) =>
    authTokens.some((authToken) => {
      const expected = createHmac('sha1', authToken)
        .update(address + said)
        .digest();
      return given.length === expected.length && timingSafeEqual(given, expected);
    }),
  );
}

function addressesOf(url: string): string[] {
  const [, start = '', host = '', port = '', rest = ''] =
    /^(https?:\/\/)([^/:?]+)(:\d+)?(.*)$/s.exec(url) ?? [];
  if (!start) return [url];
  const usual = start === 'https://' ? ':443' : ':80';
  return [...new Set([url, `${start}${host}${rest}`, `${start}${host}${port || usual}${rest}`])];
}
