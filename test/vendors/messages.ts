import { SegmentedMessage } from 'sms-segments-calculator';
import { createEmailCarrier, type Email } from '../../src/connectors/email/email.js';
import type { Notice } from '../../src/connectors/messaging/notice.js';
import { renderSms } from '../../src/connectors/templates/fit-sms-segment.js';
import {
  type MessageKind,
  TEMPLATES,
  type Template,
  valuesOf,
} from '../../src/connectors/templates/message-texts.js';
import { renderEmail } from '../../src/connectors/templates/render.js';

const STOP = 'https://concierge.example/api/concierge/order-updates/unsubscribe?token=sub_1.abc&x=1';
const VALUES: Record<string, string> = {
  shop: 'GlowGlitch <3',
  orderNumber: 'GG-12004',
  code: '123456',
  contact: 'care@glowglitch.example',
  status: 'Engraving',
  parcel: 'UPS **6784',
  expected: 'Expected by Mar 4.',
  pieces: 'Halo Ring',
  until: 'March 3, 2026 at 10:00 AM',
  rmaId: 'RMA-AAAA-CCCC',
  what: 'return',
  sendBy: 'March 31, 2026',
  address: '1 Atelier Way\nNew York',
  confirm: 'https://concierge.example/api/concierge/orders/returns/confirm?token=abc',
  about: 'your request ST-AAAA-CCCC',
  text: 'Dear Ada <3,\nplatinum it is: https://concierge.example/halo',
  agent: 'Mia',
  unsubscribe: `To end these emails: ${STOP}`,
};
const shop = { name: 'GlowGlitch <3', timeZone: 'UTC', locale: 'en-US', returnAddress: [] };

/** Never sent by email. */
export const BY_TEXT_ALONE = new Set<string>(['subscription.code', 'subscription.help']);

/** Each message as a customer gets it, by text and by email. */
export function describeMessages() {
  return (Object.keys(TEMPLATES) as MessageKind[]).map((kind) => {
    const template: Template = TEMPLATES[kind];
    const values = Object.fromEntries(valuesOf(kind).map((name) => [name, VALUES[name]]));
    const text = template.sms && renderSms(template.sms, values);
    const counted = text ? new SegmentedMessage(text) : undefined;
    const email = renderEmail(template, values);
    return {
      kind,
      sms:
        text && counted
          ? {
              text,
              letters: counted.numberOfCharacters,
              segments: counted.segmentsCount,
              encoding: counted.encodingName,
            }
          : undefined,
      subject: email.subject,
      links: {
        text: email.text.match(/https:\/\//g)?.length ?? 0,
        html: email.html.match(/<a href="https:\/\//g)?.length ?? 0,
      },
      escaped: !email.html.includes('GlowGlitch <3'),
      oneClick: isOneClick(kind),
    };
  });
}

function isOneClick(kind: MessageKind): boolean {
  let sent: Email | undefined;
  const mailer = {
    name: 'probe',
    async send(email: Email) {
      sent = email;
      return { outcome: 'delivered' } as const;
    },
  };
  const [prefix, status = ''] = kind.split('.');
  if ((prefix !== 'subscription' && prefix !== 'order') || BY_TEXT_ALONE.has(kind)) return false;
  const at = new Date(0);
  const facts = { subscriptionId: 's', orderNumber: 'GG-1', channel: 'email', to: 'a@b.example', at };
  const notice = {
    ...facts,
    unsubscribeUrl: STOP,
    kind: prefix === 'order' ? 'order.update' : kind,
    code: '123456',
    update: { status, label: status, at },
  } as unknown as Notice;
  void createEmailCarrier(mailer, { messages: TEMPLATES, shop }).tell(notice, {
    id: '1',
    number: 1,
    signal: new AbortController().signal,
  });
  return sent?.headers?.['List-Unsubscribe-Post'] === 'List-Unsubscribe=One-Click';
}
