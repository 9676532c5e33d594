import { buildOrder, type Customer, line, type Order, type OrderRow } from './build-order.js';

// Nobody lives here: the domain is reserved, and so are the telephone numbers (each country keeps a range
// for fiction).
function customer(name: string, phone: string, place: Omit<Customer, 'name' | 'email' | 'phone'>): Customer {
  return { name, email: `${name.toLowerCase().replace(' ', '.')}@example.com`, phone, ...place };
}

function american(
  name: string,
  extension: string,
  city: string,
  state: string,
  postalCode: string,
): Customer {
  const address = `${Number(extension)} Example Street`;
  return customer(name, `+1 202 555 01${extension}`, { address, city, state, postalCode, country: 'US' });
}

const returning = american('Rhea Sample', '17', 'Seattle', 'WA', '98101');

const orderTable: OrderRow[] = [
  {
    number: 12001, // pending: placed two hours ago, the card not yet charged
    to: american('Ada Sample', '01', 'New York', 'NY', '10001'),
    lines: [line('EAR-303')],
    steps: 'created 0.08',
    status: 'pending',
    payment: ['card', 'pending'],
    dueIn: 5,
  },
  {
    number: 12002, // processing
    to: american('Ben Specimen', '02', 'Chicago', 'IL', '60601'),
    lines: [line('NCK-202'), line('NCK-211')],
    steps: 'created 2, processing 1.5',
    dueIn: 4,
  },
  {
    number: 12003, // quality check, with the workshop's own steps between
    to: american('Cleo Example', '03', 'Boston', 'MA', '02108'),
    lines: [line('RNG-102', { size: '6.5' })],
    steps: 'created 19, processing 18, design_in_progress 16, stone_setting 6, quality_check 1',
    dueIn: 4,
  },
  {
    number: 12004, // shipped by UPS, due in two days
    to: american('Dina Sample', '04', 'Austin', 'TX', '78701'),
    lines: [line('NCK-201'), line('EAR-301')],
    steps: 'created 5, processing 4.6, quality_check 3, shipped 1.2',
    parcel: ['UPS', '1Z999AA10123456784'],
    dueIn: 2,
    lineIds: true,
  },
  {
    number: 12005, // shipped by FedEx, without a status history
    to: american('Eli Placeholder', '05', 'Denver', 'CO', '80202'),
    lines: [line('BRC-403')],
    steps: 'created 4, processing 3.5, shipped 2',
    parcel: ['FedEx', '123456789012'],
    dueIn: 1,
    withoutHistory: true,
  },
  {
    number: 12006, // delivered 5 days ago: can be returned
    to: american('Fay Example', '06', 'New York', 'NY', '10011'),
    lines: [line('EAR-306'), line('BRC-405', { size: 'M', quantity: 2 })],
    steps: 'created 11, processing 10.5, shipped 8, out_for_delivery 5.3, delivered 5',
    parcel: ['UPS', '1Z999AA10123456785'],
    lineIds: true,
  },
  {
    number: 12007, // delivered 45 days ago: too late to return, in time to resize
    to: american('Gus Specimen', '07', 'San Francisco', 'CA', '94103'),
    lines: [line('RNG-107', { size: '6' })],
    steps: 'created 51, processing 50, shipped 48, delivered 45',
    parcel: ['FedEx', '123456789023'],
    lineIds: true,
  },
  {
    number: 12008, // delivered 400 days ago, a piece that has since been retired: too late for everything but care
    to: american('Hal Sample', '08', 'Seattle', 'WA', '98104'),
    lines: [line('RNG-129', { size: '7' })],
    steps: 'created 408, processing 407, shipped 403, delivered 400',
    parcel: ['USPS', '9400100000000000000001'],
  },
  {
    number: 12009, // cancelled before it was shipped
    to: american('Ivy Placeholder', '09', 'Chicago', 'IL', '60614'),
    lines: [line('RNG-128', { size: '6' })],
    steps: 'created 9, processing 8.5, cancelled 8',
    payment: ['card', 'voided'],
  },
  {
    number: 12010, // returned and refunded
    to: american('Jon Example', '10', 'Boston', 'MA', '02116'),
    lines: [line('NCK-216')],
    steps: 'created 38, processing 37.5, shipped 35, delivered 32, return_pending 24, refunded 16',
    payment: ['card', 'refunded'],
    parcel: ['UPS', '1Z999AA10123456786'],
  },
  {
    number: 12011, // return pending: the parcel is on its way back
    to: american('Kit Specimen', '11', 'Austin', 'TX', '78704'),
    lines: [line('BRC-407', { size: '7 in' }), line('EAR-314')],
    steps: 'created 16, processing 15, shipped 13, delivered 10, return_pending 3',
    parcel: ['UPS', '1Z999AA10123456787'],
    lineIds: true,
  },
  {
    number: 12012, // custom-made and engraved, still at the bench
    to: american('Lea Sample', '12', 'New York', 'NY', '10013'),
    lines: [line('RNG-101', { size: '5.5', engraving: 'L & M 2025', tags: ['custom', 'engraved'] })],
    steps: 'created 12, processing 11, design_in_progress 9, engraving 2',
    status: 'processing',
    payment: ['affirm', 'authorized'],
    dueIn: 10,
  },
  {
    number: 12013, // a custom piece delivered 10 days ago: cannot be returned, can be resized
    to: american('Max Placeholder', '13', 'Denver', 'CO', '80205'),
    lines: [line('RNG-109', { size: '7', tags: ['custom'] })],
    steps: 'created 44, processing 43, design_in_progress 40, quality_check 15, shipped 13, delivered 10',
    payment: ['wire', 'paid'],
    parcel: ['FedEx', '123456789034'],
    lineIds: true,
  },
  {
    number: 12014, // delivered 8 days ago, without a status history
    to: american('Noa Example', '14', 'San Francisco', 'CA', '94110'),
    lines: [line('EAR-312'), line('EAR-316')],
    steps: 'created 14, shipped 12, delivered 8',
    payment: ['paypal', 'paid'],
    parcel: ['usps', '9400100000000000000002'],
    withoutHistory: true,
  },
  {
    number: 12015, // dates as text, `timestamp` and `at`, labels missing, out of order, a status nobody knows
    to: american('Oda Specimen', '15', 'Seattle', 'WA', '98109'),
    lines: [line('NCK-215')],
    steps: 'created 13, awaiting_gemstone 4',
    quirk(order, ago) {
      order.statusHistory = [
        { status: 'awaiting_gemstone', at: ago(4).toISOString() },
        { status: 'created', label: 'Order placed', date: ago(13).toISOString() },
        { status: 'design_in_progress', timestamp: ago(7).toISOString() },
        { status: 'processing', label: 'In the workshop', timestamp: ago(12).toISOString() },
      ];
      order.createdAt = ago(13).toISOString();
      order.updatedAt = ago(4).toISOString();
    },
  },
  {
    number: 12016, // no totals, payment or shipping; lines without quantity or tags, a price as text
    to: american('Pia Sample', '16', 'Chicago', 'IL', '60607'),
    lines: [line('RNG-120', { size: '7' }), line('NCK-205')],
    steps: 'created 3',
    status: 'Processing',
    withoutHistory: true,
    quirk(order) {
      for (const key of ['totals', 'payment', 'shipping'] as const) delete order[key];
      order.items = order.items.map(({ sku, title, price }) => ({ sku, title, price: `${price}.00` }));
    },
  },
  {
    number: 12017, // the older of two orders by one customer, delivered 80 days ago
    to: returning,
    lines: [line('RNG-127', { size: '8' })],
    steps: 'created 86, processing 85, shipped 83, delivered 80',
    parcel: ['UPS', '1Z999AA10123456788'],
  },
  {
    number: 12018, // the newer of the two, shipped: a lookup by email finds this one
    to: returning,
    lines: [line('EAR-311')],
    steps: 'created 4, processing 3, shipped 1',
    parcel: ['UPS', '1Z999AA10123456789'],
    dueIn: 3,
  },
  {
    number: 12019, // to London by Royal Mail
    to: customer('Sal Example', '+44 7700 900019', {
      address: '19 Example Row',
      city: 'London',
      postalCode: 'EC1A 1BB',
      country: 'GB',
    }),
    lines: [line('NCK-214'), line('EAR-317')],
    steps: 'created 7, processing 6.5, shipped 4',
    parcel: ['Royal Mail', 'RR123456785GB'],
    dueIn: 3,
  },
  {
    number: 12020, // to Paris by La Poste, delivered 12 days ago
    to: customer('Tess Specimen', '+33 1 99 00 12 20', {
      address: '20 rue de l’Exemple',
      city: 'Paris',
      postalCode: '75001',
      country: 'FR',
    }),
    lines: [line('NCK-209')],
    steps: 'created 24, processing 23, shipped 20, delivered 12',
    parcel: ['La Poste', 'RR123456785FR'],
    lineIds: true,
  },
  {
    number: 12021, // to Berlin by DHL, out for delivery today
    to: customer('Uwe Placeholder', '+49 30 23125 021', {
      address: 'Beispielstraße 21',
      city: 'Berlin',
      postalCode: '10115',
      country: 'DE',
    }),
    lines: [line('NCK-212', { size: '22 in' })],
    steps: 'created 8, processing 7, shipped 5, out_for_delivery 0.2',
    status: 'shipped',
    payment: ['paypal', 'paid'],
    parcel: ['DHL Express', '1234567890'],
    dueIn: 0.2,
  },
  {
    number: 12022, // delivered yesterday: one line can be returned, the engraved one cannot
    to: american('Vic Sample', '22', 'Boston', 'MA', '02118'),
    lines: [line('EAR-305'), line('BRC-404', { size: '7 in', engraving: 'always', tags: ['engraved'] })],
    steps: 'created 9, processing 8, engraving 6, shipped 4, delivered 1',
    parcel: ['USPS', '9400100000000000000003'],
    lineIds: true,
  },
  {
    number: 12023, // delivered 28 days ago: the return window is about to close
    to: american('Wes Example', '23', 'New York', 'NY', '10025'),
    lines: [line('NCK-208')],
    steps: 'created 34, processing 33, shipped 31, delivered 28',
    parcel: ['UPS', '1Z999AA10123456790'],
  },
  {
    number: 12024, // shipped and late: it was due three days ago
    to: american('Xan Specimen', '24', 'Austin', 'TX', '78702'),
    lines: [line('BRC-406', { size: '7 in' })],
    steps: 'created 13, processing 12, shipped 9',
    parcel: ['FedEx', '123456789045'],
    dueIn: -3,
  },
  {
    number: 12025, // made to order from the catalogue, delivered 7 days ago: cannot be returned either
    to: american('Yara Placeholder', '25', 'San Francisco', 'CA', '94117'),
    lines: [line('RNG-126', { size: '10' })],
    steps: 'created 27, processing 26, quality_check 13, shipped 11, delivered 7',
    parcel: ['UPS', '1Z999AA10123456791'],
  },
  {
    number: 12026, // delivered, but nobody wrote down when: periods count from its shipping 20 days ago
    to: american('Zoe Sample', '26', 'Seattle', 'WA', '98115'),
    lines: [line('RNG-111', { size: '6' })],
    steps: 'created 25, processing 24, shipped 20',
    status: 'delivered',
    parcel: ['USPS', '9400100000000000000004'],
    withoutHistory: true,
  },
  {
    number: 12027, // on hold: the bank wants the payment confirmed
    to: american('Amos Example', '27', 'Denver', 'CO', '80211'),
    lines: [line('BRC-401', { size: '7 in' })],
    steps: 'created 2, on_hold 1.8',
    payment: ['card', 'requires_action'],
  },
];

/** The orders as they stand now: one placed "two days ago" is always two days old when seeded. */
export function ordersAt(now: Date): Order[] {
  return orderTable.map((row) => buildOrder(row, now));
}
