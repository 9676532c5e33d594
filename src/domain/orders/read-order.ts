import { type DateReader, readDate } from '../../lib/values/date.js';
import { readEmail } from '../../lib/values/email.js';
import { readFlag, readTextList } from '../../lib/values/list.js';
import { withoutMarkup } from '../../lib/values/markup.js';
import { plainText } from '../../lib/values/text.js';
import { type Fields, readFields, readList, readNumber, readText } from '../../platform/mongodb/read.js';
import type { HistoryEntry, Order, OrderLine, Parcel } from './order.js';
import { statusForm } from './statuses.js';

/** Of lines and of steps, more than any order has. */
const MAX_LINES = 500;
const MAX_HISTORY = 500;
const MAX_TITLE = 1000;

/** What is read of an order's document: never the street address or the customer's name. */
export const ORDER_PROJECTION = {
  orderNumber: 1,
  customerEmail: 1,
  status: 1,
  items: 1,
  payment: 1,
  'shipping.postalCode': 1,
  'shipping.zip': 1,
  'shipping.country': 1,
  'shipping.carrier': 1,
  'shipping.trackingNumber': 1,
  'shipping.trackingNumbers': 1,
  'shipping.parcels': 1,
  'shipping.shipments': 1,
  parcels: 1,
  shipments: 1,
  'shipping.shippedAt': 1,
  'shipping.deliveredAt': 1,
  'shipping.estimatedDelivery': 1,
  statusHistory: 1,
  createdAt: 1,
};

/** What the staff see of it beyond that. */
export const STAFF_ORDER_PROJECTION = {
  ...ORDER_PROJECTION,
  customerName: 1,
  currency: 1,
  'totals.total': 1,
  supportTickets: 1,
  csatRating: 1,
};

/** Where the name of its customer may stand, and their telephone number: read for the staff alone, never with the order itself. */
const NAMES = ['customerName', 'customer.name', 'shipping.name', 'shipping.address.name'];
const PHONES = ['customerPhone', 'customer.phone', 'shipping.phone', 'shipping.address.phone'];

// an address is a text, or a document in which the two may stand
export const CONTACT_PROJECTION = Object.fromEntries(
  [...NAMES, ...PHONES, 'shipping.country'].map((place) => [
    place.replace(/^(shipping\.address)\..*/, '$1'),
    1,
  ]),
);

/** Whose an order is, as its document has it. */
export function readContact(doc: Fields): { name?: string; phone?: string; country?: string } {
  const read = (place: string) =>
    readText(place.split('.').reduce<unknown>((value, name) => readFields(value)[name], doc));
  const first = (places: readonly string[]) => places.flatMap((place) => read(place) ?? []).at(0);
  return { name: first(NAMES), phone: first(PHONES), country: read('shipping.country') };
}

/** Reads a document of `orders`, whatever its shape. Never throws. Days without a time are those of the reader's place. */
export function readOrder(doc: Fields, date: DateReader = readDate): Order {
  const email = readEmail(doc.customerEmail);
  const paymentStatus = readText(readFields(doc.payment).status);
  const createdAt = date(doc.createdAt);
  return {
    orderNumber: readText(doc.orderNumber) ?? '',
    status: statusForm(readText(doc.status) ?? 'pending'),
    lines: readLines(doc.items),
    history: readList(doc.statusHistory)
      .slice(-MAX_HISTORY)
      .flatMap((entry) => readHistoryEntry(readFields(entry), date)),
    ...readShipping(doc, date),
    email,
    ...(paymentStatus && { paymentStatus: statusForm(paymentStatus) }),
    createdAt,
  };
}

// What is no document is no piece. Each line gets a name of its own: the same piece in two sizes may be two lines of one SKU.
function readLines(items: unknown): OrderLine[] {
  const used = new Set<string>();
  const lines = readList(items)
    .slice(0, MAX_LINES)
    .flatMap((item, index) => {
      const fields = readFields(item);
      if (fields !== item) return [];
      const line = readLine(fields, index);
      const lineId = used.has(line.lineId) ? `${line.lineId}-${index + 1}` : line.lineId;
      used.add(lineId);
      return [{ ...line, lineId }];
    });
  return withoutReversed(lines);
}

/**
 * A line of a negative quantity takes back what other lines of the same piece have: the order has what is left. A line of which nothing is
 * left stays, with a quantity of 0, so that it keeps its place and its name.
 */
function withoutReversed(lines: OrderLine[]): OrderLine[] {
  const reversed = new Map<string, number>();
  for (const { sku, title, quantity } of lines)
    if (quantity < 0) reversed.set(sku ?? title, (reversed.get(sku ?? title) ?? 0) - quantity);
  if (reversed.size === 0) return lines;
  return lines.map((line) => {
    const name = line.sku ?? line.title;
    const taken = Math.min(Math.max(0, line.quantity), reversed.get(name) ?? 0);
    reversed.set(name, (reversed.get(name) ?? 0) - taken);
    return { ...line, quantity: Math.max(0, line.quantity) - taken };
  });
}

const readTitle = (value: unknown): string | undefined =>
  withoutMarkup(readText(value)?.slice(0, MAX_TITLE) ?? '') || undefined;

/** Whole pieces: 2, `2.0`, `2x`, `x 2`, `2 pcs`. */
function readQuantity(value: unknown): number | undefined {
  const [, written] =
    /^(?:[x×]\s*)?(-?\d{1,9})\s*(?:[x×]|pcs?\.?|pieces?|ea|stk\.?|stück|st)?$/i.exec(readText(value) ?? '') ??
    [];
  const quantity = readNumber(written ?? value);
  return quantity === undefined ? undefined : Math.trunc(quantity);
}

