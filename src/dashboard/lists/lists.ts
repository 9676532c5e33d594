import type { Collection, Document } from 'mongodb';
import type { Collections } from '../../collections.js';
import { readTicket } from '../../domain/stylist/read-ticket.js';
import type { Calendar, Day } from '../../lib/calendar.js';
import { createDateReader } from '../../lib/values/date.js';
import { ApiError } from '../../platform/http/errors.js';
import type { Scope } from '../../platform/keys/keys.js';
import { orderRow, type RowContext } from '../orders/order-row.js';
import { QUEUE_KINDS } from '../queue/queue-item.js';
import { may, shownEmail, shownName, shownPhone, type Viewer } from '../viewer.js';
import { say, type Vocabulary, words } from '../words.js';
import { csvLine } from './csv.js';

type Cell = string | number | Date | undefined;

/** All that there is of one kind, by when it began. */
interface List {
  name: string;
  collection: (collections: Collections) => Collection<Document>;
  /** An index begins with it. */
  field: string;
  columns: readonly string[];
  /** In which words the pages and the files say what a column has. */
  words?: Partial<Record<string, Vocabulary>>;
  /** Who may see it; left out, whoever may look at the dashboard. */
  scope?: Scope;
  /** What it can be narrowed by: an index begins with each of these fields. */
  narrowedBy?: readonly { field: string; label: string; words?: Vocabulary }[];
  /** The page of a row: by its first column, where it is not said otherwise. */
  place: string | ((row: Cell[]) => string | undefined);
  toRow: (doc: Document, context: RowContext) => Cell[];
}

const any = (collection: unknown): Collection<Document> => collection as Collection<Document>;
const contactOf = (viewer: Viewer, contact: { email?: string; phone?: string } = {}): Cell[] => [
  contact.email && shownEmail(viewer, contact.email),
  contact.phone && shownPhone(viewer, contact.phone),
];

export const LISTS = {
  tickets: {
    name: 'Tickets',
    collection: ({ stylistTickets }) => any(stylistTickets),
    field: 'createdAt',
    place: 'support/tickets',
    columns: [
      'Ticket',
      'Opened',
      'Status',
      'Priority',
      'Assignee',
      'Name',
      'Email',
      'Telephone',
      'Order',
      'Answer by',
      'First response',
      'Notes',
    ],
    words: { Status: 'state', Priority: 'priority' },
    toRow(doc, { viewer }) {
      const ticket = readTicket(doc);
      const { customerName: name, customerEmail: email, customerPhone: phone } = ticket;
      return [
        ticket.ticketId,
        ticket.createdAt,
        ticket.status,
        ticket.priority,
        ticket.assignee,
        name && shownName(viewer, name),
        ...contactOf(viewer, { email, phone }),
        ticket.orderNumber,
        ticket.dueAt,
        ticket.firstResponseAt,
        ticket.notes,
      ];
    },
  },
  returns: {
    name: 'Returns',
    collection: ({ returns }) => any(returns),
    field: 'createdAt',
    place: 'support/returns',
    columns: ['RMA', 'Opened', 'Kind', 'Status', 'Order', 'Email', 'Telephone', 'Pieces', 'Reason'],
    words: { Kind: 'kind', Status: 'state', Reason: 'reason' },
    toRow: (doc, { viewer }) => [
      doc.rmaId,
      doc.createdAt,
      doc.option,
      doc.status,
      doc.orderNumber,
      ...contactOf(viewer, doc.contact),
      doc.lines?.length,
      doc.reason?.code,
    ],
  },
  holds: {
    name: 'Holds',
    collection: ({ capsuleHolds }) => any(capsuleHolds),
    field: 'createdAt',
    place: 'support/capsules',
    columns: ['Hold', 'Opened', 'Status', 'Email', 'Pieces', 'Until'],
    words: { Status: 'state' },
    toRow: (doc, { viewer }) => [
      doc.reservationId,
      doc.createdAt,
      doc.status,
      doc.customerEmail && shownEmail(viewer, doc.customerEmail),
      doc.items?.length,
      doc.expiresAt,
    ],
  },
  ratings: {
    name: 'Ratings',
    collection: ({ csatFeedback }) => any(csatFeedback),
    field: 'timestamp',
    place: 'support/feedback',
    columns: ['Rating', 'Given', 'Score', 'About', 'Order', 'Follow-up', 'Comment'],
    words: { About: 'intent', 'Follow-up': 'state' },
    toRow: (doc) => [
      doc.feedbackId,
      doc.timestamp,
      doc.score,
      doc.intent,
      doc.orderNumber,
      doc.followUp?.status,
      doc.notes,
    ],
  },
  orders: {
    name: 'Orders',
    collection: ({ orders }) => any(orders),
    field: 'createdAt',
    place: 'orders',
    columns: ['Order', 'Placed', 'Stands at', 'Email', 'Tickets', 'Rating', 'Total', 'Currency'],
    toRow(doc, context) {
      const row = orderRow(doc, [], context);
      return [
        row.orderNumber,
        createDateReader(context.shop)(doc.createdAt),
        row.step.label,
        row.customer,
        row.supportTickets.join(' '),
        row.csatRating,
        may(context.viewer, 'dashboard:finance') ? row.total?.amount : undefined,
        row.total?.currency,
      ];
    },
  },
  audit: {
    name: 'Audit',
    collection: ({ auditLog }) => any(auditLog),
    field: 'at',
    scope: 'staff:manage',
    narrowedBy: [
      { field: 'by', label: 'Who' },
      { field: 'action', label: 'What', words: 'audit' },
      { field: 'target', label: 'Of what' },
    ],
    place: ([target, , , action]) => pageOfAct(String(action), String(target)),
    columns: ['Of what', 'When', 'Who', 'What', 'Key', 'Request', 'Details'],
    words: { What: 'audit' },
    toRow: ({ target, at, by, key, action, details, requestId }) => [
      target,
      at,
      by ?? key,
      action,
      key,
      requestId,
      detailsOf(details),
    ],
  },
} as const satisfies Record<string, List>;

