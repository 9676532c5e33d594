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
  createdAt: Type.Date(),
  dueAt: Type.Date(),
});
export type TicketDocument = Static<typeof TicketDocument>;

export const SubscriptionDocument = Type.Object({
  subscriptionId: text(),
  orderNumber: text(),
  channel: Type.Union([Type.Literal('sms'), Type.Literal('email')]),
  destination: text(),
  consent: Type.Object({ given: Type.Boolean() }),
  createdAt: Type.Date(),
});
export type SubscriptionDocument = Static<typeof SubscriptionDocument>;

export const ReturnDocument = Type.Object({
  rmaId: text(),
  option: text(),
  orderNumber: text(),
  lines: Type.Array(Type.Object({ title: text(), quantity: Type.Number() })),
  contact: Type.Optional(Type.Object({ email: maybe() })),
  expiresAt: Type.Date(),
});
export type ReturnDocument = Static<typeof ReturnDocument>;
