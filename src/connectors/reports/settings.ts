import type { KeyObject } from 'node:crypto';
import { readEmail } from '../../lib/values/email.js';
import type { Mailer } from '../email/email.js';

/** Who may tell us what became of mail; Twilio is believed by the token of its account. */
export interface ReportSettings {
  sesTopics: readonly string[];
  /** `name:password` */
  postmarkLogin?: string | undefined;
  sendgridKey?: KeyObject | undefined;
}

export const TWILIO_STATUS_PATH = '/internal/webhooks/twilio/status';

/** A mailer whose messages can be told apart in reports, and that writes to no address that is suppressed. */
export function withReports(
  mailer: Mailer,
  { postmarkLogin }: Partial<ReportSettings> = {},
  isSuppressed: (email: string) => Promise<boolean> = async () => false,
): Mailer {
  return {
    ...mailer,
    async send(email, attempt) {
      const address = readEmail(email.to);
      if (address && (await isSuppressed(address)))
        return { outcome: 'skipped', reason: 'the address has sent mail back, or complained' };
      // SES and SendGrid give our `Message-ID` back; Postmark gives what is set as metadata
      // (postmarkapp.com/developer/user-guide/send-email-with-smtp)
      const mark = postmarkLogin && { 'X-PM-Metadata-delivery': attempt.id };
      return mailer.send(
        { ...email, headers: mark ? { ...email.headers, ...mark } : email.headers },
        attempt,
      );
    },
  };
}
