import { createHmac, timingSafeEqual } from 'node:crypto';

/** The event of a webhook; throws when it is none of ours. `secret` is whsec_…, `body` the bytes as they came. */
export function verify(secret, headers, body, now = Date.now()) {
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signatures = '' } = headers;
  if (!(Math.abs(now / 1000 - Number(at)) <= 300)) throw new Error('not of these five minutes');
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${at}.`).update(body).digest();
  const given = signatures.split(' ').map((one) => Buffer.from(one.replace(/^v1,/, ''), 'base64'));
  const isOurs = given.some((one) => one.length === expected.length && timingSafeEqual(one, expected));
  if (!isOurs) throw new Error('not signed with this secret');
  return JSON.parse(body);
}
