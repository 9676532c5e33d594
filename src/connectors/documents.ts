import { type Static, Type } from '@sinclair/typebox';

/** Of the documents that owe deliveries, what connectors tell. Checked, because a document may be older than the code. */
const text = () => Type.String();
const maybe = () => Type.Optional(Type.String());

export const TicketDocument = Type.Object({
  ticketId: text(),
  contact: Type.Object({ email: text(), name: maybe(), phone: maybe() }),
  notes: maybe(),
  timePreference: maybe(),
  transcript: Type.Array(Type.Object({ role: text(), text: text() })),
  shortlist: Type.Array(Type.Object({ id: text(), title: maybe() })),
  inspirationIds: Type.Array(text()),
  orderNumber: maybe(),
  creatorId: maybe(),
  priority: maybe(),
  createdAt: Type.Date(),
  dueAt: Type.Date(),
});
export type TicketDocument = Static<typeof TicketDocument>;

/** The payload of `ticket.update`: what a member of the staff has done with a ticket. */
export const TicketChange = Type.Object({
  action: text(),
  by: maybe(),
  note: maybe(),
  status: maybe(),
  priority: maybe(),
  assignee: maybe(),
  at: Type.Date(),
});
export type TicketChange = Static<typeof TicketChange>;

/** A rating that someone has to get in touch for. */
export const FeedbackDocument = Type.Object({
  feedbackId: text(),
  score: Type.Number(),
  intent: text(),
  notes: maybe(),
  orderNumber: maybe(),
  contact: Type.Optional(Type.Object({ email: maybe() })),
  createdAt: Type.Date(),
});
export type FeedbackDocument = Static<typeof FeedbackDocument>;

export const HoldDocument = Type.Object({
  reservationId: text(),
  status: text(),
  items: Type.Array(Type.Object({ id: text(), title: maybe() })),
  customerEmail: maybe(),
  expiresAt: Type.Date(),
});
export type HoldDocument = Static<typeof HoldDocument>;

/** The payload of `capsule.reminder`: the end that it reminds of. A hold that was extended since has another one. */
export const ReminderPayload = Type.Object({ expiresAt: Type.Date() });

export const SubscriptionDocument = Type.Object({
  subscriptionId: text(),
  orderNumber: text(),
  channel: Type.Union([Type.Literal('sms'), Type.Literal('email')]),
  destination: text(),
  consent: Type.Object({ given: Type.Boolean() }),
  status: text(),
  /** While a code is waited for. */
  confirmation: Type.Optional(Type.Object({ nonce: text() })),
  createdAt: Type.Date(),
});
export type SubscriptionDocument = Static<typeof SubscriptionDocument>;

/** The payload of `subscription.code`: as it is owed, and when it reaches a carrier. */
export const NoncePayload = Type.Object({ nonce: text() });
export const CodePayload = Type.Object({ code: text() });

/** The payload of `order.update`. */
export const SubscriberPayload = Type.Object({ subscriptionId: text() });

/** What a subscriber may be told of a change: the payload of `order.update` when it reaches a carrier. */
export const UpdatePayload = Type.Object({
  status: text(),
  label: text(),
  at: Type.Date(),
  carrier: maybe(),
  tracking: maybe(),
  trackingUrl: maybe(),
  eta: Type.Optional(Type.Date()),
});
export type UpdatePayload = Static<typeof UpdatePayload>;

export const ReturnDocument = Type.Object({
  rmaId: text(),
  option: text(),
  orderNumber: text(),
  lines: Type.Array(Type.Object({ title: text(), quantity: Type.Number() })),
  contact: Type.Optional(Type.Object({ email: maybe() })),
  expiresAt: Type.Date(),
});
export type ReturnDocument = Static<typeof ReturnDocument>;
