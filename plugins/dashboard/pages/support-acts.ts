import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ActParams, ReplyParams } from '../../../schemas/dashboard/support.js';
import { ToldParcel } from '../../../schemas/returns.js';
import type { Wish } from '../../../src/dashboard/queue/act-on-item.js';
import { QUEUE_KINDS, type QueueKind } from '../../../src/dashboard/queue/queue-item.js';
import { MAX_REPLY_LETTERS } from '../../../src/domain/replies/reply.js';
import { readReturnParcel } from '../../../src/domain/returns/return-request.js';
import { present } from '../../../src/lib/values/text.js';
import { ApiError } from '../../../src/platform/http/errors.js';
import { act, reply as replyToCustomer } from '../../core/dashboard.js';
import { acting } from '../signed-session.js';
import { ownPath, toldAt } from './own-path.js';
import { type Choices, pathOf, type Refusal, showItem } from './support.js';

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

/** What can be done about what is in the queue, to one thing and to many. */
const supportActs: FastifyPluginAsyncTypebox = async (app) => {
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
};

export default supportActs;

/** `tickets/ST-7K3M-9QX4/2`: what was chosen in the list, in the version that was seen. */
function readChosen(text: string): { kind: QueueKind | undefined; id: string; version: number } {
  const [kind, id = '', version] = text.split('/');
  // read as a form is: that never fails
  const decoded = new URLSearchParams(`id=${id}`).get('id') ?? '';
  return { kind: QUEUE_KINDS.find((name) => name === kind), id: decoded, version: Number(version) };
}
