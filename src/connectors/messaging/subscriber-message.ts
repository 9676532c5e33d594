import { Value } from '@sinclair/typebox/value';
import type { Message } from '../connector.js';
import { CodePayload, UpdatePayload } from '../documents.js';
import type { Values } from '../templates/render.js';
import type { MessageShop } from '../templates/return-values.js';
import { isMessageKind, type MessageKind, updateKind } from '../templates/templates.js';
import { updateValues } from '../templates/update-values.js';

/** Which message a subscriber gets, by whichever channel, and what it names; nothing where there is none. */
export function subscriberMessage(
  { kind, payload }: Message,
  orderNumber: string,
  shop: MessageShop,
): { kind: MessageKind; values: Values } | undefined {
  if (kind === 'order.update')
    return Value.Check(UpdatePayload, payload)
      ? { kind: updateKind(payload.status), values: updateValues(orderNumber, payload, shop) }
      : undefined;
  const code = Value.Check(CodePayload, payload) ? payload : {};
  return isMessageKind(kind) ? { kind, values: { shop: shop.name, orderNumber, ...code } } : undefined;
}
