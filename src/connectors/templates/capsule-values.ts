import type { MessageShop } from './message-values.js';
import { momentOf, oneLine, type Values } from './render.js';

/** Of a capsule, what a message to the customer can name. */
export interface CapsuleFacts {
  items: { id: string; title?: string | undefined }[];
  expiresAt: Date;
}

export function capsuleValues({ items, expiresAt }: CapsuleFacts, shop: MessageShop): Values {
  return {
    shop: shop.name,
    pieces: items.map(({ id, title }) => oneLine(title ?? id)).join('\n'),
    until: momentOf(expiresAt, shop),
  };
}
