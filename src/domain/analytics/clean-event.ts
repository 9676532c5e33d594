import { hash, randomUUID } from 'node:crypto';
import { DAY_MS } from '../../lib/calendar.js';
import type { Hashes } from '../../lib/ids.js';
import { orderNumberForm } from '../../lib/values/order-number.js';
import type { AnalyticsEvent, Properties, Property, ReportedEvent, Scalar } from './analytics-event.js';

/** Names of pieces and ids of ours: they may look like an order number. */
const IDS = [
  'productId',
  'sku',
  'variantId',
  'slug',
  'category',
  'metal',
  'stone',
  'creatorCode',
  'offerId',
  'rmaId',
  'ticketId',
  'capsuleId',
  'subscriptionId',
  'inspirationId',
  // hashed already, by the widget with its own salt
  'orderNumberHash',
  'contactEmailHash',
] as const;
const OTHERS = [
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
  'readyToShipCount',
  'shortlistCount',
  'itemsCount',
  'commentLength',
  'queuePosition',
  'slaMinutes',
  'priority',
  'price',
  'priceMin',
  'priceMax',
  'priceLt',
  'priceBand',
  'currency',
  'readyToShip',
  'featured',
  'sortBy',
  'limit',
  'offset',
  'durationMs',
  'carrier',
  'eligibilityState',
  'reasonCode',
  'intentConfidence',
  'errorCode',
  'identity',
  'needsFollowUp',
  'environment',
  'page',
  'device',
  'locale',
] as const;

type Cleaning = (value: unknown) => Property | undefined;

/** What may be kept of an event, and in which form. Anything else may be free text, or someone's name. */
const KEPT = new Map<string, Cleaning>([
  ...IDS.map((name): [string, Cleaning] => [name, (value) => scalar(value, isHarmless)]),
  ...OTHERS.map((name): [string, Cleaning] => [name, (value) => scalar(value, isNoOrder)]),
  ['productIds', words],
  ['tags', words],
  ['materials', words],
  ['filters', filters],
  ['sizeBytes', (value) => (typeof value === 'number' && value < MAX_SIZE_BYTES ? value : undefined)],
  ['contentType', (value) => matching(value, MEDIA_TYPE)],
  ['expiresAt', (value) => matching(value, INSTANT)],
  ['maskedDestination', (value) => matching(value, MASKED)],
  ['error', (value) => (isErrorOfAProgram(value) ? value : undefined)],
]);
const ORDER_NAMES = new Set(['orderNumber', 'orderId', 'order', 'reference']);

const MAX_PROPERTIES = 20;
/** Of a list, such as the pieces that were shown. */
const MAX_LISTED = 50;
const TOKEN = /^[\w.:<>+-]{1,64}$/;
/** Digits, with what people write between them: a telephone number, whatever it is called. */
const LIKE_A_PHONE = /^[+\d().-]*\d(?:[().-]*\d){6,}$/;
const LIKE_AN_ORDER = /^#?[a-z]{1,4}-?\d{4,}$/i;
/** A greater number may be a telephone number too. */
const GREATEST_NUMBER = 10_000_000;
/** An upload's is a little more than that. */
const MAX_SIZE_BYTES = 100_000_000;
const MEDIA_TYPE = /^[a-z]+\/[a-z0-9.+-]{1,40}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;
/** At most two letters of a name, or four digits, stand beside what is masked. */
const MASKED = /^(?:\+?\d{0,2}[•*x]{2,}\d{0,4}|[^\s@•*]{0,2}[•*]{2,}[^\s@•*]{0,1}@(?:[•*]+|[\w.-]+))$/;
/** As a program says it: words, without an address and without more than four digits in a row. */
const ERROR = /^[\p{L}\p{M}\d\s.,:;'"()/_-]{1,120}$/u;
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
  const names = Object.keys(reported.properties);
  const properties = names.length > 0 ? cleanProperties(reported.properties, hashes) : {};
  let dropped = names.length - Object.keys(properties).length;
  // written one by one: each call makes one of them
  const event: AnalyticsEvent = {
    _id: idOf(reported),
    event: reported.event as AnalyticsEvent['event'],
    day: dayOf(at),
    at,
    createdAt: receivedAt,
    source,
    properties,
    deliveries: [],
  };
  if (sessionId && isHarmless(sessionId, SESSION)) event.sessionId = sessionId;
  else if (sessionId) dropped += 1;
  if (intent && isNoOrder(intent)) event.intent = intent;
  else if (intent) dropped += 1;
  if (requestId && isNoOrder(requestId, REQUEST_ID)) event.requestId = requestId;
  else if (requestId) dropped += 1;
  if (success !== undefined) event.success = success;
  return { event, dropped };
}

