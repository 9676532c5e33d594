import type { Collection } from 'mongodb';
import type { AirtableSettings } from '../../connectors/crm/airtable.js';
import { createAirtableNews } from '../../connectors/crm/news/airtable-news.js';
import { defineCollection } from '../../platform/mongodb/define-collection.js';
import { upsertAgain } from '../../platform/mongodb/write.js';
import type { StylistTicket } from './stylist-ticket.js';
import { takeCrmNews } from './take-crm-news.js';

/** Where Airtable pings us. */
export const AIRTABLE_PING_PATH = '/internal/webhooks/airtable';

interface AirtableTaking {
  airtable: AirtableSettings;
  timeoutMs: number;
  tickets: Collection<StylistTicket>;
  cursors: Collection<CrmCursor>;
  now: () => Date;
}

/** Takes what has changed in a table of Airtable, from where it was read last: when it pings, and once a day. */
export function createAirtableTaking({ airtable, timeoutMs, tickets, cursors, now }: AirtableTaking) {
  const reader = createAirtableNews(airtable, timeoutMs);

  /** @throws AirtableError when Airtable does not answer as it should */
  async function take(_id: string): Promise<void> {
    const { cursor = 1 } = (await cursors.findOne({ _id })) ?? {};
    for await (const page of reader.since(_id, cursor)) {
      for (const news of page.news) await takeCrmNews(tickets, news, now());
      // two at once read the same: nothing is lost, and what is read twice says nothing new
      await upsertAgain(() =>
        cursors.updateOne({ _id }, { $max: { cursor: page.cursor } }, { upsert: true }),
      );
    }
  }

  /**
   * Keeps our webhooks, which end after seven days without being asked for their news, and takes what their pings have not brought: Airtable
   * gives up on a ping that fails for long. `warn` is told what the shop has to mend.
   * @throws AirtableError
   */
  async function keep(warn: (webhook: string, problem: string) => void): Promise<void> {
    const all = await reader.webhooks();
    const known = await cursors.find({ _id: { $in: all.map(({ id }) => id) } }).toArray();
    const ours = all.filter(
      ({ id, notificationUrl }) =>
        notificationUrl?.endsWith(AIRTABLE_PING_PATH) || known.some(({ _id }) => _id === id),
    );
    if (ours.length === 0) warn('none', `the base has no webhook for ${AIRTABLE_PING_PATH}: make one`);
    for (const { id, isHookEnabled, areNotificationsEnabled } of ours) {
      await take(id);
      if (isHookEnabled === false) warn(id, 'it has ended: make a new one, and set AIRTABLE_WEBHOOK_SECRET');
      else if (areNotificationsEnabled === false)
        warn(
          id,
          'its pings are off: POST …/webhooks/<id>/enableNotifications; until then it is read once a day',
        );
    }
  }

  return { take, keep };
}

/** How far the changes of a CRM have been read, by its webhook. */
interface CrmCursor {
  _id: string;
  cursor: number;
}

export const crmCursors = defineCollection<CrmCursor>('crmCursors');
