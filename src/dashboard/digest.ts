import type { Collections } from '../collections.js';
import { findConversions } from '../domain/creators/find-conversions.js';
import { createCalendar } from '../lib/calendar.js';
import { createDailyFigures } from './insights/daily.js';

export interface DigestOptions {
  collections: Collections;
  timeZone: string;
  now: () => Date;
}

/** What is counted beside the requests: days that are over, and orders that are put down to creators. May run in any number of processes. */
export function createDigest({ collections, timeZone, now }: DigestOptions): () => Promise<void> {
  const daily = createDailyFigures({ collections, calendar: createCalendar(timeZone), now });
  return async function digest() {
    await daily.closeDays();
    await findConversions(collections, now());
  };
}
