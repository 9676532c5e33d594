import { sameEmail } from '../../lib/values/email.js';
import { postalCodeForm } from '../../lib/values/postal-code.js';
import type { Order } from './order.js';
import type { OrdersRepository } from './repository.js';

/** How a customer names an order: by its number, or by email and postal code, or by all three. */
export interface OrderReference {
  orderNumber?: string | undefined;
  email?: string | undefined;
  postalCode?: string | undefined;
}

interface LookedUp {
  order: Order;
  /** Email and postal code have been matched: the caller knows more than a number that can be guessed. */
  verified: boolean;
}

/** The order that a reference names, or null; a wrong email or postal code is the same as an unknown order. */
export async function lookUpOrder(
  orders: OrdersRepository,
  { orderNumber, email, postalCode }: OrderReference,
): Promise<LookedUp | null> {
  if (orderNumber) {
    const order = await orders.findByNumber(orderNumber);
    if (!order) return null;
    if (!email || !postalCode) return { order, verified: false };
    return belongsTo(order, email, postalCode) ? { order, verified: true } : null;
  }
  if (!email || !postalCode) return null;
  const found = await orders.findByEmail(email, (order) => belongsTo(order, email, postalCode));
  const newest = found.sort(newestFirst)[0];
  return newest ? { order: newest, verified: true } : null;
}

const newestFirst = (a: Order, b: Order): number =>
  (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0);

function belongsTo(order: Order, email: string, postalCode: string): boolean {
  const stored = postalCodeForm(order.shipping.postalCode);
  return sameEmail(order.email, email) && stored !== undefined && stored === postalCodeForm(postalCode);
}
