import type { Attempt, Outcome, Place } from '../connector.js';
import { type Carrier, type Notice, wordsOf } from '../messaging/notice.js';
import type { Messages } from '../templates/message-texts.js';
import type { MessageShop } from '../templates/message-values.js';
import { type RenderedEmail, renderEmail } from '../templates/render.js';

interface Attachment {
  filename: string;
  content: Buffer;
  contentType: string;
}

export type Email = RenderedEmail & {
  to: string | undefined;
  attachments?: Attachment[];
  headers?: Record<string, string> | undefined;
};

/** Who sends emails. */
export interface Mailer extends Place {
  send(email: Email, attempt: Attempt): Promise<Outcome>;
}

/** What messages are written with: the shop's words, and what it says of itself. */
export interface Stationery {
  messages: Messages;
  shop: MessageShop;
}

/** One address, which no parser of addresses takes for several. */
const ADDRESS = /^[^\s@,;:<>()[\]"\\]{1,64}@[^\s@,;:<>()[\]"\\]{1,255}$/;
export const isAddress = (text: string | undefined): text is string =>
  text !== undefined && ADDRESS.test(text);

/** The mail server as a carrier of what subscribers are told. */
export const createEmailCarrier = (mailer: Mailer, stationery: Stationery): Carrier => ({
  name: mailer.name,
  tell: (notice, attempt) => mailer.send(emailOf(notice, stationery), attempt),
});

function emailOf(notice: Notice, { messages, shop }: Stationery): Email {
  const { kind, values } = wordsOf(notice, shop);
  const { to, unsubscribeUrl: url } = notice;
  const all = { ...values, ...(url && { unsubscribe: `To end these emails: ${url}` }) };
  return {
    to,
    headers: url?.startsWith('https:') ? unsubscribeHeaders(url) : undefined,
    ...renderEmail(messages[kind], all),
  };
}

// One click in the mailbox, RFC 8058: it demands https.
const unsubscribeHeaders = (url: string): Record<string, string> => ({
  'List-Unsubscribe': `<${url}>`,
  'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
});