function readLine(item: Fields, index: number): OrderLine {
  const sku = readText(item.sku);
  return {
    lineId: readText(item.lineId) ?? sku ?? `line-${index + 1}`,
    title: readTitle(item.title) ?? readTitle(item.name) ?? sku ?? 'Your piece',
    // a line without a number that can be read is one piece
    quantity: readQuantity(item.quantity) ?? 1,
    tags: readTextList(item.tags),
    sku,
    ...((isMadeForOne(item) || isMadeForOne(readFields(item.customization))) && { isMadeForOne: true }),
  };
}

/** Under which names a shop's import says that a piece was made for one customer. */
const MADE_FOR_ONE = [
  'custom',
  'customMade',
  'madeToOrder',
  'bespoke',
  'engraved',
  'personalized',
  'personalised',
];
const MADE_FOR_ONE_FLAGS = MADE_FOR_ONE.flatMap((name) => [
  name,
  `is${name.charAt(0).toUpperCase()}${name.slice(1)}`,
]);

function isMadeForOne(fields: Fields): boolean {
  const { engraving } = fields;
  const words = readText(engraving) ?? readText(readFields(engraving).text);
  const isEngraved = words !== undefined && readFlag(words) !== false;
  return isEngraved || MADE_FOR_ONE_FLAGS.some((name) => readFlag(fields[name]) === true);
}

// An entry without a status says nothing; its date may stand under three names.
function readHistoryEntry(entry: Fields, read: DateReader): HistoryEntry[] {
  const status = readText(entry.status);
  if (!status) return [];
  const label = readText(entry.label);
  const date = read(entry.date) ?? read(entry.timestamp) ?? read(entry.at);
  return [{ status: statusForm(status), label, date }];
}

/** No order has more; what a document holds never sizes the work. */
const MAX_PARCELS = 20;
const MAX_TRACKING_LENGTH = 64;

// The dates of the shipping are those of a single parcel. Of several, each may have its own.
function readShipping(doc: Fields, read: DateReader): Pick<Order, 'shipping' | 'parcels'> {
  const shipping = readFields(doc.shipping);
  const own = {
    carrier: readText(shipping.carrier),
    shippedAt: read(shipping.shippedAt),
    deliveredAt: read(shipping.deliveredAt),
    estimatedDelivery: read(shipping.estimatedDelivery),
  };
  const parcels = readParcels(doc, shipping, own.carrier, read);
  const single = parcels.length === 1 ? parcels[0] : undefined;
  const last = parcels.at(-1);
  return {
    parcels: single ? [{ ...own, ...defined(single) }] : parcels,
    shipping: defined({
      postalCode: readText(shipping.postalCode) ?? readText(shipping.zip),
      country: readText(shipping.country),
      ...own,
      carrier: own.carrier ?? last?.carrier,
      trackingNumber: last?.trackingNumber,
    }),
  };
}

// As documents of their own, or as numbers: one, several in an array, several in a text.
function readParcels(doc: Fields, shipping: Fields, carrier: string | undefined, read: DateReader): Parcel[] {
  const documents = [shipping.parcels, shipping.shipments, doc.parcels, doc.shipments]
    .map(readList)
    .find((list) => list.some((entry) => readFields(entry) === entry));
  const parcels = (documents ?? [])
    .slice(0, MAX_PARCELS)
    .flatMap((entry) => readParcel(readFields(entry), carrier, read));
  if (parcels.length > 0) return parcels;
  const carriers = readTextList(shipping.carrier);
  return readTextList(shipping.trackingNumber ?? shipping.trackingNumbers)
    .filter((trackingNumber) => trackingNumber.length <= MAX_TRACKING_LENGTH)
    .slice(0, MAX_PARCELS)
    .map((trackingNumber, nth) =>
      defined({ trackingNumber, carrier: carrier ?? carriers[nth] ?? carriers[0] }),
    );
}

/** What is read of an order to know the numbers of its parcels. */
export const PARCEL_PROJECTION = Object.fromEntries(
  ['shipping.parcels', 'shipping.shipments', 'parcels', 'shipments'].flatMap((place) =>
    ['trackingNumber', 'tracking'].map((field) => [`${place}.${field}`, 1]),
  ),
);

/** The numbers of its parcels, as they stand in the document, wherever they do. */
export function readTrackingNumbers(doc: Fields): string[] {
  const { parcels } = readShipping(doc, () => undefined);
  return parcels.flatMap(({ trackingNumber }) => trackingNumber ?? []);
}

/** `1z 999-aa1` → `1Z999AA1` */
export const trackingForm = (trackingNumber: string): string =>
  plainText(trackingNumber)
    .replace(/[\s-]+/g, '')
    .toUpperCase();

function readParcel(entry: Fields, carrier: string | undefined, read: DateReader): Parcel[] {
  const [trackingNumber] = readTextList(entry.trackingNumber ?? entry.tracking);
  const parcel = defined({
    trackingNumber:
      trackingNumber && trackingNumber.length <= MAX_TRACKING_LENGTH ? trackingNumber : undefined,
    shippedAt: read(entry.shippedAt),
    deliveredAt: read(entry.deliveredAt),
    estimatedDelivery: read(entry.estimatedDelivery),
  });
  const by = readText(entry.carrier) ?? carrier;
  return Object.keys(parcel).length > 0 ? [{ ...parcel, ...(by && { carrier: by }) }] : [];
}

// Without the fields that are undefined.
function defined<T extends object>(fields: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]?: Exclude<T[Name], undefined>;
  };
}
