import type { IncomingHttpHeaders } from 'node:http';

/** How proxies say that a request came to them over TLS, each in its own way. */
const SAYINGS: [header: string, says: RegExp][] = [
  ['x-forwarded-proto', /\bhttps\b/i],
  ['x-forwarded-scheme', /\bhttps\b/i],
  ['x-scheme', /\bhttps\b/i],
  ['x-url-scheme', /\bhttps\b/i],
  ['cloudfront-forwarded-proto', /\bhttps\b/i],
  // RFC 7239
  ['forwarded', /\bproto="?https\b/i],
  ['cf-visitor', /"scheme":\s*"https"/i],
  ['x-forwarded-ssl', /^on$/i],
  ['front-end-https', /^on$/i],
  ['x-arr-ssl', /./],
  // what the browser says of the page that sends the form
  ['origin', /^https:/i],
  ['referer', /^https:/i],
];

/**
 * Whether TLS is in front, however that is known. Nobody has to be believed for it: who claims TLS where there is none gets a cookie that his
 * browser does not send back.
 */
export const isBehindTls = (protocol: string, headers: IncomingHttpHeaders): boolean =>
  protocol === 'https' || SAYINGS.some(([header, says]) => says.test(String(headers[header] ?? '')));
