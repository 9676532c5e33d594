import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../lib/calendar.js';

const SECOND_MS = 1000;
const QUARTER_HOUR_MS = 15 * MINUTE_MS;

/** Behind one address there may be a household, or all that a carrier has in a town. */
const ADDRESS_FACTOR = 4;
const WRONG_KEYS_PER_MINUTE = 20;
/** A widget reports several events for each call that it makes. */
const EVENTS_FACTOR = 10;

/**
 * Whom a request is counted for, and what it is about. What is not known is not counted: the shop's server calls for all customers, with
 * one key and from one address, often without a session. A limit that counted all of them as one would let any of them lock out the rest.
 */
export interface LimitedCaller {
  session?: string | undefined;
  /** The customer's, as the shop and trusted proxies forward it; that of the connection is never a measure. */
  address?: string | undefined;
  key?: string | undefined;
  /** The number of the order that is asked for, or acted on, in its normal form. */
  order?: string | undefined;
  /** The email address that is asked for, in its normal form. */
  email?: string | undefined;
  /** A telephone number or an address that is to be written to. */
  destination?: string | undefined;
}

/** How much is allowed in a window, and of whom. */
export interface Policy {
  /** As clients read it in the headers; one word, for counters keep their keys under it. */
  name: string;
  max: number;
  windowMs: number;
  /** What clients are told of it. */
  header: string;
  /** Whom it counts for; undefined when the request has no such thing. */
  keyOf: (caller: LimitedCaller) => string | undefined;
  /** Of what it counts different ones only; a limit without it counts every request. */
  memberOf?: (caller: LimitedCaller) => string | undefined;
}

const bySession = ({ session }: LimitedCaller) => session;
const byAddress = ({ address }: LimitedCaller) => address;
const byKey = ({ key }: LimitedCaller) => key;
const byOrder = ({ order }: LimitedCaller) => order;
const byEmail = ({ email }: LimitedCaller) => email;
const byDestination = ({ destination }: LimitedCaller) => destination;
const byAll = () => 'all';
const orderOrEmail = ({ order, email }: LimitedCaller) => order ?? email;

/** 0 switches a limit off. */
const policy = (
  name: string,
  max: number,
  windowMs: number,
  keyOf: Policy['keyOf'],
  memberOf?: Policy['memberOf'],
): Policy[] => {
  const header = `"${name}";q=${max};w=${windowMs / SECOND_MS}`;
  return max === 0 ? [] : [{ name, max, windowMs, header, keyOf, memberOf }];
};

const perHour = (name: string, max: number): Policy[] => [
  ...policy(name, max, HOUR_MS, bySession),
  ...policy(`${name}-address`, max, HOUR_MS, byAddress),
];

/** How many, of what; 0 is no limit. */
interface LimitSettings {
  burstPerSecond: number;
  perSessionPerMinute: number;
  perAddressPerMinute: number;
  perKeyPerMinute: number;
  returnsPerHour: number;
  stylistPerHour: number;
  verifyPerHour: number;
  orderMisses: number;
  orderMissesAlert: number;
  ordersPerHour: number;
  wrongCodes: number;
  emailOrdersPerDay: number;
  smsPerNumberPerDay: number;
  smsNumbersPerDay: number;
  smsPerDay: number;
}

/** Every limit of the service, from the settings. */
export function policiesOf(limits: LimitSettings) {
  const ofSession = [
    ...policy('burst', limits.burstPerSecond, SECOND_MS, bySession),
    ...policy('session', limits.perSessionPerMinute, MINUTE_MS, bySession),
  ];
  const ofKey = policy('key', limits.perKeyPerMinute, MINUTE_MS, byKey);
  const everyCall = [
    ...ofSession,
    ...policy('address', limits.perAddressPerMinute, MINUTE_MS, byAddress),
    ...ofKey,
  ];
  const events = limits.perSessionPerMinute * EVENTS_FACTOR;
  return {
    /** Part of those of every call; for a form, whose session is known only when it has been read. */
    ofSession,
    /** Those of a route that says nothing. */
    everyCall,
    /** Those of the routes that say so in their `config.limit`. */
    ofRoutes: {
      returns: [...everyCall, ...perHour('returns', limits.returnsPerHour)],
      stylist: [...everyCall, ...perHour('stylist', limits.stylistPerHour)],
      // what a page reports of itself does not use up what its customer may ask
      events: [...policy('events', events, MINUTE_MS, bySession), ...ofKey],
      // of one session: a limit of all who ask for one order could keep its owner out
      verify: [...everyCall, ...perHour('verify', limits.verifyPerHour)],
    },
    /** Different orders that one caller asks for, found or not. */
    differentOrders: [
      ...policy('orders', limits.ordersPerHour, HOUR_MS, bySession, orderOrEmail),
      ...policy('orders-address', limits.ordersPerHour * ADDRESS_FACTOR, HOUR_MS, byAddress, orderOrEmail),
    ],
    /** Orders that one caller has asked for and that are not there. */
    misses: [
      ...policy('misses', limits.orderMisses, QUARTER_HOUR_MS, bySession),
      ...policy('misses-address', limits.orderMisses, QUARTER_HOUR_MS, byAddress),
    ],
    /** Emails and postal codes that did not belong together, whoever has tried them. */
    wrongCodes: [
      ...policy('codes-order', limits.wrongCodes, HOUR_MS, byOrder),
      ...policy('codes-email', limits.wrongCodes, HOUR_MS, byEmail),
    ],
    /** All that was not found, by anyone. Nothing is refused beyond it: it is told, and answered more slowly. */
    allMisses: policy('misses-all', limits.orderMissesAlert, QUARTER_HOUR_MS, byAll),
    /** Different orders of which one email address is newly told, at the word of strangers. */
    emailOptIns: policy('email-address', limits.emailOrdersPerDay, DAY_MS, byDestination, byOrder),
    /** New text message subscriptions, each of which costs money: those to a number, and the numbers of an order and of a session. */
    smsOptIns: [
      ...policy('sms-number', limits.smsPerNumberPerDay, DAY_MS, byDestination),
      ...policy('sms-order', limits.smsNumbersPerDay, DAY_MS, byOrder, byDestination),
      ...policy('sms-session', limits.smsNumbersPerDay, DAY_MS, bySession, byDestination),
    ],
    /** The brake on what they cost in all: counted when nothing else refuses, and apart for those who have proved their order. */
    smsBrake: {
      proved: policy('sms-proved', limits.smsPerDay, DAY_MS, byAll),
      unproved: policy('sms', limits.smsPerDay, DAY_MS, byAll),
    },
    /** Wrong keys at the sign-in of the dashboard. A right one is never refused. */
    wrongKeys: policy('sign-in', WRONG_KEYS_PER_MINUTE, MINUTE_MS, ({ address = 'unknown' }) => address),
  };
}

export type Policies = ReturnType<typeof policiesOf>;
export type RouteLimit = keyof Policies['ofRoutes'];
