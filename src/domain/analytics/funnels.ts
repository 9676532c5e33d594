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
/** What a customer asks the service for. */
export const REQUESTS = [
  ...SUPPORT,
  ...ESCALATIONS,
  'aurora_products_shown',
  'aurora_product_shortlisted',
  'aurora_capsule_reserved',
  'aurora_inspiration_uploaded',
];

export const FUNNELS = {
  engagement: [
    { step: 'shown', done: ['aurora_products_shown'] },
    { step: 'viewed', done: ['aurora_product_view'] },
    { step: 'shortlisted', done: ['aurora_product_shortlisted'] },
    { step: 'reserved', done: ['aurora_capsule_reserved'] },
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

/** How many sessions of a day have taken each step. */
export type Funnels = Record<FunnelName, number[]>;
