import type { Collection } from 'mongodb';
import type { ImageStep, Inspiration } from './inspiration.js';

const WITHOUT_ID = { projection: { _id: 0 } } as const;

/** What a step changes on an image, and which fields it takes away. */
export interface ImageChange {
  set: Partial<Omit<Inspiration, 'inspirationId' | 'version' | 'history'>>;
  unset?: (keyof Inspiration)[];
}

export function createInspirationRepository(collection: Collection<Inspiration>) {
  const find = (inspirationId: string) => collection.findOne<Inspiration>({ inspirationId }, WITHOUT_ID);

  async function add(image: Inspiration): Promise<void> {
    await collection.insertOne({ ...image });
  }

  /** Takes an image a step further, unless another step was faster: then null. */
  function change(
    { inspirationId, version, deliveries }: Inspiration,
    step: ImageStep,
    { set, unset = [] }: ImageChange,
  ): Promise<Inspiration | null> {
    // with new deliveries, the old ones have to be as they were read: the dispatcher may be recording on them
    const same = set.deliveries ? { inspirationId, version, deliveries } : { inspirationId, version };
    return collection.findOneAndUpdate(
      same,
      {
        $set: set,
        ...(unset.length > 0 && { $unset: Object.fromEntries(unset.map((field) => [field, ''])) }),
        $inc: { version: 1 },
        $push: { history: step },
      },
      { ...WITHOUT_ID, returnDocument: 'after' },
    );
  }

  async function remove(inspirationId: string): Promise<void> {
    await collection.deleteOne({ inspirationId });
  }

  /** Of these images those that are clean, in the order given: only they are linked into tickets and the CRM. */
  async function cleanOf(inspirationIds: readonly string[]): Promise<string[]> {
    const clean = await collection
      .find(
        { inspirationId: { $in: [...inspirationIds] }, moderationStatus: 'clean' },
        { projection: { _id: 0, inspirationId: 1 } },
      )
      .toArray();
    const ids = new Set(clean.map(({ inspirationId }) => inspirationId));
    return inspirationIds.filter((id) => ids.has(id));
  }

  return { find, add, change, remove, cleanOf };
}

export type InspirationRepository = ReturnType<typeof createInspirationRepository>;
