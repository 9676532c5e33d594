import type { Collections } from '../../collections.js';
import { trackingForm } from '../../domain/orders/read-order.js';
import { readTicket } from '../../domain/stylist/read-ticket.js';
import { personNameForm } from '../../domain/stylist/search-terms.js';
import type { StylistTicket } from '../../domain/stylist/stylist-ticket.js';
import { countryOfLocale } from '../../lib/values/country.js';
import { readEmail } from '../../lib/values/email.js';
import { plainText } from '../../lib/values/text.js';
import type { PersonRecords, RecordsOf } from '../customers/person-records.js';
import type { OrderFinder } from '../orders/order-finder.js';
import type { RowContext } from '../orders/order-row.js';
import type { Viewer } from '../viewer.js';
import { groupResults, type SearchGroup } from './search-results.js';

interface SearchOptions {
  collections: Collections;
  finder: OrderFinder;
  recordsOf: RecordsOf;
  now: () => Date;
  shop: RowContext['shop'];
}

const MAX_NAMED = 30;
/** Of a name that many have, so many orders and tickets are followed to what belongs to them. */
const MAX_FOLLOWED = 10;
const MIN_NAME = 2;
/** Fewer digits are no telephone number. */
const MIN_PHONE_DIGITS = 7;
const NOTHING: PersonRecords = {
  orders: [],
  tickets: [],
  returns: [],
  holds: [],
  ratings: [],
  subscriptions: [],
  images: [],
  sessions: [],
};

/**
 * What a text means: a number (of an order, also bare; an RMA, a ticket, a hold, a parcel), an address, a telephone number, a name, a
 * session. All of it is asked at once, each through an index.
 */
export function createSearch({ collections, finder, recordsOf, now, shop }: SearchOptions) {
  const { stylistTickets, returns, capsuleHolds, widgetSessions, csatFeedback } = collections;
  const one = { projection: { _id: 0 }, limit: 1 } as const;

  return async (viewer: Viewer, typed: string): Promise<SearchGroup[]> =>
    groupResults(await find(typed), { viewer, now: now(), shop });

  async function find(typed: string): Promise<PersonRecords> {
    const text = plainText(typed);
    const email = readEmail(text);
    if (email) return recordsOf({ emails: [...new Set([email, typed.trim()])] });
    const ids = readableIds(text);
    const isNumber = /\d/.test(text);
    const [person, numbered, tracked, tickets, rmas, sentBack, holds, sessions, ratings, named] =
      await Promise.all([
        byPhone(text),
        isNumber ? finder.meant(text) : [],
        isNumber ? finder.byTracking(text) : [],
        stylistTickets.find({ ticketId: { $in: ids } }, one).toArray(),
        returns.find({ rmaId: { $in: ids } }, one).toArray(),
        isNumber ? returns.find({ 'parcel.trackingNumber': trackingForm(text) }, one).toArray() : [],
        capsuleHolds.find({ reservationId: { $in: ids } }, one).toArray(),
        widgetSessions.find({ sessionId: text }, one).toArray(),
        csatFeedback.find({ feedbackId: text }, one).toArray(),
        byName(text),
      ]);
    const all = [person, named];
    return {
      ...NOTHING,
      orders: once([...numbered, ...tracked, ...all.flatMap((of) => of.orders)], (of) => of.orderNumber),
      tickets: once([...tickets.map(readTicket), ...all.flatMap((of) => of.tickets)], (of) => of.ticketId),
      returns: once([...rmas, ...sentBack, ...all.flatMap((of) => of.returns)], (of) => of.rmaId),
      holds: once([...holds, ...all.flatMap((of) => of.holds)], (of) => of.reservationId),
      ratings: once([...ratings, ...all.flatMap((of) => of.ratings)], (of) => of.feedbackId),
      sessions: once([...sessions, ...all.flatMap((of) => of.sessions)], (of) => of.sessionId),
    };
  }

  /** What there is under a telephone number: also of the orders that have it. */
  async function byPhone(text: string): Promise<PersonRecords> {
    const phones = await phonesOf(text, countryOfLocale(shop.locale));
    if (phones.length === 0) return NOTHING;
    const orders = await finder.byPhones(phones);
    const orderNumbers = orders.map(({ orderNumber }) => String(orderNumber));
    return recordsOf({ phones: [...phones, text], orderNumbers });
  }

  /** Orders and tickets of a name; where it is not one thing that is meant, also what belongs to the first of them. */
  async function byName(text: string): Promise<PersonRecords> {
    const form = personNameForm(text);
    if (form.length < MIN_NAME || /\d/.test(form)) return NOTHING;
    const [orders, found] = await Promise.all([finder.byName(text), ticketsOf(text, form)]);
    const tickets = once(found.map(readTicket), (of) => of.ticketId);
    if (orders.length + tickets.length <= 1) return { ...NOTHING, orders, tickets };
    const around = await recordsOf({
      orderNumbers: orders.slice(0, MAX_FOLLOWED).map(({ orderNumber }) => String(orderNumber)),
      sessionIds: tickets.slice(0, MAX_FOLLOWED).flatMap(({ sessionId }) => sessionId || []),
    });
    return { ...around, orders: [...orders, ...around.orders], tickets: [...tickets, ...around.tickets] };
  }

  // By the whole name or a word of it; then by how one begins. Tickets of the shop's earlier pages have their names alone.
  async function ticketsOf(text: string, form: string): Promise<StylistTicket[]> {
    const options = { limit: MAX_NAMED, projection: { _id: 0 } } as const;
    const [exact, beginning, earlier] = await Promise.all([
      stylistTickets.find({ searchTerms: form }, { ...options, sort: { createdAt: -1 } }).toArray(),
      stylistTickets
        .find({ searchTerms: { $elemMatch: { $gt: form, $lt: `${form}\uffff` } } }, options)
        .toArray(),
      stylistTickets.find({ customerName: { $in: [text, titleCase(text)] } }, options).toArray(),
    ]);
    return [...exact, ...beginning, ...earlier].slice(0, MAX_NAMED);
  }
}

/** The numbers in E.164 form that digits may mean: as they are dialled in the shop's country, and with a country's code. */
async function phonesOf(text: string, home: string | undefined): Promise<string[]> {
  const digits = text.replace(/\D/g, '');
  if (/\p{L}/u.test(text) || digits.length < MIN_PHONE_DIGITS) return [];
  const { readPhone } = await import('../../lib/values/phone.js');
  const read = [readPhone(text, home), readPhone(text), readPhone(`+${digits}`)];
  return [...new Set(read.flatMap((phone) => phone ?? []))];
}

/** Each thing once, where several ways have led to it. */
const once = <Thing>(things: Thing[], idOf: (thing: Thing) => unknown): Thing[] => [
  ...new Map(things.map((thing) => [String(idOf(thing)), thing])).values(),
];

/** `st 7k3m9qx4` → `ST-7K3M-9QX4`, beside what was typed. */
function readableIds(text: string): string[] {
  const bare = text.toUpperCase().replace(/[\s-]+/g, '');
  const [, prefix, one, two] = /^(ST|RMA)([A-Z0-9]{4})([A-Z0-9]{4})$/.exec(bare) ?? [];
  return [...new Set([text, text.toUpperCase(), ...(prefix ? [`${prefix}-${one}-${two}`] : [])])];
}

const titleCase = (text: string): string =>
  text.replace(/\p{L}+/gu, (word) => word.charAt(0).toUpperCase() + word.slice(1));
