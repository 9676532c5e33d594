import { ANSWERED_KINDS, type AnsweredKind } from '../../domain/replies/cases.js';
import { carries, type ReplyWay } from '../../domain/replies/reply.js';
import {
  createReplies,
  type RepliesOptions,
  type ReplyWish,
} from '../../domain/replies/reply-to-customer.js';
import type { Repositories } from '../../domain/repositories.js';
import { notAllowed, notFound, stale } from '../queue/act-on-item.js';
import type { QueueKind } from '../queue/queue-item.js';
import { may, shownEmail, shownName, shownPhone, type Viewer } from '../viewer.js';

interface AnsweringOptions extends RepliesOptions {
  repositories: Repositories;
  now: () => Date;
}

export const isAnswered = (kind: QueueKind): kind is AnsweredKind =>
  ANSWERED_KINDS.some((known) => known === kind);

/** The answers to customers: what has been said, how they can be answered, and saying it. */
export function createAnswering({ now, ...options }: AnsweringOptions) {
  const replies = createReplies(options);
  const { messageFates } = options.repositories;

  /** What has been answered on a thing of the queue, and what can be. */
  async function answering(viewer: Viewer, kind: AnsweredKind, id: string) {
    const found = await replies.look(kind, id);
    if (!found) throw notFound({ id });
    const { one, way, templates } = found;
    const isWhole = may(viewer, 'dashboard:pii');
    const { address, phone, values, secrets } = one;
    const sent = one.replies.map((reply) => ({
      reply,
      delivery: one.deliveries.find((delivery) => carries(delivery, reply)),
    }));
    const fates = await messageFates.findOf(sent.flatMap(({ delivery }) => delivery?.id ?? []));
    const { name } = values;
    const masked = (text: string) =>
      isWhole || !name ? text : text.replaceAll(name, shownName(viewer, name));
    return {
      via: 'via' in way ? way.via : undefined,
      why: 'why' in way ? way.why : undefined,
      address: address && shownEmail(viewer, address),
      phone: phone && shownPhone(viewer, phone),
      isUnproved: secrets.length > 0 || undefined,
      templates: templates.map((template) => ({
        template: template.id,
        name: template.name,
        // whom the viewer may not see, the service names when it sends
        text: replies.filled(template.text, one, viewer.name, isWhole ? [] : ['name']),
      })),
      replies: sent.map(({ reply: { replyId, at, by, via, text }, delivery }) => {
        const fate = delivery && fates.get(delivery.id);
        return {
          replyId,
          at: at.toISOString(),
          by,
          via,
          text: masked(text),
          state: fate?.state ?? delivery?.state ?? ('done' as const),
          why: fate?.reason ?? (delivery?.state === 'done' ? undefined : delivery?.lastError),
        };
      }),
    };
  }

  /** @throws ApiError 404, or 409 when it has changed since or cannot be answered. */
  async function reply(wish: ReplyWish): Promise<ReplyDone> {
    const replied = await replies.send(wish, now());
    if (replied.outcome === 'not_allowed') throw notAllowed(replied.sentence);
    if (replied.outcome === 'not_found') throw notFound(wish);
    if (replied.outcome !== 'sent') throw stale(wish);
    const { outcome: _, ...done } = replied;
    return done;
  }

  return { answering, reply };
}

export type Answering = Awaited<ReturnType<ReturnType<typeof createAnswering>['answering']>>;

export interface ReplyDone {
  replyId: string;
  via: ReplyWay;
  version: number;
  status: string;
}
