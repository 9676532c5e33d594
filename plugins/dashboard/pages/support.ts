import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type Static, Type } from '@sinclair/typebox';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ActParams, ItemParams, TicketParams } from '../../../schemas/dashboard/support.js';
import type { QueueFilters } from '../../../src/dashboard/queue/filters.js';
import { QUEUE_KINDS, QUEUE_ORDERS, type QueueKind } from '../../../src/dashboard/queue/queue-item.js';
import { QUEUE_VIEWS, type QueueViewName } from '../../../src/dashboard/queue/views.js';
import type { Viewer } from '../../../src/dashboard/viewer.js';
import { present } from '../../../src/lib/values/text.js';
import { ApiError } from '../../../src/platform/http/errors.js';
import { slipUrl } from '../../endpoints/returns.js';
import { signedIn } from '../signed-session.js';

const Choice = (values: readonly string[]) => Type.Optional(Type.String({ enum: ['', ...values] }));
/** Which part of the queue is worked through, and in which order: kept in every address, so that it can be shared and come back to. */
const CHOICES = {
  view: Choice(Object.keys(QUEUE_VIEWS)),
  order: Choice(QUEUE_ORDERS),
  kind: Choice(QUEUE_KINDS),
  status: Choice(['open', 'in_progress', 'done']),
  due: Choice(['overdue', 'soon', 'today']),
  assignee: Type.Optional(Type.String({ maxLength: 100 })),
};
const Choices = Type.Object(CHOICES);
export type Choices = Static<typeof Choices>;

const TOLD = {
  done: Type.Optional(Type.String({ maxLength: 20 })),
  count: Type.Optional(Type.String({ pattern: '^\\d{1,3}$' })),
  refused: Type.Optional(Type.String({ pattern: '^\\d{1,3}$' })),
};
// The filters are a form: what is not chosen comes as an empty text.
const ListQuery = Type.Object({
  ...CHOICES,
  ...TOLD,
  cursor: Type.Optional(Type.String({ maxLength: 512 })),
});
const ItemQuery = Type.Object({
  ...CHOICES,
  ...TOLD,
  template: Type.Optional(Type.String({ maxLength: 40 })),
});

/** The queue, and what is in it. */
const supportPages: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/dashboard/support',
    { schema: { hide: true, querystring: ListQuery } },
    async (request, reply) => {
      const { cursor, ...query } = request.query;
      const viewer = signedIn(request);
      const choices = choicesOf(query);
      const filters = filtersOf(viewer, choices);
      const [page, counts, staff] = await Promise.all([
        app.dashboard.queue.inbox(viewer, filters, present(cursor)),
        app.dashboard.queue.counts(viewer),
        staffFor(app, viewer),
      ]);
      const view = QUEUE_VIEWS[viewOf(choices)];
      const told = { done: query.done, count: query.count, refused: query.refused };
      return reply.view('support', {
        ...told,
        ...page,
        counts,
        staff,
        filters,
        choices,
        views: QUEUE_VIEWS,
        view: { ...view, id: viewOf(choices) },
        cursor,
        title: view.name,
        section: 'support',
      });
    },
  );

  app.get(
    '/dashboard/support/tickets/:ticketId',
    { schema: { hide: true, params: TicketParams, querystring: ItemQuery } },
    async (request, reply) => showItem(request, reply, 'tickets', request.params.ticketId, request.query),
  );

  app.get(
    '/dashboard/support/:kind/:id',
    { schema: { hide: true, params: ItemParams, querystring: ItemQuery } },
    async (request, reply) => {
      const { kind, id } = request.params;
      return showItem(request, reply, kind, id, request.query);
    },
  );

  // The slip lies in the store: the browser gets an address that works for a quarter of an hour.
  app.get(
    '/dashboard/support/returns/:id/slip',
    { schema: { hide: true, params: Type.Pick(ItemParams, ['id']) } },
    async (request, reply) => {
      signedIn(request);
      const rma = await app.repositories.returns.find(request.params.id);
      const url = rma && (await slipUrl(app, rma));
      if (!url) throw new ApiError('dashboard.not_found', 'There is no slip of that return yet.');
      return reply.redirect(url, 303);
    },
  );

  // A page says every now and then that someone has it before them.
  app.get(
    '/dashboard/support/:kind/:id/presence',
    { schema: { hide: true, params: ActParams } },
    async (request) => {
      const { kind, id } = request.params;
      return { others: await app.dashboard.seen(signedIn(request), `${kind}/${id}`) };
    },
  );
};

