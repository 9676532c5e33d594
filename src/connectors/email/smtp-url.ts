import { isLocal } from '../service-address.js';
import type { SmtpSettings } from './smtp.js';

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
