import type { Snapshot } from '../../src/domain/catalog/snapshot.js';
import { describeList } from '../../src/domain/shortlists/describe-list.js';
import type { SavedShortlist } from '../../src/domain/shortlists/shortlist.js';

/** A saved list as it is answered: its pieces as they are today. */
export const toShortlist = ({ shortlistId, items, updatedAt }: SavedShortlist, catalogue: Snapshot) => ({
  shortlistId,
  items: describeList(items ?? [], catalogue).map((piece) => ({
    ...piece,
    savedAt: (piece.savedAt ?? updatedAt).toISOString(),
  })),
  updatedAt: updatedAt.toISOString(),
});
