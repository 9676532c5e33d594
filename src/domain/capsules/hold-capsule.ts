import type { Snapshot } from '../catalog/snapshot.js';
import { piecesOf } from '../shortlists/describe-list.js';
import type { ShortlistsRepository } from '../shortlists/repository.js';
import type { SavedPiece } from '../shortlists/shortlist.js';
import type { CapsuleHold } from './capsule-hold.js';
import { heldPieces } from './held-pieces.js';
import { type HoldPolicy, openHold } from './open-hold.js';
import type { CapsulesRepository } from './repository.js';

/** What a customer wants to be held. */
export interface HoldRequest {
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
