import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type Static, Type } from '@sinclair/typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ActParams, ItemParams, ReplyParams, TicketParams } from '../../../schemas/dashboard/support.js';
import { ToldParcel } from '../../../schemas/returns.js';
import type { Wish } from '../../../src/dashboard/queue/act-on-item.js';
import type { QueueFilters } from '../../../src/dashboard/queue/filters.js';
import { QUEUE_KINDS, QUEUE_ORDERS, type QueueKind } from '../../../src/dashboard/queue/queue-item.js';
import { QUEUE_VIEWS, type QueueViewName } from '../../../src/dashboard/queue/views.js';
import type { Viewer } from '../../../src/dashboard/viewer.js';
import { MAX_REPLY_LETTERS } from '../../../src/domain/replies/reply.js';
import { readReturnParcel } from '../../../src/domain/returns/return-request.js';
import { present } from '../../../src/lib/values/text.js';
import { ApiError } from '../../../src/platform/http/errors.js';
import { act, reply as replyToCustomer } from '../../core/dashboard.js';
import { slipUrl } from '../../endpoints/returns.js';
import { ownPath, toldAt } from './own-path.js';
import { acting, signedIn } from './signed-in.js';

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
type Choices = Static<typeof Choices>;

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

const Act = {
  action: Type.String({ maxLength: 20 }),
  note: Type.Optional(Type.String({ maxLength: 1000 })),
  assignee: Type.Optional(Type.String({ maxLength: 100 })),
  back: Type.Optional(Type.String({ maxLength: 2048 })),
};
const ActForm = Type.Object({ ...Act, ...ToldParcel, version: Type.String({ pattern: '^\\d{1,9}$' }) });
const BulkForm = Type.Object({ ...Act, items: Type.Optional(Type.String({ maxLength: 20_000 })) });

const ReplyForm = Type.Object({
  text: Type.String({ maxLength: MAX_REPLY_LETTERS * 2 }),
  template: Type.Optional(Type.String({ maxLength: 40 })),
  closes: Type.Optional(Type.String({ enum: ['done'] })),
  version: Type.String({ pattern: '^\\d{1,9}$' }),
  back: Type.Optional(Type.String({ maxLength: 2048 })),
});

const MAX_BULK = 200;

/** What an action on many is for each kind; a kind that it does not suit is left as it is. */
const BULK: Record<string, Partial<Record<QueueKind, string>>> = {
  assign: { tickets: 'assign' },
  done: { tickets: 'done', feedback: 'contacted' },
  approve: { images: 'approve' },
};

