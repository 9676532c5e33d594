import type { Collection } from 'mongodb';
import { defineCollection } from '../../platform/mongodb/define-collection.js';
import { upsertAgain } from '../../platform/mongodb/write.js';

/**
 * A number or an email address that wants no message from us, or cannot be reached. It is kept by its hash, so that it can be known again and
 * not be read.
 */
interface Suppression {
  /** Of the address, with the salt. */
  _id: string;
  at: Date;
  /** The word that was texted, or what the carrier has reported. */
  reason: string;
}

export function createSuppressions(
  suppressions: Collection<Suppression>,
  hash: (destination: string) => string,
) {
  async function suppress(destination: string, reason: string, at: Date): Promise<void> {
    await upsertAgain(() =>
      suppressions.updateOne({ _id: hash(destination) }, { $setOnInsert: { at, reason } }, { upsert: true }),
    );
  }

  async function lift(destination: string): Promise<void> {
    await suppressions.deleteOne({ _id: hash(destination) });
  }

  const has = async (destination: string): Promise<boolean> =>
    (await suppressions.findOne({ _id: hash(destination) }, { projection: { _id: 1 } })) !== null;

  return { suppress, lift, has };
}

export type Suppressions = ReturnType<typeof createSuppressions>;

/** Numbers that want no message, by their hash: found by `_id` alone, and kept, or the person would be written to again. */
export const suppressions = defineCollection<Suppression>('suppressions');
