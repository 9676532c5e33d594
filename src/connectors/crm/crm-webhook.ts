import { createWebhook, type WebhookSettings } from '../webhooks/webhook.js';
import type { Crm } from './crm-case.js';

/** A CRM for everyone: the ticket as one documented schema (`ticket.created`, `ticket.updated`), by signed webhooks. */
export function createCrmWebhook(
  settings: WebhookSettings,
  timeoutMs: number,
  now: () => Date = () => new Date(),
): Crm {
  const { send } = createWebhook(settings, timeoutMs, now);
  const change: Crm['change'] = ({ id: ticketId }, changed, attempt) =>
    send({ type: 'ticket.updated', at: changed.at, data: { ticketId, ...changed } }, attempt);
  return {
    name: 'crm-webhook',
    erase: ({ caseId: ticketId }, attempt) =>
      send({ type: 'ticket.erased', at: now(), data: { ticketId } }, attempt),
    open: ({ id: ticketId, subject, requester: customer, text, tags, priority, parts: details }, attempt) =>
      send(
        {
          type: 'ticket.created',
          at: details.createdAt === undefined ? now() : new Date(details.createdAt),
          data: { ticketId, subject, customer, text, tags, priority, details },
        },
        attempt,
      ),
    change,
    add: change,
  };
}
