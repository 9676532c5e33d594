import type { MessageReport } from '../../connectors/reports/report.js';
import { readEmail } from '../../lib/values/email.js';
import type { Channel, StoppedBy } from '../order-updates/subscription.js';
import type { Suppressions } from '../order-updates/suppressions.js';
import type { MessageFates } from './message-fates.js';

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
