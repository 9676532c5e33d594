import type { Day } from '../../lib/calendar.js';
import { defineCollection } from '../../platform/mongodb/define-collection.js';
import type { EventFigures } from './count-events.js';

/** What our documents of a day come to. Everything is counted on the day on which it happened, so that a day that is over does not change. */
export interface DocumentFigures {
  /** Stylist tickets opened. */
  escalations: number;
  /** Ratings of 1 to 5, in this order. */
  csat: [number, number, number, number, number];
  /** Sessions that pursued an intent, and those in which it went well, by intent. */
  journeys: { intent: string; journeys: number; succeeded: number }[];
  /** RMAs opened, and those whose session asked for no stylist on that day. */
  returns: { opened: number; automated: number };
  /** Tickets taken up for the first time: after how many minutes in all, and how many of them in time. */
  responses: { tickets: number; minutes: number; inTime: number };
  /** Capsule holds opened, and those that became orders. */
  holds: { opened: number; converted: number };
  /** Customers who asked for order updates, by channel. */
  optIns: { email: number; sms: number };
  /** Those who ended them; not known of days that were counted before this was. */
  optOuts?: { email: number; sms: number };
  /** The same responses by the hour of the shop's clock at which the tickets were opened, from 0 to 23; not known of such days either. */
  responseHours?: { tickets: number; minutes: number }[];
}

export const noDocuments = (): DocumentFigures => ({
  escalations: 0,
  csat: [0, 0, 0, 0, 0],
  journeys: [],
  returns: { opened: 0, automated: 0 },
  responses: { tickets: 0, minutes: 0, inTime: 0 },
  holds: { opened: 0, converted: 0 },
  optIns: { email: 0, sms: 0 },
});

/** What happened on a day of the shop, from its events and from its documents. */
export interface DayFigures extends EventFigures, DocumentFigures {
  day: Day;
}

/** A day that has been counted for good. No person is in it, so it outlives the events and the documents. */
export interface DailyRollUp extends EventFigures, DocumentFigures {
  /** The day, as `2026-11-25`. */
  _id: Day;
  countedAt: Date;
}

/** A day that an earlier version counted from its events alone; the steps of a funnel stood in their order. */
export interface EarlierDay extends Omit<EventFigures, 'funnels'> {
  _id: Day;
  countedAt?: undefined;
  funnels: Record<string, number[]>;
}

/** A day that an earlier version counted from its documents alone. */
export type EarlierFigures = DocumentFigures & { day: Day };

/** Counts of a day, which name nobody: found by `_id` alone. */
export const analyticsDays = defineCollection<DailyRollUp | EarlierDay>('analyticsDays');

/** Days that an earlier version counted from documents alone: read, never written. */
export const dailyFigures = defineCollection<EarlierFigures>('dailyFigures', {
  indexes: [{ key: { day: 1 }, unique: true }],
});
