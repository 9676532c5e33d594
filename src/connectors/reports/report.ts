import type { KeyObject } from 'node:crypto';
import { readEmail } from '../../lib/values/email.js';
import type { Mailer } from '../email/email.js';

/** `suppressed`: nothing more is to be sent there, because the address is none, or its owner has had enough. */
export type MessageState = 'delivered' | 'failed' | 'suppressed';

/** What a vendor says became of a message that it had taken. */
export interface MessageReport {
  vendor: 'twilio' | 'ses' | 'postmark' | 'sendgrid';
  channel: 'sms' | 'email';
  /** Of the delivery that the message was sent for; undefined when the vendor does not say which message it means. */
  deliveryId?: string | undefined;
  state: MessageState;
  /** The vendor's code or word; never what the customer has or was sent. */
  reason?: string | undefined;
  at: Date;
  /** Nothing reaches the address, so that what is subscribed for it ends: always so when it is suppressed. */
  isGone?: boolean;
  /** The recipient: needed where something ends for it. */
  address?: string | undefined;
}

const DELIVERY_ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;

/** The id of a delivery in what a vendor gives back of a message: our `Message-ID`, or a mark that we have set. */
export const deliveryIdIn = (value: unknown): string | undefined =>
  typeof value === 'string' ? DELIVERY_ID.exec(value)?.[0] : undefined;

/** A word or code of a vendor; undefined for what may hold more than that. */
export const codeIn = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,59}$/.test(value) ? value : undefined;

/** Who may tell us what became of mail; Twilio is believed by the token of its account. */
export interface ReportSettings {
  sesTopics: readonly string[];
  /** `name:password`; as of keys, several while one is being replaced. */
  postmarkLogins: readonly string[];
  sendgridKeys: readonly KeyObject[];
}

export const TWILIO_STATUS_PATH = '/internal/webhooks/twilio/status';

/** A mailer whose messages can be told apart in reports, and that writes to no address that is suppressed. */
export function withReports(
  mailer: Mailer,
  { postmarkLogins = [] }: Partial<ReportSettings> = {},
  isSuppressed: (email: string) => Promise<boolean> = async () => false,
): Mailer {
  return {
    ...mailer,
    async send(email, attempt) {
      const address = readEmail(email.to);
      if (address && (await isSuppressed(address)))
        return {
          outcome: 'skipped',
          reason: 'the address sent mail back or complained: lift its suppression when it takes mail again',
        };
      // SES and SendGrid give our `Message-ID` back; Postmark gives what is set as metadata
      // (postmarkapp.com/developer/user-guide/send-email-with-smtp)
      const mark = postmarkLogins.length > 0 && { 'X-PM-Metadata-delivery': attempt.id };
      return mailer.send(
        { ...email, headers: mark ? { ...email.headers, ...mark } : email.headers },
        attempt,
      );
    },
  };
}
