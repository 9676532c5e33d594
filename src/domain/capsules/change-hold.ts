import { enqueueMore } from '../../outbox/enqueue.js';
import { type CapsuleHold, EXTENSION_HOURS, type HoldStatus, MAX_EXTENSIONS } from './capsule-hold.js';
import { dueBefore, hoursAfter } from './hold-capsule.js';
import type { CapsulesRepository } from './repository.js';

export const HOLD_ACTIONS = ['extend', 'release', 'convert'] as const;
type HoldAction = (typeof HOLD_ACTIONS)[number];

/** What someone does with a hold. */
interface HoldChange {
  action: HoldAction;
  by: string;
  note?: string | undefined;
  /** The version that they have seen; without it, whatever it is. */
  version?: number | undefined;
}

export type Refusal = 'ended' | 'extended_twice' | 'changed';
/** `repeated`: it is so already. */
type HoldDecision = 'go' | 'repeated' | Refusal;

type Changed =
  | { outcome: 'changed' | 'repeated'; hold: CapsuleHold }
  | { outcome: 'refused'; reason: Refusal; hold: CapsuleHold };

const ENDS = { release: 'released', convert: 'converted' } as const satisfies Record<string, HoldStatus>;
/** Someone else acts on the same hold at the same moment this often at most. */
const ATTEMPTS = 5;

/** Whether a hold can be extended, released, or taken as bought: a pure function. */
function decideChange(hold: CapsuleHold, { action, version }: HoldChange, now: Date): HoldDecision {
  if (action !== 'extend' && hold.status === ENDS[action]) return 'repeated';
  if (version !== undefined && version !== hold.version) return 'changed';
  if (hold.status !== 'active' || hold.expiresAt <= now) return 'ended';
  if (action === 'extend' && hold.extensions >= MAX_EXTENSIONS) return 'extended_twice';
  return 'go';
}

/** Extends a hold by a day, or ends it, which gives its pieces back. */
export async function changeHold(
  holds: CapsulesRepository,
  before: CapsuleHold,
  change: HoldChange,
  now: Date,
): Promise<Changed> {
  let hold = before;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const decision = decideChange(hold, change, now);
    if (decision === 'repeated') return { outcome: 'repeated', hold };
    if (decision !== 'go') return { outcome: 'refused', reason: decision, hold };
    const changed = await write(holds, hold, change, now);
    if (changed) return { outcome: 'changed', hold: changed };
    hold = (await holds.find(hold.reservationId)) ?? hold;
  }
  return { outcome: 'refused', reason: 'changed', hold };
}

function write(
  holds: CapsulesRepository,
  hold: CapsuleHold,
  { action, by, note }: HoldChange,
  now: Date,
): Promise<CapsuleHold | null> {
  const act = { at: now, by, note };
  if (action !== 'extend') return holds.end(hold, { ...act, action: ENDS[action] });
  const expiresAt = hoursAfter(hold.expiresAt, EXTENSION_HOURS);
  const more = enqueueMore(dueBefore(expiresAt, hold.customerEmail), now);
  return holds.extend(hold, { ...act, action: 'extended' }, expiresAt, more);
}
