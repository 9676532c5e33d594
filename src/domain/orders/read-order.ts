import { type DateReader, readDate } from '../../lib/values/date.js';
import {
  type Fields,
  readFields,
  readList,
  readNumber,
  readText,
  readTexts,
} from '../../platform/mongodb/read.js';
import type { HistoryEntry, Order, OrderLine } from './order.js';
import { statusForm } from './statuses.js';

/** Reads a document of `orders`, whatever its shape. Never throws. Days without a time are those of the reader's place. */
export function readOrder(doc: Fields, date: DateReader = readDate): Order {
  const email = readText(doc.customerEmail);
  const paymentStatus = readText(readFields(doc.payment).status);
  const createdAt = date(doc.createdAt);
  return {
    orderNumber: readText(doc.orderNumber) ?? '',
    status: statusForm(readText(doc.status) ?? 'pending'),
    lines: readLines(doc.items),
    history: readList(doc.statusHistory).flatMap((entry) => readHistoryEntry(readFields(entry), date)),
    shipping: readShipping(readFields(doc.shipping), date),
    ...(email && { email }),
    ...(paymentStatus && { paymentStatus: statusForm(paymentStatus) }),
    ...(createdAt && { createdAt }),
  };
}

// What is no document is no piece. Each line gets a name of its own: the same piece in two sizes may be two lines of one SKU.
function readLines(items: unknown): OrderLine[] {
  const used = new Set<string>();
  return readList(items).flatMap((item, index) => {
    const fields = readFields(item);
    if (fields !== item) return [];
    const line = readLine(fields, index);
    const lineId = used.has(line.lineId) ? `${line.lineId}-${index + 1}` : line.lineId;
    used.add(lineId);
    return [{ ...line, lineId }];
  });
}

function readLine(item: Fields, index: number): OrderLine {
  const sku = readText(item.sku);
  const quantity = Math.trunc(readNumber(item.quantity) ?? 1);
  return {
    lineId: readText(item.lineId) ?? sku ?? `line-${index + 1}`,
    title: readText(item.title) ?? readText(item.name) ?? sku ?? 'Your piece',
    quantity: quantity > 0 ? quantity : 1,
    tags: readTexts(item.tags),
    ...(sku && { sku }),
  };
}

// An entry without a status says nothing; its date may stand under three names.
function readHistoryEntry(entry: Fields, read: DateReader): HistoryEntry[] {
  const status = readText(entry.status);
  if (!status) return [];
  const label = readText(entry.label);
  const date = read(entry.date) ?? read(entry.timestamp) ?? read(entry.at);
  return [{ status: statusForm(status), ...(label && { label }), ...(date && { date }) }];
}

function readShipping(shipping: Fields, read: DateReader): Order['shipping'] {
  const texts = {
    postalCode: readText(shipping.postalCode) ?? readText(shipping.zip),
    country: readText(shipping.country),
    carrier: readText(shipping.carrier),
    trackingNumber: readText(shipping.trackingNumber),
  };
  const dates = {
    shippedAt: read(shipping.shippedAt),
    deliveredAt: read(shipping.deliveredAt),
    estimatedDelivery: read(shipping.estimatedDelivery),
  };
  return defined({ ...texts, ...dates });
}

// Without the fields that are undefined.
function defined<T extends object>(fields: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]?: Exclude<T[Name], undefined>;
  };
}
