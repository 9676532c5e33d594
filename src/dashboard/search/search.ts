import type { Collections } from '../../collections.js';
import { trackingForm } from '../../domain/orders/read-order.js';
import { readTicket } from '../../domain/stylist/read-ticket.js';
import { nameForm } from '../../domain/stylist/search-terms.js';
import type { StylistTicket } from '../../domain/stylist/stylist-ticket.js';
import { readEmail } from '../../lib/values/email.js';
import { plainText } from '../../lib/values/text.js';
import type { PersonRecords, RecordsOf } from '../customers/person-records.js';
import type { OrderFinder } from '../orders/order-finder.js';
import type { RowContext } from '../orders/order-row.js';
import type { Viewer } from '../viewer.js';
import { groupResults, type SearchGroup } from './search-results.js';

export interface SearchOptions {
  collections: Collections;
  finder: OrderFinder;
  recordsOf: RecordsOf;
  now: () => Date;
  shop: RowContext['shop'];
}

const MAX_NAMED = 30;
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
    const phones = await phonesOf(text);
    const ids = readableIds(text);
    const [person, numbered, tracked, tickets, rmas, sentBack, holds, sessions, ratings, named] =
      await Promise.all([
        phones.length > 0 ? recordsOf({ phones }) : NOTHING,
        /\d/.test(text) ? finder.meant(text) : [],
        /\d/.test(text) ? finder.byTracking(text) : [],
        stylistTickets.find({ ticketId: { $in: ids } }, one).toArray(),
        returns.find({ rmaId: { $in: ids } }, one).toArray(),
        /\d/.test(text) ? returns.find({ 'parcel.trackingNumber': trackingForm(text) }, one).toArray() : [],
        capsuleHolds.find({ reservationId: { $in: ids } }, one).toArray(),
        widgetSessions.find({ sessionId: text }, one).toArray(),
        csatFeedback.find({ feedbackId: text }, one).toArray(),
        byName(text),
      ]);
    const orders = new Map(
      [...numbered, ...tracked, ...person.orders].map((doc) => [String(doc.orderNumber), doc]),
    );
    const all = new Map(
      [...tickets, ...named, ...person.tickets].map((ticket) => [ticket.ticketId, readTicket(ticket)]),
    );
    return {
      ...person,
      orders: [...orders.values()],
      tickets: [...all.values()],
      returns: [...rmas, ...sentBack, ...person.returns],
      holds: [...holds, ...person.holds],
      ratings: [...ratings, ...person.ratings],
      sessions: [...sessions, ...person.sessions],
    };
  }

  // By the whole name or a word of it; then by how one begins. Tickets of the shop's earlier pages have their names alone.
  async function byName(text: string): Promise<StylistTicket[]> {
    const form = nameForm(text);
    if (form.length < MIN_NAME || /\d/.test(form)) return [];
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

async function phonesOf(text: string): Promise<string[]> {
  if (/\p{L}/u.test(text) || text.replace(/\D/g, '').length < MIN_PHONE_DIGITS) return [];
  const { readPhone } = await import('../../lib/values/phone.js');
  const phone = readPhone(text);
  return phone ? [phone, text] : [];
}

/** `st 7k3m9qx4` → `ST-7K3M-9QX4`, beside what was typed. */
function readableIds(text: string): string[] {
  const bare = text.toUpperCase().replace(/[\s-]+/g, '');
  const [, prefix, one, two] = /^(ST|RMA)([A-Z0-9]{4})([A-Z0-9]{4})$/.exec(bare) ?? [];
  return [...new Set([text, text.toUpperCase(), ...(prefix ? [`${prefix}-${one}-${two}`] : [])])];
}

const titleCase = (text: string): string =>
  text.replace(/\p{L}+/gu, (word) => word.charAt(0).toUpperCase() + word.slice(1));
