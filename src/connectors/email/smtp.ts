import { once } from 'node:events';
import { connect, isIP } from 'node:net';
import type { Outcome } from '../connector.js';
import { INTERRUPTED, isLocal, silentFor, unreached } from '../http.js';
import { type Email, isAddress, type Mailer } from './email.js';

/** Email over SMTP (RFC 5321); nodemailer.com/smtp. Encrypted from the first byte, or after STARTTLS, which is then demanded. */
export interface SmtpSettings {
  host: string;
  port: number;
  /** TLS from the first byte. */
  secure: boolean;
  /** STARTTLS or nothing; only a server on this machine is spoken to in the clear. */
  requireTls: boolean;
  auth?: { user: string; pass: string };
  from: string;
  replyTo?: string;
}

export const createSmtp = (settings: SmtpSettings, timeoutMs: number): Mailer => ({
  name: 'smtp',
  limits: { concurrency: 4 },
  async send({ to, ...email }, { id, signal }) {
    if (!isAddress(to))
      return { outcome: 'rejected', reason: 'there is no email address: call the customer if it matters' };
    return sendEmail(settings, id, { ...email, to }, { timeoutMs, signal });
  },
});

type Addressed = Email & { to: string };

interface Bounds {
  timeoutMs: number;
  signal: AbortSignal;
}

async function sendEmail(
  settings: SmtpSettings,
  id: string,
  email: Addressed,
  bounds: Bounds,
): Promise<Outcome> {
  const { timeoutMs, signal } = bounds;
  const timeout = AbortSignal.timeout(timeoutMs);
  const messageId = `<${id}@${domainOf(settings.from)}>`;
  try {
    await converse(settings, { ...email, messageId }, AbortSignal.any([signal, timeout]));
    return { outcome: 'delivered', reference: messageId };
  } catch (error) {
    if (signal.aborted) return { outcome: 'retry', reason: INTERRUPTED };
    if (timeout.aborted) return { outcome: 'retry', reason: silentFor(timeoutMs) };
    return failed(error);
  }
}

// A connection each, and opened here: nodemailer takes no signal, and this way the end of the socket is the end of its email.
async function converse(
  settings: SmtpSettings,
  { to, messageId, headers, ...email }: Addressed & { messageId: string },
  signal: AbortSignal,
): Promise<void> {
  // loaded with the first email
  const { createTransport } = await import('nodemailer');
  signal.throwIfAborted();
  const { host, port, secure, requireTls: requireTLS, auth, from, replyTo } = settings;
  const socket = connect({ host, port });
  const end = () => socket.destroy();
  // without a listener an error between two commands would end the process
  socket.on('error', end);
  signal.addEventListener('abort', end, { once: true });
  try {
    await once(socket, 'connect', { signal });
    const tls = { minVersion: 'TLSv1.2' as const, ...(isIP(host) ? {} : { servername: host }) };
    const options = { host, port, secure, requireTLS, tls, auth, connection: socket };
    // what an email holds is never read from a file or an address that it names
    const transport = createTransport({ ...options, disableFileAccess: true, disableUrlAccess: true });
    await transport.sendMail({
      ...email,
      from,
      replyTo,
      to: { name: '', address: to },
      // the same at every attempt: what a mailbox tells a repeat by
      messageId,
      headers: { 'Auto-Submitted': 'auto-generated', ...headers },
    });
  } finally {
    signal.removeEventListener('abort', end);
    end();
  }
}

/** The account has sent too much: not this recipient. */
const QUOTA = new Set(['4.5.3', '5.4.5', '5.7.0']);
/** The sender is refused, which some servers say only at the end of the email: 5.2.252 is Exchange's, 5.7.60 that of Microsoft 365. */
const SENDER = new Set(['5.1.7', '5.1.8', '5.2.252', '5.7.60']);
const OF_CREDENTIALS = new Set([530, 534, 535, 538]);

