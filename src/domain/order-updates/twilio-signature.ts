import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Whether a request comes from Twilio (twilio.com/docs/usage/webhooks/webhooks-security): HMAC-SHA1 over the address that Twilio was
 * given and the fields in the order of their names.
 */
export function isFromTwilio(
  authToken: string,
  url: string,
  fields: Record<string, string>,
  signature: string,
): boolean {
  const text = Object.keys(fields)
    .sort()
    .reduce((all, name) => all + name + fields[name], url);
  const expected = createHmac('sha1', authToken).update(text).digest();
  const given = Buffer.from(signature, 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
