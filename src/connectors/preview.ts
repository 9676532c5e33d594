import type { Outcome } from './connector.js';
import { type Crm, changeText } from './crm/crm-case.js';
import type { Mailer, Stationery } from './email/email.js';
import type { Carrier } from './messaging/notice.js';
import { textOf } from './messaging/twilio.js';
import { bodyOf, type EventReceiver } from './webhooks/event.js';

/** What would have been sent if there were anyone to send it: as it would have been, by the code that sends it. */
export interface Unsent {
  /** Of the delivery. */
  id: string;
  kind: 'mail' | 'text' | 'ticket' | 'webhook';
  /** An address, a number, or which service. */
  to: string;
  subject?: string;
  text: string;
  html?: string;
  attachments?: string[];
}

const SKIPPED: Outcome = {
  outcome: 'skipped',
  reason: 'Nothing is configured for it: /demo/outbox shows what would have been sent',
};

/** Connectors that send nothing, and show what they would have sent: in development, for whatever has no vendor. */
export function createUnsent(keep: (unsent: Unsent) => void, stationery: Stationery) {
  const kept = (unsent: Unsent): Outcome => {
    keep(unsent);
    return SKIPPED;
  };
  const email: Mailer = {
    name: 'outbox of development',
    send: async ({ to = 'nobody', subject, text, html, attachments = [] }, { id }) =>
      kept({
        id,
        kind: 'mail',
        to,
        subject,
        text,
        html,
        attachments: attachments.map(({ filename }) => filename),
      }),
  };
  const sms: Carrier = {
    name: 'outbox of development',
    async tell(notice, { id }) {
      const text = textOf(notice, stationery);
      if (!text) return { outcome: 'rejected', reason: `there is no text message for ${notice.kind}` };
      return kept({ id, kind: 'text', to: notice.to, text });
    },
  };
  const change: Crm['change'] = async (what, changed, { id }) =>
    kept({ id, kind: 'ticket', to: 'CRM', subject: `Change of ${what.id}`, text: changeText(changed) });
  const crm: Crm = {
    name: 'outbox of development',
    open: async ({ subject, text }, { id }) => kept({ id, kind: 'ticket', to: 'CRM', subject, text }),
    change,
    add: change,
  };
  const receiver = (to: string): EventReceiver => ({
    name: 'outbox of development',
    send: async (event, { id }) =>
      kept({
        id,
        kind: 'webhook',
        to,
        subject: event.type,
        text: JSON.stringify(JSON.parse(bodyOf(event)), null, 2),
      }),
  });
  return { email, sms, crm, fulfilment: receiver('fulfilment'), render: receiver('render') };
}