/** The queue, what is in it, and what can be done about it. */
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
        staffFor(viewer),
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
    async (request, reply) => showItem(request, reply, 'tickets', request.params.ticketId, request.query, {}),
  );

  app.get(
    '/dashboard/support/:kind/:id',
    { schema: { hide: true, params: ItemParams, querystring: ItemQuery } },
    async (request, reply) => {
      const { kind, id } = request.params;
      return showItem(request, reply, kind, id, request.query, {});
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

  app.post(
    '/dashboard/support/:kind/:id/actions',
    { schema: { hide: true, params: ActParams, body: ActForm } },
    async (request, reply) => {
      const { kind, id } = request.params;
      const { action, version, note, assignee, back, ...told } = request.body;
      const viewer = acting(request);
      const wish = {
        kind,
        id,
        action,
        version: Number(version),
        by: viewer.name,
        note: present(note),
        assignee: present(assignee),
        parcel: readReturnParcel(told),
      };
      const own = pathOf(kind, id);
      const path = ownPath(back, own);
      try {
        await act(app, request, wish);
      } catch (error) {
        return showRefused(request, reply, { kind, id, path }, error, { note: wish.note });
      }
      // what has been let go again is no longer in the queue: on to the list that it was opened from
      const next = kind === 'deliveries' ? path.replace(own, ownPath(undefined)) : path;
      return reply.redirect(toldAt(next, { done: action }), 303);
    },
  );

  app.post(
    '/dashboard/support/:kind/:id/replies',
    { schema: { hide: true, params: ReplyParams, body: ReplyForm } },
    async (request, reply) => {
      const { kind, id } = request.params;
      const { text, template, closes, version, back } = request.body;
      const viewer = acting(request);
      const wish = {
        kind,
        id,
        text,
        version: Number(version),
        by: viewer.name,
        template: present(template),
        isDone: closes === 'done',
      };
      const path = ownPath(back, pathOf(kind, id));
      try {
        await replyToCustomer(app, request, wish);
      } catch (error) {
        return showRefused(request, reply, { kind, id, path }, error, { draft: text });
      }
      return reply.redirect(toldAt(path, { done: 'reply' }), 303);
    },
  );

  app.post('/dashboard/support/bulk', { schema: { hide: true, body: BulkForm } }, async (request, reply) => {
    const { action, assignee, items = '', back } = request.body;
    const viewer = acting(request);
    const counts = { done: 0, refused: 0 };
    for (const chosen of items.split(' ').filter(Boolean).slice(0, MAX_BULK)) {
      const { kind, ...seen } = readChosen(chosen);
      const suited = kind && BULK[action]?.[kind];
      const wish = { ...seen, by: viewer.name, assignee: present(assignee) };
      const isDone = kind && suited && (await actIfItCan(request, { ...wish, kind, action: suited }));
      counts[isDone ? 'done' : 'refused'] += 1;
    }
    const told = { done: action, count: String(counts.done), refused: String(counts.refused) };
    return reply.redirect(toldAt(ownPath(back), told), 303);
  });

  // Of many, what cannot be done stays as it is, and the rest goes on.
  async function actIfItCan(request: FastifyRequest, wish: Wish): Promise<boolean> {
    try {
      await act(app, request, wish);
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.status < 500) return false;
      throw error;
    }
  }

  // whoever looks can take a thing themselves
  async function staffFor({ name }: Viewer): Promise<string[]> {
    const names = await app.dashboard.staff.names();
    return names.includes(name) ? names : [name, ...names];
  }

  /** The thing as it is now, with why nothing was done, and what was written. */
  function showRefused(
    request: FastifyRequest,
    reply: FastifyReply,
    { kind, id, path }: { kind: QueueKind; id: string; path: string },
    error: unknown,
    written: Omit<Refusal, 'problem'>,
  ) {
    if (!(error instanceof ApiError) || error.status !== 409) throw error;
    const [place, query] = path.split('?');
    const own = pathOf(kind, id);
    const choices = place === own ? Object.fromEntries(new URLSearchParams(query)) : {};
    // its forms lead back to the thing, not to where this one was sent
    reply.locals = { ...reply.locals, path: place === own ? path : own };
    const refusal = { problem: error.message, isStale: error.code === 'dashboard.stale', ...written };
    return showItem(request, reply.code(409), kind, id, choices as Choices, refusal);
  }

  async function showItem(
    request: FastifyRequest,
    reply: FastifyReply,
    kind: QueueKind,
    id: string,
    query: Choices & { done?: string; template?: string },
    refusal: Refusal,
  ) {
    const viewer = signedIn(request);
    const choices = choicesOf(query);
    const [shown, others, staff] = await Promise.all([
      kind === 'tickets'
        ? app.dashboard
            .ticket(viewer, id)
            .then((ticket) => ({ ticket, item: ticket.item, title: ticket.ticketId }))
        : app.dashboard.item(viewer, kind, id).then((item) => ({ item, title: item.title })),
      app.dashboard.seen(viewer, `${kind}/${id}`),
      staffFor(viewer),
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
};

export default supportPages;

interface Refusal {
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

const pathOf = (kind: QueueKind, id: string): string =>
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

/** `tickets/ST-7K3M-9QX4/2`: what was chosen in the list, in the version that was seen. */
function readChosen(text: string): { kind: QueueKind | undefined; id: string; version: number } {
  const [kind, id = '', version] = text.split('/');
  // read as a form is: that never fails
  const decoded = new URLSearchParams(`id=${id}`).get('id') ?? '';
  return { kind: QUEUE_KINDS.find((name) => name === kind), id: decoded, version: Number(version) };
}