export default supportPages;

/** The page of a thing as it is now, with why nothing was done to it, and what was written, where something was refused. */
export async function showItem(
  request: FastifyRequest,
  reply: FastifyReply,
  kind: QueueKind,
  id: string,
  query: Choices & { done?: string; template?: string },
  refusal: Refusal = {},
) {
  const app = request.server;
  const viewer = signedIn(request);
  const choices = choicesOf(query);
  const [shown, others, staff] = await Promise.all([
    kind === 'tickets'
      ? app.dashboard
          .ticket(viewer, id)
          .then((ticket) => ({ ticket, item: ticket.item, title: ticket.ticketId }))
      : app.dashboard.item(viewer, kind, id).then((item) => ({ item, title: item.title })),
    app.dashboard.seen(viewer, `${kind}/${id}`),
    staffFor(app, viewer),
  ]);
  const { orderNumber } = shown.item as { orderNumber?: string };
  const [around, order] = await Promise.all([
    app.dashboard.queue.neighbours(viewer, filtersOf(viewer, choices), shown.item),
    kind === 'returns' && orderNumber ? app.dashboard.orderOf(viewer, orderNumber) : undefined,
  ]);
  return reply.view(kind === 'tickets' ? 'ticket' : 'return-and-other-items', {
    done: query.done,
    template: query.template,
    ...refusal,
    problem:
      refusal.isStale && latestBy('ticket' in shown ? shown.ticket : shown.item) === viewer.name
        ? STALE_OF_ONES_OWN
        : refusal.problem,
    ...shown,
    ...around,
    order,
    others,
    staff,
    choices,
    place: { kind, id },
    section: 'support',
  });
}

// Whoever looks can take a thing themselves.
async function staffFor(app: FastifyInstance, { name }: Viewer): Promise<string[]> {
  const names = await app.dashboard.staff.names();
  return names.includes(name) ? names : [name, ...names];
}

export interface Refusal {
  problem?: string;
  isStale?: boolean;
  note?: string | undefined;
  /** An answer that has not been sent. */
  draft?: string | undefined;
}

const STALE_OF_ONES_OWN =
  'You, in another tab, have acted on this since you opened it. Look again before you act.';

interface Acted {
  at: Date | string;
  by: string;
}

/** Who has acted on it last, or answered its customer. */
function latestBy({
  history,
  answering,
}: {
  history: Acted[];
  answering?: { replies: Acted[] } | undefined;
}): string | undefined {
  return [...history, ...(answering?.replies ?? [])]
    .sort((one, other) => new Date(one.at).getTime() - new Date(other.at).getTime())
    .at(-1)?.by;
}

export const pathOf = (kind: QueueKind, id: string): string =>
  `/dashboard/support/${kind}/${encodeURIComponent(id)}`;

const viewOf = ({ view }: Choices): QueueViewName => (view as QueueViewName) || 'all';

const choicesOf = (query: Choices): Choices =>
  Object.fromEntries(
    Object.entries(query).filter(([name, value]) => Object.hasOwn(CHOICES, name) && present(value)),
  );

function filtersOf(viewer: Viewer, choices: Choices): QueueFilters {
  const { view: _, ...chosen } = choices;
  return { ...QUEUE_VIEWS[viewOf(choices)].filters(viewer), ...(chosen as QueueFilters) };
}
