import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Static } from '@sinclair/typebox';
import { shown } from '../../schemas/common.js';
import {
  actExample,
  itemExample,
  queueExample,
  replyExample,
  ticketExample,
} from '../../schemas/dashboard/examples.js';
import {
  ActBody,
  ActParams,
  ActResponse,
  ItemParams,
  ItemResponse,
  type QueueItem,
  QueueQuery,
  QueueResponse,
  ReplyBody,
  ReplyParams,
  ReplyResponse,
  TicketParams,
  TicketResponse,
} from '../../schemas/dashboard/support.js';
import { problems } from '../../schemas/problem.js';
import type { Answering } from '../../src/dashboard/answering/answering.js';
import type { ItemDetail } from '../../src/dashboard/queue/item-detail.js';
import type { QueueItem as Item } from '../../src/dashboard/queue/queue-item.js';
import { LOW_SCORES_TEXT } from '../../src/domain/csat/rating.js';
import { readReturnParcel } from '../../src/domain/returns/return-request.js';
import { present } from '../../src/lib/values/text.js';
import { act, reply } from '../core/dashboard.js';

const tags = ['Staff'];

const queueSchema = {
  operationId: 'getSupportQueue',
  summary: 'What waits for the staff',
  description: `Stylist tickets, active holds, ratings of ${LOW_SCORES_TEXT}, returns, dead deliveries and images to review, 50 a page: by priority, then by age. The cards count all that waits, whatever the filters.`,
  tags,
  querystring: QueueQuery,
  response: {
    200: {
      ...QueueResponse,
      description: 'A page of the queue.',
      ...shown({ 'one-ticket-waits': queueExample }),
    },
  },
};

const ticketSchema = {
  operationId: 'getSupportTicket',
  summary: 'A stylist ticket with all that belongs to it',
  description:
    'Transcript, shortlist, clean uploads, the order and the history. The contact is masked unless the key has `dashboard:pii`.',
  tags,
  params: TicketParams,
  response: {
    200: { ...TicketResponse, description: 'The ticket.', ...shown({ 'an-open-ticket': ticketExample }) },
    ...problems('dashboard.not_found'),
  },
};

const itemSchema = {
  operationId: 'getSupportItem',
  summary: 'Another thing of the queue',
  description: 'A hold, a rating, an image to review or a dead delivery, with what can be done about it.',
  tags,
  params: ItemParams,
  response: {
    200: { ...ItemResponse, description: 'The thing.', ...shown({ 'a-held-capsule': itemExample }) },
    ...problems('dashboard.not_found'),
  },
};

const actSchema = {
  operationId: 'actOnSupportItem',
  summary: 'Act on a thing of the queue',
  description:
    'Names the `version` that was looked at: when someone else has acted since, nothing is done and the answer is a 409 `dashboard.stale`. What was done stands in the history and in the audit log, and the CRM is told of what happens to its tickets.',
  tags,
  params: ActParams,
  body: ActBody,
  response: {
    200: { ...ActResponse, description: 'It has been done.', ...shown({ 'taken-up': actExample }) },
    ...problems('dashboard.not_found', 'dashboard.stale', 'dashboard.not_allowed'),
  },
};

const replySchema = {
  operationId: 'replyToCustomer',
  summary: 'Answer a customer',
  description:
    'Of a ticket, a rating or a return: by a public comment of the CRM where it has the case and writes to customers, else by mail to the address that the thing has, and to no other. The reply and its delivery are one write, under the `version` that was looked at: the same call again is a 409 and sends nothing twice. The first answer is the first response of a ticket.',
  tags,
  params: ReplyParams,
  body: ReplyBody,
  response: {
    200: { ...ReplyResponse, description: 'It is on its way.', ...shown({ 'by-mail': replyExample }) },
    ...problems('dashboard.not_found', 'dashboard.stale', 'dashboard.not_allowed'),
  },
};

/** The support queue as data. */
const dataSupport: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/api/dashboard/support/queue',
    { schema: queueSchema, config: { scope: 'dashboard:read' } },
    async (request) => {
      const { cursor, ...filters } = request.query;
      const [page, counts] = await Promise.all([
        app.dashboard.queue.page(request.viewer(), filters, present(cursor)),
        app.dashboard.queue.counts(),
      ]);
      const now = app.now();
      return { ...page, items: page.items.map((item) => toItem(item, now)), counts };
    },
  );

  app.get(
    '/api/dashboard/support/tickets/:ticketId',
    { schema: ticketSchema, config: { scope: 'dashboard:read' } },
    async (request) => app.dashboard.ticket(request.viewer(), request.params.ticketId),
  );

  app.get(
    '/api/dashboard/support/:kind/:id',
    { schema: itemSchema, config: { scope: 'dashboard:read' } },
    async (request) => {
      const { kind, id } = request.params;
      return toDetail(await app.dashboard.item(request.viewer(), kind, id), app.now());
    },
  );

  app.post(
    '/api/dashboard/support/:kind/:id/actions',
    { schema: actSchema, config: { scope: 'dashboard:write' } },
    async (request) => {
      const { kind, id } = request.params;
      const { action, version, note, assignee, by, ...told } = request.body;
      const done = await act(app, request, {
        kind,
        id,
        action,
        version,
        by: present(by) ?? request.viewer().name,
        note: present(note),
        assignee: present(assignee),
        parcel: readReturnParcel(told),
      });
      return { kind, id, ...done };
    },
  );

  app.post(
    '/api/dashboard/support/:kind/:id/replies',
    { schema: replySchema, config: { scope: 'dashboard:write' } },
    async (request) => {
      const { kind, id } = request.params;
      const { version, text, template, done: isDone, by } = request.body;
      const sent = await reply(app, request, {
        kind,
        id,
        version,
        text,
        template: present(template),
        isDone,
        by: present(by) ?? request.viewer().name,
      });
      return { kind, id, ...sent };
    },
  );
};

export default dataSupport;

function toItem({ createdAt, dueAt, ...item }: Item, now: Date): Static<typeof QueueItem> {
  return {
    ...item,
    createdAt: createdAt.toISOString(),
    dueAt: dueAt.toISOString(),
    secondsLeft: Math.round((dueAt.getTime() - now.getTime()) / 1000),
  };
}

const toDetail = (
  { history, ...item }: ItemDetail & { answering?: Answering | undefined },
  now: Date,
): Static<typeof ItemResponse> => ({
  ...item,
  ...toItem(item, now),
  history: history.map((entry) => ({ ...entry, at: entry.at.toISOString() })),
});
