import { Type } from '@sinclair/typebox';
import type { CrmCase } from '../../connectors/crm/crm-case.js';
import { deliveriesOf } from '../../outbox/delivery-kind.js';
import { type StylistTools, ticketCase } from '../stylist/deliveries.js';
import type { StylistTicket } from '../stylist/stylist-ticket.js';
import type { TextThread } from './customer-text.js';

export interface TextTools extends StylistTools {
  tickets: { findOpenOfPhone(phone: string): Promise<StylistTicket | undefined> };
}

/** The team reads what a customer has texted: on their ticket that is open, else on one of its own for the day. */
export const TEXT_RECEIVED = deliveriesOf<TextThread, TextTools>([
  'threadId',
  'phone',
  'messages',
  'createdAt',
])({
  to: 'crm',
  kind: 'text.received',
  label: 'Text of a customer',
  payload: Type.Object({ messageId: Type.String() }),
  async handle({ document, payload: { messageId }, ...attempt }, tools, crm) {
    const message = document.messages.find((one) => one.messageId === messageId);
    if (!message) return { outcome: 'skipped', reason: 'the message has been erased' };
    let ticket: StylistTicket | undefined;
    try {
      ticket = await tools.tickets.findOpenOfPhone(document.phone);
    } catch {
      return {
        outcome: 'retry',
        reason: 'the tickets of the number could not be looked up: nothing to do, it goes again',
      };
    }
    const said = { action: 'text message', by: 'the customer', note: message.text, at: message.at };
    if (ticket) return crm.change(ticketCase(ticket, tools), said, attempt);
    const isFirst = message === document.messages[0];
    return isFirst
      ? crm.open(threadCase(document, message.text), attempt)
      : crm.add(threadCase(document), said, attempt);
  },
});

const threadCase = ({ threadId, phone, createdAt }: TextThread, first = ''): CrmCase => ({
  id: threadId,
  subject: `Text messages of ${phone}`,
  text: `Text messages to the number of the shop, from ${phone}.\n\n${first}`.trim(),
  tags: ['concierge', 'text'],
  status: 'open',
  parts: { phone, createdAt: createdAt.toISOString() },
});
