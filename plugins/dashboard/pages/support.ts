import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import type { FastifyReply } from 'fastify';
import { ActParams, ItemParams, TicketParams } from '../../../schemas/dashboard/support.js';
import type { QueueFilters } from '../../../src/dashboard/queue/filters.js';
import { QUEUE_KINDS, type QueueKind } from '../../../src/dashboard/queue/queue-item.js';
import type { Viewer } from '../../../src/dashboard/viewer.js';
import { present } from '../../../src/lib/text.js';
import { ApiError } from '../../../src/platform/http/errors.js';
import { act } from '../../core/dashboard.js';
import { acting, signedIn } from './signed-in.js';

const Choice = (values: readonly string[]) => Type.Optional(Type.String({ enum: ['', ...values] }));
// The filters are a form: what is not chosen comes as an empty text.
const Query = Type.Object({
  kind: Choice(QUEUE_KINDS),
  status: Choice(['open', 'in_progress', 'done']),
  due: Choice(['overdue', 'today']),
  assignee: Type.Optional(Type.String({ maxLength: 100 })),
  cursor: Type.Optional(Type.String({ maxLength: 512 })),
});
const Told = Type.Object({ done: Type.Optional(Type.String({ maxLength: 20 })) });
const ActForm = Type.Object({
  action: Type.String({ maxLength: 20 }),
  version: Type.String({ pattern: '^\\d{1,9}$' }),
  note: Type.Optional(Type.String({ maxLength: 1000 })),
  assignee: Type.Optional(Type.String({ maxLength: 100 })),
});

/** The queue, what is in it, and what can be done about it. */
const supportPages: FastifyPluginAsyncTypebox = async (app) => {
  app.get('/dashboard/support', { schema: { hide: true, querystring: Query } }, async (request, reply) => {
    const { cursor, ...chosen } = request.query;
    const filters = filtersOf(chosen);
    const [page, counts] = await Promise.all([
      app.dashboard.queue.page(signedIn(request), filters, present(cursor)),
      app.dashboard.queue.counts(),
    ]);
    return reply.view('support', { ...page, counts, filters, cursor, title: 'Support', section: 'support' });
  });

  app.get(
    '/dashboard/support/tickets/:ticketId',
    { schema: { hide: true, params: TicketParams, querystring: Told } },
    async (request, reply) =>
      showItem(reply, signedIn(request), 'tickets', request.params.ticketId, { done: request.query.done }),
  );

  app.get(
    '/dashboard/support/:kind/:id',
    { schema: { hide: true, params: ItemParams, querystring: Told } },
    async (request, reply) => {
      const { kind, id } = request.params;
      return showItem(reply, signedIn(request), kind, id, { done: request.query.done });
    },
  );

  app.post(
    '/dashboard/support/:kind/:id/actions',
    { schema: { hide: true, params: ActParams, body: ActForm } },
    async (request, reply) => {
      const { kind, id } = request.params;
      const { action, version, note, assignee } = request.body;
      const viewer = acting(request);
      const wish = {
        kind,
        id,
        action,
        version: Number(version),
        by: viewer.name,
        note: present(note),
        assignee: present(assignee),
      };
      try {
        await act(app, request, wish);
      } catch (error) {
        return refused(reply, viewer, wish, error);
      }
      // what has been let go again is no longer in the queue
      const path =
        kind === 'deliveries' ? '/dashboard/support' : `/dashboard/support/${kind}/${encodeURIComponent(id)}`;
      return reply.redirect(`${path}?done=${action}`, 303);
    },
  );

  async function showItem(reply: FastifyReply, viewer: Viewer, kind: QueueKind, id: string, told: Told) {
    if (kind === 'tickets') {
      const ticket = await app.dashboard.ticket(viewer, id);
      return reply.view('ticket', { ...told, ticket, title: ticket.ticketId, section: 'support' });
    }
    const item = await app.dashboard.item(viewer, kind, id);
    return reply.view('item', { ...told, item, title: item.title, section: 'support' });
  }

  // The thing as it is now, with why nothing was done.
  async function refused(
    reply: FastifyReply,
    viewer: Viewer,
    { kind, id, note }: { kind: QueueKind; id: string; note?: string | undefined },
    error: unknown,
  ) {
    if (!(error instanceof ApiError) || error.status !== 409) throw error;
    return showItem(reply.code(409), viewer, kind, id, { problem: error.message, note });
  }
};

interface Told {
  done?: string | undefined;
  problem?: string;
  note?: string | undefined;
}

export default supportPages;

const filtersOf = (chosen: {
  kind?: string;
  status?: string;
  due?: string;
  assignee?: string;
}): QueueFilters =>
  Object.fromEntries(Object.entries(chosen).filter(([, value]) => present(value))) as QueueFilters;