const SESSION = /^[^\s@]{1,128}$/;

/** How far back a report is believed: days that are longer past have been counted. */
export const MAX_DELAY_DAYS = 2;
const MAX_DELAY_MS = MAX_DELAY_DAYS * DAY_MS;
const MAX_AHEAD_MS = 5 * 60_000;

// A clock that is wrong must not put an event into a day that is not there yet, or is closed.
function credibleTime(at: Date, receivedAt: Date): Date {
  const delayMs = receivedAt.getTime() - at.getTime();
  return delayMs > MAX_DELAY_MS || delayMs < -MAX_AHEAD_MS || Number.isNaN(delayMs) ? receivedAt : at;
}

function cleanProperties(given: Record<string, unknown>, hashes: Hashes): Properties {
  const kept = Object.entries(given).flatMap(([name, value]): [string, Property][] => {
    if (ORDER_NAMES.has(name)) {
      const orderNumber = orderNumberForm(value);
      return orderNumber ? [['orderHash', hashes.order(orderNumber)]] : [];
    }
    const clean = KEPT.get(name)?.(value);
    return clean === undefined ? [] : [[name, clean]];
  });
  return Object.fromEntries(kept.slice(0, MAX_PROPERTIES));
}

function scalar(value: unknown, isKept: (text: string) => boolean): Scalar | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return Math.abs(value) < GREATEST_NUMBER ? value : undefined;
  return typeof value === 'string' && isKept(value) ? value : undefined;
}

/** Of a list, what is one harmless word each; nothing of what is no list. */
function words(value: unknown): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const kept = value.slice(0, MAX_LISTED).filter((one) => typeof one === 'string' && isHarmless(one));
  return kept.length > 0 ? kept : undefined;
}

/** What a search was narrowed by: the parts of it that may stand in an event by themselves. */
function filters(value: unknown): Record<string, Scalar | string[]> | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
  const kept: [string, Scalar | string[]][] = [];
  for (const [name, part] of Object.entries(value)) {
    const clean = name === 'filters' ? undefined : KEPT.get(name)?.(part);
    if (clean !== undefined && (typeof clean !== 'object' || Array.isArray(clean))) kept.push([name, clean]);
  }
  return kept.length > 0 ? Object.fromEntries(kept.slice(0, MAX_PROPERTIES)) : undefined;
}

const matching = (value: unknown, form: RegExp): string | undefined =>
  typeof value === 'string' && value.length <= 64 && form.test(value) ? value : undefined;

const isErrorOfAProgram = (value: unknown): value is string =>
  typeof value === 'string' &&
  ERROR.test(value) &&
  !/\d{5,}/.test(value) &&
  !value.split(/\s+/).some((part) => LIKE_AN_ORDER.test(part) || LIKE_A_PHONE.test(part));

// One word, and neither an email address nor a telephone number.
const isHarmless = (text: string, form = TOKEN): boolean => form.test(text) && !LIKE_A_PHONE.test(text);
const isNoOrder = (text: string, form = TOKEN): boolean =>
  isHarmless(text, form) && !LIKE_AN_ORDER.test(text);

function idOf({ event, requestId }: ReportedEvent): string {
  if (!requestId) return randomUUID();
  return hash('sha256', JSON.stringify([requestId, event]), 'base64url');
}
