import { newHold } from '../../src/domain/capsules/hold-capsule.js';
import { rate } from '../../src/domain/csat/submit-rating.js';
import { newSubscription } from '../../src/domain/order-updates/new-subscription.js';
import type { ReturnRequest } from '../../src/domain/returns/return-request.js';
import { newTicket } from '../../src/domain/stylist/new-ticket.js';
import type { Message } from '../../src/outbox/delivery-kind.js';

export const AT = new Date('2026-03-01T10:00:00.000Z');

const contact = { email: 'marked@example.com', name: 'Ana Marked', phone: '+12025550199' };

const message = (kind: string, document: object, rest: Partial<Message> = {}): Message => ({
  id: '0d4f1c1e-6f0a-4c0a-9f57-7d8f1a6f2b11',
  kind,
  attempt: 1,
  document: { ...document },
  ...rest,
});

export const ticket = newTicket(
  {
    sessionId: 'session-marked',
    priority: 'normal',
    priorityReasons: [],
    identity: 'claimed',
    customerEmail: contact.email,
    customerName: contact.name,
    customerPhone: contact.phone,
    notes: 'Marked: a ring for <b>Mum</b>',
    timePreference: 'mornings',
    transcript: [
      { role: 'customer', text: 'Hello, Marked here' },
      { role: 'assistant', text: 'Good morning' },
    ],
    shortlist: [{ id: 'RING-1', title: 'Marked Halo' }],
    inspirationIds: ['insp-marked'],
    orderNumber: 'GG-1',
  },
  new Date('2026-03-01T14:00:00.000Z'),
  AT,
);
export const ticketMessage = (rest: Partial<Message> = {}) => message('ticket.create', ticket, rest);

/** What the staff has done with the ticket. */
export const updateMessage = (change: object) =>
  message('ticket.update', ticket, {
    payload: { action: 'closed', by: 'Mia', note: 'Marked note', at: AT, ...change },
  });

export const feedback = rate(
  undefined,
  {
    sessionId: 'session-marked',
    intent: 'general',
    score: 2,
    notes: 'Marked: too late',
    orderNumber: 'GG-1',
  },
  AT,
  () => '2026-03-01',
);
export const followUpMessage = (rest: Partial<Message> = {}) => message('followup.create', feedback, rest);

export const subscription = (channel: 'sms' | 'email', consent = true) =>
  newSubscription(
    {
      orderNumber: 'GG-1',
      channel,
      destination: channel === 'sms' ? contact.phone : contact.email,
      consent: { given: consent, requestId: 'request-marked' },
      sessionId: 'session-marked',
    },
    AT,
  );
export const subscriptionMessage = (channel: 'sms' | 'email', consent = true) =>
  message('subscription.created', subscription(channel, consent));

const hold = newHold(
  { sessionId: 'session-marked', items: [{ id: 'RING-1', title: 'Halo' }], customerEmail: contact.email },
  ['internal-claim'],
  AT,
);
export const holdMessage = (rest: Partial<Message> = {}) => message('capsule.render', hold, rest);
export const reminderMessage = (fields: object = {}, payload: object = { expiresAt: hold.expiresAt }) =>
  message('capsule.reminder', { ...hold, ...fields }, { payload });

/** Something that has happened, for analytics. */
export const eventMessage = (id: string, rest: Partial<Message> = {}) => ({
  ...message('analytics.event', { event: 'aurora_widget_open', intent: 'find', createdAt: AT }, rest),
  id,
});

export const rma: ReturnRequest = {
  rmaId: 'RMA-AAAA-CCCC',
  option: 'return',
  orderNumber: 'GG-1',
  lines: [{ lineId: 'line-1', title: 'Halo <Ring> & "Band"\r\nBcc: all@marked.example', quantity: 2 }],
  contact: { email: contact.email },
  sessionId: 'session-marked',
  status: 'initiated',
  history: [{ status: 'initiated', at: AT, by: 'customer', note: 'Marked note of the team' }],
  orderStatusBefore: 'delivered',
  openKey: 'internal-open-key',
  requestKey: 'internal-request-key',
  claims: ['internal-claim'],
  createdAt: AT,
  updatedAt: AT,
  expiresAt: new Date('2026-03-31T10:00:00.000Z'),
  deliveries: [],
};
export const returnMessage = (kind: string, rest: Partial<Message> = {}, document: object = rma) =>
  message(kind, document, rest);

/** The shop's order has moved; whom to tell is looked up. */
export const changeMessage = () =>
  message(
    'order.update',
    { orderNumber: 'GG-1', status: 'shipped', label: 'Shipped', at: AT },
    { payload: { subscriptionId: 'sub_1' } },
  );
