import type { IncomingHttpHeaders } from 'node:http';
import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** Names for networks that are the same everywhere, as Express and Fastify have them. */
const NAMED: Record<string, string[]> = {
  loopback: ['127.0.0.1/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};
/** A chain of proxies is short; what a stranger sends may be long. */
const MAX_HOPS = 20;

export type IsWithin = (address: string | undefined) => boolean;

/**
 * Whether an address is in one of the networks: `10.0.0.1`, `10.0.0.0/8`, `2001:db8::/32`, `loopback`.
 * @throws Error that names the entry which is none of them.
 */
export function within(networks: readonly string[]): IsWithin {
  const list = new BlockList();
  for (const network of networks.flatMap((entry) => NAMED[entry] ?? [entry])) add(list, network);
  return (address) => {
    const plain = plainAddress(address);
    return plain !== undefined && list.check(plain, isIPv4(plain) ? 'ipv4' : 'ipv6');
  };
}

function add(list: BlockList, network: string): void {
  const [address = '', bits, ...rest] = network.split('/');
  const family = isIPv4(address) ? 'ipv4' : 'ipv6';
  const length = bits === undefined ? (family === 'ipv4' ? 32 : 128) : Number(bits);
  const isRight =
    (family === 'ipv4' || isIPv6(address)) && /^\d{1,3}$/.test(bits ?? '0') && rest.length === 0;
  if (!isRight || length > (family === 'ipv4' ? 32 : 128))
    throw new Error(`no address or network: ${network}`);
  list.addSubnet(address, length, family);
}

/** `192.0.2.1:4711`, `[2001:db8::1]:4711`, `::ffff:192.0.2.1` and `"fe80::1%eth0"` as plain addresses; undefined for what is none. */
export function plainAddress(text: string | undefined): string | undefined {
  const bare = (text ?? '').trim().replace(/^"(.*)"$/, '$1');
  const [, bracketed] = /^\[([^\]]*)\](?::\d*)?$/.exec(bare) ?? [];
  const [, beforePort] = /^([\d.]+):\d*$/.exec(bare) ?? [];
  const address = (bracketed ?? beforePort ?? bare).replace(/%.*$/, '');
  if (isIPv4(address)) return address;
  if (!isIPv6(address)) return undefined;
  const [high, low] = groupsOf(address).slice(6) as [number, number];
  const isMapped = groupsOf(address).slice(0, 6).join() === '0,0,0,0,0,65535';
  return isMapped ? [high >> 8, high & 255, low >> 8, low & 255].join('.') : address.toLowerCase();
}

/** What one customer has: an IPv4 address, or the /64 of an IPv6 one, of which every device has as many as it likes. */
export function customerKey(address: string | undefined): string | undefined {
  const plain = plainAddress(address);
  if (plain === undefined || isIPv4(plain)) return plain;
  return `${groupsOf(plain)
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}

// The eight groups of an IPv6 address.
function groupsOf(address: string): number[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const [, head = '', ...octets] = dotted ?? [];
  const [a = 0, b = 0, c = 0, d = 0] = octets.map(Number);
  const whole = dotted ? `${head}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}` : address;
  const [left = '', right] = whole.split('::');
  const numbers = (part: string) =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  if (right === undefined) return numbers(left);
  const [before, after] = [numbers(left), numbers(right)];
  return [...before, ...Array(8 - before.length - after.length).fill(0), ...after];
}

export interface Trust {
  /** Proxies whose `X-Forwarded-For` is believed. */
  isProxy: IsWithin;
  /** The shop's servers, which call for the customers; undefined when it is not said which they are. */
  isShop: IsWithin | undefined;
}

/** As the settings have it; undefined when nobody is believed. */
export function trustOf({ trustProxy, shopAddresses }: TrustSettings): Trust | undefined {
  if (!trustProxy && shopAddresses.length === 0) return undefined;
  return {
    isProxy: within(trustProxy || []),
    isShop: shopAddresses.length > 0 ? within(shopAddresses) : undefined,
  };
}

export interface TrustSettings {
  /** Addresses and networks of proxies. */
  trustProxy: false | readonly string[];
  /** Addresses and networks of the shop's servers. */
  shopAddresses: readonly string[];
}

/**
 * The customer's address, as whoever is trusted forwards it: the last one in the chain that nobody has to be believed for. Undefined when
 * there is none: a proxy is not a customer, nor is the shop's server, from which all of them come, when it does not say for whom it calls.
 */
export function customerAddress(
  connection: string | undefined,
  forwardedFor: string | undefined,
  { isProxy, isShop }: Trust,
): string | undefined {
  const forwarded = (forwardedFor ?? '').split(',').slice(-MAX_HOPS).reverse();
  let isFromShop = isShop === undefined;
  for (const address of [connection, ...forwarded]) {
    const fromShop = isShop?.(address) ?? false;
    if (!fromShop && !isProxy(address)) return isFromShop ? customerKey(address) : undefined;
    isFromShop ||= fromShop;
  }
  return undefined;
}

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
