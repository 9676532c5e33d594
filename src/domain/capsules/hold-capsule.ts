import { HOUR_MS } from '../../lib/calendar.js';
import { machineId } from '../../lib/ids.js';
import { enqueue, type What } from '../../outbox/enqueue.js';
import type { Snapshot } from '../catalog/snapshot.js';
import { piecesOf } from '../shortlists/describe-list.js';
import type { ShortlistsRepository } from '../shortlists/repository.js';
import type { SavedPiece } from '../shortlists/shortlist.js';
import { type CapsuleHold, HOLD_HOURS, REMINDER_HOURS } from './capsule-hold.js';
import { chooseUnits, claimOf, heldPieces, unitOf, type Wanted } from './choose-units.js';
import { CAPSULE_EXPIRE, CAPSULE_REMINDER, CAPSULE_RENDER } from './deliveries.js';
import type { CapsulesRepository } from './repository.js';

export const hoursAfter = (at: Date, hours: number): Date => new Date(at.getTime() + hours * HOUR_MS);

export interface CapsuleWish {
  sessionId: string;
  items: SavedPiece[];
  shortlistId?: string | undefined;
  customerEmail?: string | undefined;
}

/** A new hold, with a rendering of the capsule, a reminder before its end where there is an address, and its end enqueued. */
export function newHold(
  { sessionId, items, shortlistId, customerEmail }: CapsuleWish,
  claims: string[],
  at: Date,
): CapsuleHold {
  const expiresAt = hoursAfter(at, HOLD_HOURS);
  return {
    reservationId: machineId('cap'),
    sessionId,
    activeSessionId: sessionId,
    items,
    ...(claims.length > 0 && { claims }),
    shortlistId,
    customerEmail,
    status: 'active',
    extensions: 0,
    version: 1,
    history: [{ at, by: 'customer', action: 'created' }],
    createdAt: at,
    expiresAt,
    ...enqueue([CAPSULE_RENDER.of(), ...dueBefore(expiresAt, customerEmail)], at),
  };
}

/** What is enqueued for an end. When the end has been moved meanwhile, neither does anything. */
export const dueBefore = (expiresAt: Date, customerEmail: string | undefined): What[] => [
  ...(customerEmail ? [CAPSULE_REMINDER.of({ expiresAt }, hoursAfter(expiresAt, -REMINDER_HOURS))] : []),
  CAPSULE_EXPIRE.of(undefined, expiresAt),
];

/** What all holds together may keep from others. */
export interface HoldPolicy {
  /** Of the stock of each piece, from 0 to 1; rounded up, so that the last one can be held. */
  shareOfStock: number;
}

type Opened =
  | { outcome: 'opened' | 'existing'; hold: CapsuleHold }
  /** There are not as many left of these. */
  | { outcome: 'sold_out'; skus: string[] };

/** A request that loses the race for a piece looks again. Each time another one has won, so that for the last few pieces this is enough. */
const ATTEMPTS = 50;

/**
 * Opens a hold, gives back the one that the session has, or says what is sold out. It is one write, with which the pieces are claimed: of requests at the same
 * moment the indexes on the session and on each piece let one win, and the others look again.
 */
async function openHold(
  holds: CapsulesRepository,
  wish: CapsuleWish,
  wanted: Wanted[],
  { shareOfStock }: HoldPolicy,
  now: Date,
  random: () => number = Math.random,
): Promise<Opened> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const existing = await holds.findOpen(wish.sessionId);
    if (existing && existing.expiresAt > now) return { outcome: 'existing', hold: existing };
    if (existing) await holds.expire(existing.reservationId, now);

    const chosen = await Promise.all(wanted.map((one) => choose(holds, one, shareOfStock, now, random)));
    const skus = chosen.flatMap(({ sku, claims }) => (claims ? [] : [sku]));
    if (skus.length > 0) return { outcome: 'sold_out', skus };
    const hold = newHold(
      wish,
      chosen.flatMap(({ claims }) => claims ?? []),
      now,
    );
    if (await holds.insert(hold)) return { outcome: 'opened', hold };
  }
  throw new Error(`No hold could be opened in ${ATTEMPTS} attempts`);
}

async function choose(
  holds: CapsulesRepository,
  wanted: Wanted,
  shareOfStock: number,
  now: Date,
  random: () => number,
) {
  const { sku, pieces, available } = wanted;
  const claimed = await holds.findClaimed(sku);
  // what has expired and has not been seen to yet is given back here
  const [over, running] = [claimed.filter(isOver), claimed.filter((hold) => !isOver(hold))];
  await Promise.all(over.map(({ reservationId }) => holds.expire(reservationId, now)));
  const units = running.flatMap(({ claims = [] }) => claims.flatMap((claim) => unitOf(sku, claim) ?? []));
  // a session costs nothing: however many hold, some of a piece stays for those who buy it
  const most = Math.ceil(available * shareOfStock);
  const chosen = chooseUnits(most, new Set(units), pieces, random);
  return { sku, claims: chosen?.map((unit) => claimOf(sku, unit)) };

  function isOver({ expiresAt }: { expiresAt: Date }): boolean {
    return expiresAt <= now;
  }
}

/** What a customer wants to be held. */
interface HoldRequest {
  sessionId: string;
  /** Left out, the list that the session has saved. */
  pieces?: SavedPiece[];
  shortlistId?: string;
  customerEmail?: string;
}

/** So many holds of one address are reminded of their end. */
const MAX_REMINDED = 3;

export type Held =
  | { outcome: 'opened' | 'existing'; hold: CapsuleHold }
  | { outcome: 'nothing_to_hold' }
  /** `pieces` cannot be held, and so none is. `at` is where each stands in the list. */
  | { outcome: 'refused'; reason: 'not_on_sale' | 'sold_out'; pieces: { at: number; id: string }[] };

/** Holds pieces for a session, or gives back the hold that it has. */
export async function holdCapsule(
  {
    holds,
    shortlists,
  }: { holds: CapsulesRepository; shortlists: Pick<ShortlistsRepository, 'findBySession'> },
  { sessionId, pieces: sent, ...request }: HoldRequest,
  catalogue: Snapshot,
  policy: HoldPolicy,
  now: Date,
): Promise<Held> {
  const saved = sent ? null : await shortlists.findBySession(sessionId);
  const pieces = sent ?? piecesOf(saved);
  if (pieces.length === 0) return { outcome: 'nothing_to_hold' };
  const active = await holds.findActive(sessionId, now);
  if (active) return { outcome: 'existing', hold: active };

  const { items, wanted, notOnSale } = heldPieces(pieces, catalogue);
  const named = (at: number) => ({ at, id: pieces[at]?.id ?? '' });
  if (notOnSale.length > 0)
    return { outcome: 'refused', reason: 'not_on_sale', pieces: notOnSale.map(named) };
  const shortlistId = request.shortlistId ?? (saved?.shortlistId || undefined);
  const { customerEmail: email } = request;
  // whoever types an address has it reminded: of so many holds at a time, and no more
  const isReminded = email && (await holds.countOfEmail(email, now, MAX_REMINDED)) < MAX_REMINDED;
  const wish = { sessionId, items, shortlistId, customerEmail: isReminded ? email : undefined };
  const opened = await openHold(holds, wish, wanted, policy, now);
  if (opened.outcome !== 'sold_out') return opened;
  const soldOut = opened.skus.map((sku) => ({ at: items.findIndex(({ id }) => id === sku), id: sku }));
  return { outcome: 'refused', reason: 'sold_out', pieces: soldOut };
}
