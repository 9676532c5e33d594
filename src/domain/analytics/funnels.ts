/**
 * What the service notes of its own calls. The widget reports events of the same names beside it, under request ids of its own: they
 * are kept, but what happened is counted from the service's.
 */
export const SERVICE_EVENTS = [
  'aurora_products_shown',
  'aurora_product_shortlisted',
  'aurora_capsule_reserved',
  'aurora_capsule_changed',
  'aurora_order_tracked',
  'aurora_order_updates_subscribed',
  'aurora_return_initiated',
  'aurora_stylist_ticket_created',
  'aurora_csat_submitted',
  'aurora_inspiration_uploaded',
] as const;
export type ServiceEventName = (typeof SERVICE_EVENTS)[number];

/** What a session has to have done to have taken a step, besides all the steps before it. */
export interface FunnelStep {
  step: string;
  /** One of these has happened, whatever came of it. */
  asked?: readonly string[];
  /** One of these has happened with success. */
  done?: readonly string[];
  /** None of these has happened with success. */
  without?: readonly string[];
}

/** A person had to be brought in. */
export const ESCALATIONS = ['aurora_stylist_ticket_created'];
const SUPPORT = ['aurora_order_tracked', 'aurora_return_initiated', 'aurora_order_updates_subscribed'];
const RESERVED = ['aurora_capsule_reserved'];
const SHORTLISTED = ['aurora_product_shortlisted', ...RESERVED];
/** What a customer asks the service for. */
export const REQUESTS = [
  ...SUPPORT,
  ...ESCALATIONS,
  ...SHORTLISTED,
  'aurora_products_shown',
  'aurora_inspiration_uploaded',
];

export const FUNNELS = {
  // Whoever has come further has been here as well: searches carry no session, and the widget's own events may never reach us.
  engagement: [
    { step: 'shown', done: ['aurora_products_shown', 'aurora_product_view', ...SHORTLISTED] },
    { step: 'shortlisted', done: SHORTLISTED },
    { step: 'reserved', done: RESERVED },
  ],
  support: [
    { step: 'asked', asked: [...SUPPORT, ...ESCALATIONS] },
    { step: 'answered', done: SUPPORT },
    { step: 'resolved', without: ESCALATIONS },
    { step: 'rated', done: ['aurora_csat_submitted'] },
  ],
  returns: [
    { step: 'asked', asked: ['aurora_return_initiated'] },
    { step: 'opened', done: ['aurora_return_initiated'] },
    { step: 'rated', done: ['aurora_csat_submitted'] },
  ],
} as const satisfies Record<string, readonly FunnelStep[]>;

export type FunnelName = keyof typeof FUNNELS;
export const FUNNEL_NAMES = Object.keys(FUNNELS) as FunnelName[];

/** How many sessions of a day have taken each step, by the step's name. */
export type Funnels = Record<FunnelName, Record<string, number>>;

/** Every step of every funnel, with what `count` says of it. */
export const funnelsOf = (count: (name: FunnelName, step: string) => number | undefined): Funnels =>
  Object.fromEntries(
    FUNNEL_NAMES.map((name) => [
      name,
      Object.fromEntries(FUNNELS[name].map(({ step }) => [step, count(name, step) ?? 0])),
    ]),
  ) as Funnels;

/** Of each step of a funnel, over several days. */
export const sumFunnel = (name: FunnelName, days: readonly { funnels: Funnels }[]) =>
  FUNNELS[name].map(({ step }) => ({
    step,
    sessions: days.reduce((sum, { funnels }) => sum + (funnels[name][step] ?? 0), 0),
  }));