const NO_MAILBOX = 'there is no such mailbox: ask the customer for another address';
const POLICY = 'refused by policy: check SPF, DKIM and DMARC of EMAIL_FROM';
/** What the codes of RFC 3463 and its registry (iana.org/assignments/smtp-enhanced-status-codes) say, in the words of an operator. */
const MEANINGS: Record<string, string> = {
  '1.1': NO_MAILBOX,
  '1.2': 'there is no such domain: ask the customer for another address',
  '1.3': 'the address is not valid: ask the customer for another',
  '1.6': 'the mailbox has moved: ask the customer for another address',
  '1.10': 'the domain takes no mail: ask the customer for another address',
  '2.1': 'the mailbox is closed: ask the customer for another address',
  '2.2': 'the mailbox is full: call the customer if it matters',
  '2.3': 'too large for the mailbox: see MESSAGES_FILE',
  '3.2': 'the server takes no mail at present; if it lasts, see its status page',
  '3.4': 'the email is too large: see MESSAGES_FILE',
  '4.1': 'the server of the mailbox does not answer: nothing to do',
  '4.4': 'there is no way to the domain: ask the customer for another address',
  '6.1': 'its contents are refused: see MESSAGES_FILE for links and words',
  '7.1': POLICY,
  '7.23': 'refused by policy: check SPF of EMAIL_FROM',
  '7.26': POLICY,
  '7.28': 'too much at once: check what the account may send',
};
const BASIC_MEANINGS: Record<number, string> = {
  421: 'the server is busy; if it lasts, see its status page',
  450: 'the mailbox is busy, or the sender is to come again: nothing to do',
  451: 'the server is to be tried again: nothing to do',
  452: 'the server has no room; if it lasts, see its status page',
  454: 'it wants less, or cannot check the password; if it lasts, check what the account may send',
  550: 'the mailbox is not there, or takes nothing from us: ask the customer',
  552: 'the mailbox is full, or the email too large: ask the customer',
  553: 'the address is not valid: ask the customer for another',
  554: 'refused by the server: check how EMAIL_FROM stands with it',
};
const OTHERWISE = { retry: 'if it lasts, see the log of the server', rejected: 'see the log of the server' };

// A server's own words repeat the address; its numbers do not.
function failed(error: unknown): Outcome {
  const { responseCode, response, code, command } = error as Record<string, unknown>;
  // a server that has no TLS to offer may have it again, and it may not be the server
  if (typeof responseCode !== 'number' || responseCode < 400 || code === 'ETLS')
    return {
      outcome: 'retry',
      reason: unreached(typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code) ? code : ''),
    };
  // of several lines any may have it
  const enhanced = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/m.exec(String(response))?.[1];
  const reason = `answered ${responseCode}${enhanced ? ` ${enhanced}` : ''}`;
  const isFinal = responseCode >= 500;
  if (OF_CREDENTIALS.has(responseCode) || (isFinal && /^(AUTH|EHLO|HELO|CONN)/.test(String(command))))
    return { outcome: 'misconfigured', reason: `${reason}: check user and password of SMTP_URL` };
  if (enhanced && QUOTA.has(enhanced))
    return { outcome: 'misconfigured', reason: `${reason}: check what the account may send` };
  if ((isFinal && command === 'MAIL FROM') || (enhanced && SENDER.has(enhanced)))
    return { outcome: 'misconfigured', reason: `${reason}: check EMAIL_FROM, which is refused` };
  const outcome = isFinal ? 'rejected' : 'retry';
  const meaning = MEANINGS[enhanced?.slice(2) ?? ''] ?? BASIC_MEANINGS[responseCode] ?? OTHERWISE[outcome];
  return { outcome, reason: `${reason}: ${meaning}` };
}

const domainOf = (from: string): string => /@([\w.-]+)/.exec(from)?.[1] ?? 'localhost';

/** `smtps://user:password@host:465` or `smtp://…:587`; STARTTLS is demanded of the latter, but of this machine. */
export function readSmtpUrl(text: string, problems: string[]): Omit<SmtpSettings, 'from' | 'replyTo'> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const [user, pass] = [url?.username, url?.password].map(decoded);
  if (!url?.hostname || user === undefined || pass === undefined || !user !== !pass)
    problems.push('SMTP_URL is not valid: it is smtps://user:password@host, percent-encoded');
  const secure = url?.protocol === 'smtps:';
  const host = (url?.hostname ?? '').replace(/^\[|\]$/g, '');
  return {
    host,
    port: Number(url?.port) || (secure ? 465 : 587),
    secure,
    requireTls: !secure && !isLocal(host),
    ...(user && pass && { auth: { user, pass } }),
  };
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
