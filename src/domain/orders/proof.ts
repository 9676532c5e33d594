import type { Scope } from '../../platform/keys/keys.js';
import type { Session } from '../sessions/session.js';
import { isUnguessable } from '../sessions/unguessable.js';

/** How a service takes callers that have shown nothing: `ORDERS_PROOF`. */
export const ORDERS_PROOFS = ['required', 'trusted'] as const;
export type OrdersProof = (typeof ORDERS_PROOFS)[number];

/**
 * What a caller has shown of an order.
 * - `proved`: email and postal code were matched in this session, or a code that had been sent to the order's own address was given
 *   back in it, and nobody finds its id by trying; or the key has the scope `orders:trusted`, because the shop's routes have checked the login.
 * - `trusted`: nothing, but the shop says by `ORDERS_PROOF=trusted` that its routes have checked who asks.
 * - `none`: nothing. A number can be guessed, and walks by: it is no proof.
 */
export type Proof = 'proved' | 'trusted' | 'none';

/** The scope of a key whose routes have checked whose order it is. */
const TRUSTED_SCOPE = 'orders:trusted' satisfies Scope;

/** Whether more of an order than its timeline may be told to the caller. */
export const mayBeTold = (proof: Proof): boolean => proof === 'proved';

/** Whether an order may be changed, or its news sent elsewhere than to its own address, at the caller's word. */
export const mayAct = (proof: Proof): boolean => proof !== 'none';

/** Who asks: the session that a call names, as it is known, and what its key allows. */
interface Caller {
  session: Pick<Session, 'sessionId' | 'verifiedOrders'> | null;
  scopes: readonly string[];
}

/** What a caller has shown of an order: the one place that says so. */
export function proofOf({ session, scopes }: Caller, orderNumber: string, policy: OrdersProof): Proof {
  if (scopes.includes(TRUSTED_SCOPE)) return 'proved';
  // whoever guesses the id of a session would have what its customer has proved
  if (session?.verifiedOrders?.includes(orderNumber) && isUnguessable(session.sessionId)) return 'proved';
  return policy === 'trusted' ? 'trusted' : 'none';
}
