import { domainToASCII } from 'node:url';
import { readPlainText } from './text.js';

/** RFC 5321, 4.5.3.1: in octets. */
const MAX_LOCAL_OCTETS = 64;
const MAX_OCTETS = 254;
/** A text longer than that is no address, whatever it would be without its invisible marks. */
export const MAX_EMAIL_LENGTH = 320;

/** A character of a dot-atom: those of RFC 5322 and, since RFC 6531, those of other scripts. */
const ATOM = String.raw`(?:[\w!#$%&'*+/=?^{|}~\x60-]|(?=[\u{80}-\u{10ffff}])[\p{L}\p{M}\p{N}\p{S}])+`;
const LOCAL = new RegExp(`^${ATOM}(?:\\.${ATOM})*$`, 'u');
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const WRITTEN_DOMAIN = /^[\p{L}\p{M}\p{N}.\u3002-]+$/u;

/**
 * The one reader of email addresses, for what customers type and what the shop stores: in small letters, without white space around
 * it and invisible marks in it, an international domain in its ASCII form; letters of any script before the `@` (RFC 6531).
 *
 * What only contains an address is not read: `mailto:ana@example.com`, `Ana <ana@example.com>`, two addresses, a quoted local part, an
 * address without a domain name (`ana@[127.0.0.1]`, `ana@localhost`). Someone has to look at it again, and a message to a wrong
 * reading of it would go to a stranger.
 */
export function readEmail(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = readPlainText(value, MAX_EMAIL_LENGTH);
  const at = text?.lastIndexOf('@') ?? -1;
  // a half of a character, or a letter that someone's system has lost, is no part of an address
  if (text === undefined || at < 1 || text.includes('\ufffd')) return undefined;
  const local = text.slice(0, at).toLowerCase().normalize('NFKC');
  const domain = readDomain(text.slice(at + 1));
  if (domain === undefined || !LOCAL.test(local) || Buffer.byteLength(local) > MAX_LOCAL_OCTETS)
    return undefined;
  const email = `${local}@${domain}`;
  return Buffer.byteLength(email) <= MAX_OCTETS ? email : undefined;
}

function readDomain(written: string): string | undefined {
  const lower = written.toLowerCase();
  if (DOMAIN.test(lower) && !lower.includes('xn--')) return lower;
  if (!WRITTEN_DOMAIN.test(written)) return undefined;
  const ascii = domainToASCII(written);
  return DOMAIN.test(ascii) ? ascii : undefined;
}

/** Whether two values name the same mailbox; what is no address is the same as nothing. */
export function sameEmail(one: unknown, other: unknown): boolean {
  const email = readEmail(one);
  return email !== undefined && email === readEmail(other);
}
