import { createHash, randomUUID } from 'node:crypto';
import type { Hashes } from '../../lib/hashes.js';
import type { AnalyticsEvent, Properties, ReportedEvent, Scalar } from './analytics-event.js';

/** Names of pieces: they may look like an order number. */
const PIECES = new Set([
  'productId',
  'sku',
  'variantId',
  'slug',
  'category',
  'metal',
  'stone',
  'creatorCode',
]);
/** What may be kept of an event. Anything else may be free text, or someone's name. */
const KEPT = new Set([
  ...PIECES,
  'option',
  'channel',
  'score',
  'rating',
  'step',
  'status',
  'source',
  'variant',
  'position',
  'count',
  'resultCount',
  'shortlistCount',
  'price',
  'priceMin',
  'priceMax',
  'priceBand',
  'currency',
  'readyToShip',
  'sortBy',
  'durationMs',
  'errorCode',
  'identity',
  'needsFollowUp',
  'page',
  'device',
  'locale',
]);
const ORDER_NAMES = new Set(['orderNumber', 'orderId', 'order', 'reference']);

const MAX_PROPERTIES = 20;
const TOKEN = /^[\w.:<>+-]{1,64}$/;
/** Digits, with what people write between them: a telephone number, whatever it is called. */
const LIKE_A_PHONE = /^[+\d().-]*\d(?:[().-]*\d){6,}$/;
const LIKE_AN_ORDER = /^#?[a-z]{1,4}-?\d{4,}$/i;
/** A greater number may be a telephone number too. */
const GREATEST_NUMBER = 10_000_000;
const REQUEST_ID = /^[\w.:-]{8,128}$/;

export interface CleaningTools {
  hashes: Hashes;
  dayOf: (at: Date) => string;
}

/** The event as it is kept: named parts that can hold no personal data. `dropped` says how many properties are left out. */
export function cleanEvent(
  reported: ReportedEvent,
  source: AnalyticsEvent['source'],
  receivedAt: Date,
  { hashes, dayOf }: CleaningTools,
): { event: AnalyticsEvent; dropped: number } {
  const { sessionId, intent, success, requestId } = reported;
  const at = credibleTime(reported.at, receivedAt);
  const properties = cleanProperties(reported.properties, hashes);
  const texts = {
    ...(sessionId && isHarmless(sessionId, SESSION) && { sessionId }),
    ...(intent && isNoOrder(intent) && { intent }),
    ...(requestId && isNoOrder(requestId, REQUEST_ID) && { requestId }),
  };
  const given = [sessionId, intent, requestId].filter(Boolean).length;
  const dropped = Object.keys(reported.properties).length - Object.keys(properties).length;
  return {
    event: {
      _id: idOf(reported),
      event: reported.event as AnalyticsEvent['event'],
      day: dayOf(at),
      at,
      createdAt: receivedAt,
      source,
      ...texts,
      ...(success !== undefined && { success }),
      properties,
      deliveries: [],
    },
    dropped: dropped + given - Object.keys(texts).length,
  };
}

const SESSION = /^[^\s@]{1,128}$/;

/** How far back a report is believed: days that are longer past have been counted. */
export const MAX_DELAY_DAYS = 2;
const MAX_DELAY_MS = MAX_DELAY_DAYS * 24 * 60 * 60_000;
const MAX_AHEAD_MS = 5 * 60_000;

// A clock that is wrong must not put an event into a day that is not there yet, or is closed.
function credibleTime(at: Date, receivedAt: Date): Date {
  const delayMs = receivedAt.getTime() - at.getTime();
  return delayMs > MAX_DELAY_MS || delayMs < -MAX_AHEAD_MS || Number.isNaN(delayMs) ? receivedAt : at;
}

function cleanProperties(given: Record<string, unknown>, hashes: Hashes): Properties {
  const kept = Object.entries(given).flatMap(([name, value]): [string, Scalar][] => {
    if (ORDER_NAMES.has(name)) return isOrderNumber(value) ? [['orderHash', hashes.order(value)]] : [];
    return KEPT.has(name) && isKept(name, value) ? [[name, value]] : [];
  });
  return Object.fromEntries(kept.slice(0, MAX_PROPERTIES));
}

const isOrderNumber = (value: unknown): value is string =>
  typeof value === 'string' && value.trim() !== '' && value.length <= 64;

function isKept(name: string, value: unknown): value is Scalar {
  if (typeof value === 'boolean') return true;
  if (typeof value === 'number') return Math.abs(value) < GREATEST_NUMBER;
  return typeof value === 'string' && (PIECES.has(name) ? isHarmless(value) : isNoOrder(value));
}

// One word, and neither an email address nor a telephone number.
const isHarmless = (text: string, form = TOKEN): boolean => form.test(text) && !LIKE_A_PHONE.test(text);
const isNoOrder = (text: string, form = TOKEN): boolean =>
  isHarmless(text, form) && !LIKE_AN_ORDER.test(text);

function idOf({ event, requestId }: ReportedEvent): string {
  if (!requestId) return randomUUID();
  return createHash('sha256')
    .update(JSON.stringify([requestId, event]))
    .digest('base64url');
}
