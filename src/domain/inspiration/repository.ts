import type { Collection } from 'mongodb';
import { enqueueMore, type What, type WithDeliveries } from '../../outbox/enqueue.js';
import type { ImageStep, Inspiration } from './inspiration.js';

const WITHOUT_ID = { projection: { _id: 0 } } as const;

/** What a step changes on an image, which fields it takes away, and what is enqueued on the image. */
export interface ImageChange {
  set?: Partial<Omit<Inspiration, 'inspirationId' | 'version' | 'history' | keyof WithDeliveries>>;
  unset?: ('originalKey' | 'renditions' | 'reason' | 'uploadExpiresAt')[];
  enqueued?: What[];
}

/** What follows from a decision on an image, such as that it is delivered from elsewhere too. */
export type FollowDecision = (status: Inspiration['moderationStatus'], createdAt: Date) => What[];

type ChangedImage = Pick<Inspiration, 'inspirationId' | 'version'> & Partial<Pick<Inspiration, 'createdAt'>>;

export function createInspirationRepository(
  collection: Collection<Inspiration>,
  followDecision: FollowDecision = () => [],
) {
  const find = (inspirationId: string) => collection.findOne<Inspiration>({ inspirationId }, WITHOUT_ID);

  async function add(image: Inspiration): Promise<void> {
    await collection.insertOne({ ...image });
  }

  /** Takes an image a step further, unless another step was faster: then null. */
  function change(
    { inspirationId, version, createdAt }: ChangedImage,
    step: ImageStep,
    { set, unset = [], enqueued = [] }: ImageChange,
  ): Promise<Inspiration | null> {
    const { moderationStatus } = set ?? {};
    const all = [
      ...enqueued,
      ...(moderationStatus ? followDecision(moderationStatus, createdAt ?? step.at) : []),
    ];
    const { $push, ...more } = all.length > 0 ? enqueueMore(all, step.at) : {};
    const update = {
      ...(set && { $set: set }),
      ...(unset.length > 0 && { $unset: Object.fromEntries(unset.map((field) => [field, '' as const])) }),
      $inc: { version: 1 },
      $push: { history: step, ...$push },
      ...more,
    };
    return collection.findOneAndUpdate({ inspirationId, version }, update, {
      ...WITHOUT_ID,
      returnDocument: 'after',
    });
  }

  /** Says where an image is delivered from; false when it may not be shown any more. */
  async function publish(
    inspirationId: string,
    published: NonNullable<Inspiration['published']>,
  ): Promise<boolean> {
    const { matchedCount } = await collection.updateOne(
      { inspirationId, moderationStatus: 'clean' },
      { $set: { published } },
    );
    return matchedCount > 0;
  }

  async function unpublish(inspirationId: string): Promise<void> {
    await collection.updateOne({ inspirationId }, { $unset: { published: '' } });
  }

  async function remove(inspirationId: string): Promise<void> {
    await collection.deleteOne({ inspirationId });
  }

  /** Of these images those that the session has sent in itself, in the order given. */
  async function ownOf(sessionId: string, inspirationIds: readonly string[]): Promise<Inspiration[]> {
    if (inspirationIds.length === 0) return [];
    const own = await collection
      .find<Inspiration>({ inspirationId: { $in: [...inspirationIds] }, sessionId }, WITHOUT_ID)
      .toArray();
    const byId = new Map(own.map((image) => [image.inspirationId, image]));
    return inspirationIds.map((id) => byId.get(id)).filter((image) => image !== undefined);
  }

  /** Of these, the ids of those that are clean: only they are linked into tickets and the CRM. */
  async function cleanOf(sessionId: string, inspirationIds: readonly string[]): Promise<string[]> {
    const own = await ownOf(sessionId, inspirationIds);
    return own
      .filter(({ moderationStatus }) => moderationStatus === 'clean')
      .map(({ inspirationId }) => inspirationId);
  }

  return { find, add, change, publish, unpublish, remove, ownOf, cleanOf };
}

export type InspirationRepository = ReturnType<typeof createInspirationRepository>;
