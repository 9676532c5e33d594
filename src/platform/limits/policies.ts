const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Callers that send no session share one count, which is larger. */
const SHARED_FACTOR = 10;

/** Whom a request is counted for. What is not known is not counted. */
export interface Caller {
  session: string | undefined;
  /** The customer's, as a trusted proxy forwards it; the address of the connection is never a measure. */
  address: string | undefined;
  key: string | undefined;
}

/** How much is allowed in a window, and of whom. */
export interface Policy {
  /** As clients read it in the headers. */
  name: string;
  max: number;
  windowMs: number;
  /** What is counted; undefined when the request has no such thing. */
  keyOf: (caller: Caller) => string | undefined;
}

const bySession = ({ session }: Caller) => session;
const byAddress = ({ address }: Caller) => address;
const byKey = ({ key }: Caller) => key;
const withoutSession = ({ session, key }: Caller) => (session === undefined ? key : undefined);

/** 0 switches a limit off. */
const policy = (name: string, max: number, windowMs: number, keyOf: Policy['keyOf']): Policy[] =>
  max === 0 ? [] : [{ name, max, windowMs, keyOf }];

const perHour = (name: string, max: number): Policy[] => [
  ...policy(name, max, HOUR_MS, bySession),
  ...policy(`${name}-address`, max, HOUR_MS, byAddress),
];

/** How many, of what; 0 is no limit. */
export interface LimitSettings {
  burstPerSecond: number;
  perSessionPerMinute: number;
  perAddressPerMinute: number;
  perKeyPerMinute: number;
  returnsPerHour: number;
  stylistPerHour: number;
  orderMisses: number;
  smsPerNumberPerDay: number;
  smsPerDay: number;
}

/** Every limit of the service, from the settings. */
export function policiesOf(limits: LimitSettings) {
  const ofSession = [
    ...policy('burst', limits.burstPerSecond, SECOND_MS, bySession),
    ...policy('session', limits.perSessionPerMinute, MINUTE_MS, bySession),
  ];
  return {
    /** Part of those of every call; for a form, whose session is known only when it has been read. */
    ofSession,
    everyCall: [
      ...ofSession,
      ...policy('address', limits.perAddressPerMinute, MINUTE_MS, byAddress),
      ...policy('key', limits.perKeyPerMinute, MINUTE_MS, byKey),
    ],
    /** Beyond that, of the routes that say so in their `config.limit`. */
    ofRoutes: {
      returns: perHour('returns', limits.returnsPerHour),
      stylist: perHour('stylist', limits.stylistPerHour),
    },
    /** Orders that were asked for and are not there. */
    misses: [
      ...policy('misses', limits.orderMisses, 15 * MINUTE_MS, bySession),
      ...policy('misses-address', limits.orderMisses, 15 * MINUTE_MS, byAddress),
      ...policy('misses-key', limits.orderMisses * SHARED_FACTOR, 15 * MINUTE_MS, withoutSession),
    ],
    /** Each new one costs money: so many a day to one number, and so many in all. */
    smsOptIns: (number: string): Policy[] => [
      ...policy('sms-number', limits.smsPerNumberPerDay, DAY_MS, () => number),
      ...policy('sms', limits.smsPerDay, DAY_MS, () => 'all'),
    ],
  };
}

export type RouteLimit = keyof ReturnType<typeof policiesOf>['ofRoutes'];
