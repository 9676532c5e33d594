import type { Order } from './order.js';
import type { OrdersRepository } from './orders-repository.js';

/** How a customer names an order: by its number, or by email and postal code, or by all three. */
export interface OrderReference {
  orderNumber?: string | undefined;
  email?: string | undefined;
  postalCode?: string | undefined;
}

export interface LookedUp {
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
  const found = await orders.findByEmail(email);
  const newest = found.filter((order) => belongsTo(order, email, postalCode)).sort(newestFirst)[0];
  return newest ? { order: newest, verified: true } : null;
}

const newestFirst = (a: Order, b: Order): number =>
  (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0);

function belongsTo(order: Order, email: string, postalCode: string): boolean {
  const stored = postalForm(order.shipping.postalCode ?? '');
  return (
    order.email?.toLowerCase() === email.trim().toLowerCase() &&
    stored !== '' &&
    stored === postalForm(postalCode)
  );
}

// `sw1a 1aa` = `SW1A1AA`. A US code is compared without its four-digit extension, and without the zeros that a code stored as a
// number has lost.
const postalForm = (code: string): string =>
  code
    .toUpperCase()
    .replace(/[\s-]+/g, '')
    .replace(/^(\d{5})\d{4}$/, '$1')
    .replace(/^0+(?=\d+$)/, '');
