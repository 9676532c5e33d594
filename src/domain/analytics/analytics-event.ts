import type { WithDeliveries } from '../../outbox/enqueue.js';
import { defineCollection } from '../../platform/mongodb/define-collection.js';

export type Scalar = string | number | boolean;
/** A word, a number or a flag; some words; or what a search was narrowed by. */
export type Property = Scalar | string[] | Record<string, Scalar | string[]>;
export type Properties = Record<string, Property>;

/**
 * Something that has happened, to be counted: reported by the widget, or noted by the service of its own calls. Without personal
 * data: order numbers are hashed, and what might name a person is not kept.
 */
export interface AnalyticsEvent extends WithDeliveries {
  /** The same for the same event of the same request, so that it is counted once. */
  _id: string;
  /** `aurora_products_shown` and so on; an open list. */
  event: `aurora_${string}`;
  /** The day on which it happened, in the shop's time zone: what it is counted under. */
  day: string;
  at: Date;
  /** When it was reported. */
  createdAt: Date;
  source: 'widget' | 'service';
  sessionId?: string;
  intent?: string;
  success?: boolean;
  requestId?: string;
  properties: Properties;
}

/** What is reported, before it has been cleaned. */
export interface ReportedEvent {
  event: string;
  at: Date;
  sessionId?: string | undefined;
  intent?: string | undefined;
  success?: boolean | undefined;
  requestId?: string | undefined;
  properties: Record<string, unknown>;
}

export const analyticsEvents = defineCollection<AnalyticsEvent>('analyticsEvents', {
  id: '_id',
  indexes: [
    { key: { day: 1, event: 1 } },
    { key: { sessionId: 1 } },
    { key: { 'properties.orderHash': 1 }, sparse: true },
    { key: { 'properties.creatorCode': 1 }, sparse: true },
  ],
  retention: { after: 'createdAt', days: 180 },
  deliveries: true,
  personal: {
    fields: {
      event: false,
      day: false,
      at: false,
      createdAt: false,
      source: false,
      sessionId: true,
      intent: false,
      success: false,
      requestId: false,
      properties: true,
    },
    foundBy: { sessions: ['sessionId'], orderHashes: ['properties.orderHash'] },
  },
});
