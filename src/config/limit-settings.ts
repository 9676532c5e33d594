import { Type } from '@sinclair/typebox';
import type { Values } from './read-setting.js';

/** How much a caller may ask for. */
export const Limits = {
  RATE_LIMIT_PER_SESSION: Type.Integer({
    default: 60,
    minimum: 0,
    description: 'Calls per minute of one widget session; 0 for no limit.',
  }),
  RATE_LIMIT_PER_IP: Type.Integer({
    default: 120,
    minimum: 0,
    description:
      "Calls per minute of one customer's address (an IPv6 network of 64 bits counts as one), where SHOP_ADDRESSES or TRUST_PROXY let it be known; 0 for no limit.",
  }),
  RATE_LIMIT_BURST: Type.Integer({
    default: 10,
    minimum: 0,
    description: 'Calls per second of one widget session; 0 for no limit.',
  }),
  RATE_LIMIT_PER_KEY: Type.Integer({
    default: 300_000,
    minimum: 0,
    description: 'Calls per minute with one key, whoever they are for; 0 for no limit.',
  }),
  RATE_LIMIT_RETURNS: Type.Integer({
    default: 30,
    minimum: 0,
    description: 'Return requests per hour of one session or client address; 0 for no limit.',
  }),
  RATE_LIMIT_STYLIST: Type.Integer({
    default: 10,
    minimum: 0,
    description: 'Stylist tickets per hour of one session or client address; 0 for no limit.',
  }),
  RATE_LIMIT_VERIFY: Type.Integer({
    default: 20,
    minimum: 0,
    description:
      'Codes that are asked for or given back per hour, of one session or client address; 0 for no limit.',
  }),
  RATE_LIMIT_ORDER_MISSES: Type.Integer({
    default: 10,
    minimum: 0,
    description: 'Orders not found per quarter of an hour, of one session or client address; 0 for no limit.',
  }),
  RATE_LIMIT_ORDERS: Type.Integer({
    default: 30,
    minimum: 0,
    description:
      'Different orders per hour that one session asks for, found or not; of one client address four times as many; 0 for no limit.',
  }),
  RATE_LIMIT_WRONG_CODES: Type.Integer({
    default: 10,
    minimum: 0,
    description:
      'Wrong emails or postal codes per hour for one order, and for one email address, whoever tries them; 0 for no limit.',
  }),
  ORDER_MISSES_ALERT: Type.Integer({
    default: 500,
    minimum: 0,
    description:
      'Orders not found per quarter of an hour, by anyone, from which on it is told in the log and what is not found is answered a second later; nothing is refused. 0 for never.',
  }),
  STYLIST_TICKETS_PER_ADDRESS: Type.Integer({
    default: 5,
    minimum: 0,
    description:
      'Stylist tickets that wait for an answer at one email address, of those who have proved no order; what is said beyond them is added to the latest. 0 for any number.',
  }),
  EMAIL_ORDERS_PER_ADDRESS: Type.Integer({
    default: 10,
    minimum: 0,
    description:
      'Different orders per day of which one email address is newly told, at the word of those who have not proved the order; 0 for no limit.',
  }),
  SMS_OPT_INS_PER_NUMBER: Type.Integer({
    default: 5,
    minimum: 0,
    description: 'New text message subscriptions per day to one telephone number; 0 for no limit.',
  }),
  SMS_NUMBERS_PER_ORDER: Type.Integer({
    default: 3,
    minimum: 0,
    description:
      'Different telephone numbers per day that are newly subscribed to one order, and by one session; 0 for no limit.',
  }),
  SMS_OPT_INS_PER_DAY: Type.Integer({
    default: 1000,
    minimum: 0,
    description:
      'New text message subscriptions per day in all, since each costs money, counted apart for those who have proved their order; 0 for no limit.',
  }),
  RATE_LIMIT_REDIS_URL: Type.Optional(
    Type.String({
      pattern: '^rediss?://',
      description:
        'Redis in which the limits count across processes; without one, each process counts for itself.',
    }),
  ),
};

export const readLimitSettings = (
  env: Values<typeof Limits> & { TRUST_PROXY?: string; SHOP_ADDRESSES?: string },
) => ({
  limits: {
    perSessionPerMinute: env.RATE_LIMIT_PER_SESSION,
    perAddressPerMinute: env.TRUST_PROXY || env.SHOP_ADDRESSES ? env.RATE_LIMIT_PER_IP : 0,
    burstPerSecond: env.RATE_LIMIT_BURST,
    perKeyPerMinute: env.RATE_LIMIT_PER_KEY,
    returnsPerHour: env.RATE_LIMIT_RETURNS,
    stylistPerHour: env.RATE_LIMIT_STYLIST,
    verifyPerHour: env.RATE_LIMIT_VERIFY,
    orderMisses: env.RATE_LIMIT_ORDER_MISSES,
    orderMissesAlert: env.ORDER_MISSES_ALERT,
    ordersPerHour: env.RATE_LIMIT_ORDERS,
    wrongCodes: env.RATE_LIMIT_WRONG_CODES,
    emailOrdersPerDay: env.EMAIL_ORDERS_PER_ADDRESS,
    smsPerNumberPerDay: env.SMS_OPT_INS_PER_NUMBER,
    smsNumbersPerDay: env.SMS_NUMBERS_PER_ORDER,
    smsPerDay: env.SMS_OPT_INS_PER_DAY,
    redisUrl: env.RATE_LIMIT_REDIS_URL,
  },
});
