import type { Snapshot } from '../../src/catalog/snapshot.js';
import { describeList } from '../../src/shortlists/describe-list.js';
import type { SavedShortlist } from '../../src/shortlists/shortlist.js';

/** A saved list as it is answered: its pieces as they are today. */
export const toShortlist = ({ shortlistId, items, updatedAt }: SavedShortlist, catalogue: Snapshot) => ({
  shortlistId,
  items: describeList(items ?? [], catalogue).map((piece) => ({
    ...piece,
    savedAt: (piece.savedAt ?? updatedAt).toISOString(),
  })),
  updatedAt: updatedAt.toISOString(),
});
