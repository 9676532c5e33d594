import type { Collection } from 'mongodb';
import type { MessageReport, MessageState } from '../../connectors/reports/report.js';
import { readEmail } from '../../lib/values/email.js';
import { defineCollection } from '../../platform/mongodb/define-collection.js';
import { insertNew } from '../../platform/mongodb/write.js';
import type { Channel, StoppedBy } from '../order-updates/subscription.js';
import type { Suppressions } from '../order-updates/suppressions.js';

/**
 * What became of the message of a delivery. It stands beside the document that carries the delivery, not on it: a vendor may report before
 * its own answer has been recorded there.
 */
export interface MessageFate {
  /** The id of the delivery. */
  _id: string;
  vendor: MessageReport['vendor'];
  state: MessageState;
  /** Of the state: what ranks higher is the last word, whichever came first. */
  rank: number;
  reason?: string | undefined;
  at: Date;
}

/** A mailbox may accept a message and send it back, and its owner may complain of what was delivered. */
const RANKS: Record<MessageState, number> = { delivered: 1, failed: 2, suppressed: 3 };

export function createMessageFates(fates: Collection<MessageFate>) {
  /** Keeps what was reported; false when it says nothing new. Of the same state, the earliest report counts. */
  async function record(
    _id: string,
    { vendor, state, reason, at }: Omit<MessageReport, 'deliveryId' | 'address' | 'channel'>,
  ): Promise<boolean> {
    const rank = RANKS[state];
    const fate = { vendor, state, rank, reason, at };
    // another report of the same message may be written at the same moment
    for (let attempt = 0; attempt < 2; attempt++) {
      const weaker = { _id, $or: [{ rank: { $lt: rank } }, { rank, at: { $gt: at } }] };
      const { matchedCount } = await fates.updateOne(weaker, { $set: fate });
      if (matchedCount > 0 || (await insertNew(fates, { _id, ...fate }))) return true;
    }
    return false;
  }

  /** By the id of the delivery. */
  async function findOf(deliveryIds: readonly string[]): Promise<Map<string, MessageFate>> {
    const found =
      deliveryIds.length > 0 ? await fates.find({ _id: { $in: [...deliveryIds] } }).toArray() : [];
    return new Map(found.map((fate) => [fate._id, fate]));
  }

  return { record, findOf };
}

export type MessageFates = ReturnType<typeof createMessageFates>;

/** What became of messages, by the delivery that they were sent for: nothing of a person stands there. */
export const messageFates = defineCollection<MessageFate>('messageFates', {
  retention: { after: 'at', days: 365 },
});

interface ReportTools {
  fates: Pick<MessageFates, 'record'>;
  suppressions: Pick<Suppressions, 'suppress'>;
  subscriptions: {
    stop(which: { destination: string; channel: Channel }, by: StoppedBy, at: Date): Promise<unknown>;
  };
  /** Called once for each that says something new. */
  onNew(report: MessageReport): void;
  now: () => Date;
}

const E164 = /^\+[1-9]\d{6,14}$/;

/** Takes what a vendor reports of messages: in any order, and as often as it likes. */
export async function takeReports(reports: readonly MessageReport[], tools: ReportTools): Promise<void> {
  for (const report of reports) {
    // first of all what keeps more messages from being sent
    if (report.state === 'suppressed' || report.isGone) await endAll(report, tools);
    const { deliveryId } = report;
    const isNew = !deliveryId || (await tools.fates.record(deliveryId, report));
    if (isNew) tools.onNew(report);
  }
}

async function endAll(
  { channel, address = '', state, reason = 'reported' }: MessageReport,
  { suppressions, subscriptions, now }: ReportTools,
): Promise<void> {
  const destination = channel === 'email' ? readEmail(address) : E164.exec(address)?.[0];
  if (!destination) return;
  if (state === 'suppressed') await suppressions.suppress(destination, reason, now());
  await subscriptions.stop({ destination, channel }, 'carrier', now());
}
