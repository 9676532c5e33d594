import type { CapsuleHold } from './capsule-hold.js';
import type { Wanted } from './held-pieces.js';
import { type CapsuleWish, newHold } from './new-hold.js';
import type { CapsulesRepository } from './repository.js';
import { chooseUnits, claimOf, unitOf } from './stock-claims.js';

/** What all holds together may keep from others. */
export interface HoldPolicy {
  /** Of the stock of each piece, from 0 to 1; rounded up, so that the last one can be held. */
  shareOfStock: number;
}

export type Opened =
  | { outcome: 'opened' | 'existing'; hold: CapsuleHold }
  /** There are not as many left of these. */
  | { outcome: 'sold_out'; skus: string[] };

/** A request that loses the race for a piece looks again. Each time another one has won, so that for the last few pieces this is enough. */
const ATTEMPTS = 50;

/**
 * Opens a hold, gives back the one that the session has, or says what is sold out. It is one write, with which the pieces are claimed: of requests at the same
 * moment the indexes on the session and on each piece let one win, and the others look again.
 */
export async function openHold(
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