// `tickets.done` is of a thing of the queue; what machines have done has names of its own.
function pageOfAct(action: string, target: string): string | undefined {
  const [of = ''] = action.split('.');
  const kind = { capsule: 'capsules', return: 'returns' }[of] ?? QUEUE_KINDS.find((name) => name === of);
  return kind && `/dashboard/support/${kind}/${encodeURIComponent(target)}`;
}

const detailsOf = (details: object = {}): string =>
  Object.entries(details)
    .map(([name, value]) => `${words(name)} ${Array.isArray(value) ? value.join(' ') || '–' : value}`)
    .join(', ');

type ListName = keyof typeof LISTS;
export const LIST_NAMES = Object.keys(LISTS) as ListName[];

/** The lists that someone may see. */
export const listsFor = (viewer: Viewer): [ListName, List][] =>
  LIST_NAMES.map((name): [ListName, List] => [name, LISTS[name]]).filter(
    ([, { scope }]) => !scope || may(viewer, scope),
  );

function listFor(viewer: Viewer, name: ListName): List {
  const list: List = LISTS[name];
  if (list.scope && !may(viewer, list.scope))
    throw new ApiError('auth.missing_scope', `Your key does not allow you to see “${list.name}”.`);
  return list;
}

/** What of a list is wanted. */
interface ListWish {
  from: Day;
  to: Day;
  /** By the fields that it can be narrowed by. */
  chosen?: Readonly<Record<string, string | undefined>>;
}

interface ListsOptions {
  collections: Collections;
  calendar: Calendar;
  now: () => Date;
  shop: RowContext['shop'];
}

/** Rows of a page; a file has all of them. */
export const MAX_ROWS = 200;
const BATCH = 500;
/** A file may be long, and is read as fast as it is taken. */
const FILE_TIME_MS = 10 * 60_000;

/** Lists of what began within a period, the newest first: to look at, and as files. */
export function createLists({ collections, calendar, now, shop }: ListsOptions) {
  function find(list: List, { from, to, chosen }: ListWish, maxTimeMS?: number) {
    const wanted = (list.narrowedBy ?? []).flatMap(({ field }) => {
      const value = chosen?.[field];
      return value ? [[field, value]] : [];
    });
    const within = { $gte: calendar.spanOf(from).from, $lt: calendar.spanOf(to).until };
    return list
      .collection(collections)
      .find({ ...Object.fromEntries(wanted), [list.field]: within }, { batchSize: BATCH, maxTimeMS })
      .sort({ [list.field]: -1 });
  }

  async function rows(viewer: Viewer, name: ListName, wish: ListWish): Promise<Cell[][]> {
    const list = listFor(viewer, name);
    const docs = await find(list, wish).limit(MAX_ROWS).toArray();
    return docs.map((doc) => list.toRow(doc, { viewer, now: now(), shop }));
  }

  /** The whole list as lines of a file. */
  function file(viewer: Viewer, name: ListName, wish: ListWish): AsyncGenerator<string> {
    return linesOf(listFor(viewer, name), wish, { viewer, now: now(), shop });
  }

  async function* linesOf(list: List, wish: ListWish, context: RowContext): AsyncGenerator<string> {
    yield csvLine(list.columns);
    const inWords = list.columns.map((column) => list.words?.[column]);
    for await (const doc of find(list, wish, FILE_TIME_MS)) {
      const row = list.toRow(doc, context);
      yield csvLine(
        row.map((value, nth) => (inWords[nth] && value ? say(inWords[nth], String(value)) : value)),
      );
    }
  }

  return { rows, file };
}
