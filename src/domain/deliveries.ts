import type { AnyKind } from '../outbox/delivery-kind.js';
import * as analytics from './analytics/deliveries.js';
import * as capsules from './capsules/deliveries.js';
import * as creators from './creators/deliveries.js';
import * as csat from './csat/deliveries.js';
import * as inspiration from './inspiration/deliveries.js';
import * as orderUpdates from './order-updates/deliveries.js';
import * as orders from './orders/deliveries.js';
import * as privacy from './privacy/deliveries.js';
import * as returns from './returns/deliveries.js';
import * as stylist from './stylist/deliveries.js';
import * as texts from './texts/deliveries.js';

const DOMAINS = {
  analytics,
  capsules,
  creators,
  csat,
  inspiration,
  orderUpdates,
  orders,
  privacy,
  returns,
  stylist,
  texts,
};

type Domains = typeof DOMAINS;
type Exported = { [Name in keyof Domains]: Domains[Name][keyof Domains[Name]] }[keyof Domains];
type TakesToolsOf<Kind> = Kind extends AnyKind<infer Tools> ? (tools: Tools) => void : never;

/** What the handlers of all kinds work with, together. */
export type DeliveryTools = TakesToolsOf<Exported> extends (tools: infer Tools) => void ? Tools : never;

/** All kinds of deliveries: every kind that the `deliveries.ts` of a domain exports. */
export const DELIVERY_KINDS: readonly AnyKind<DeliveryTools>[] = Object.values(DOMAINS).flatMap((domain) =>
  Object.values<unknown>(domain).filter(isKind),
);

function isKind(exported: unknown): exported is AnyKind<DeliveryTools> {
  return typeof exported === 'object' && exported !== null && 'perform' in exported && 'kind' in exported;
}
