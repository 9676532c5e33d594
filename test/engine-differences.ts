import type { Difference } from '../embedded/test/s3/differences.js';

/** Tests of the service that come out otherwise on an engine of others, by `file: title`, and why. */
export const SERVICE_DIFFERENCES: Readonly<Record<string, readonly Difference[]>> = {
  'mongo-java-server': [
    {
      cases:
        /^test\/(journeys\/aftercare\.test\.ts: journeys: every look-up|core\/queries\.test\.ts: |analytics\/analytics\.test\.ts: analytics: every query is|.*over indexes)/,
      reason: 'It has no explain, by which these tests see that an index is used.',
    },
    {
      cases:
        /^test\/core\/indexes\.test\.ts: indexes: (built beside those of the shop, age "unified"|one that makes our writes fail)/,
      reason:
        'It takes a partial index for a whole one, so that ratings of the shop, which have no id of ours, are in the way of a unique one; the manual: only documents that meet the filter are in it.',
    },
    {
      cases: /^test\/core\/indexes\.test\.ts: Unknown error: Expected \[EmptyIndex/,
      reason: 'It ends a command with a failed assertion about its own indexes.',
    },
  ],
  versitygw: [
    {
      cases: /^test\/inspiration\.test\.ts: inspiration: the bucket is set up/,
      reason:
        'It keeps no lifecycle of a bucket, and `storage setup` says that this store does not offer it.',
    },
  ],
  secantusdb: [
    {
      cases:
        /^test\/order-status\.test\.ts: order status: (where it is, when it comes|whatever an order looks like)/,
      reason:
        'It refuses to store dates beyond the year 9999, which MongoDB keeps and an odd document may have.',
    },
    {
      cases: /^test\/journeys\/aftercare\.test\.ts: journeys: every look-up/,
      reason: 'Its explain says that it reads the whole of a collection with hardly a document in it.',
    },
    {
      cases: /^test\/outbox\/operate\.test\.ts: outbox: lists are read over indexes/,
      reason: 'It uses the indexes, but its explain does not name a partial or sparse one for a sorted list.',
    },
  ],
  moto: [
    {
      cases:
        /^test\/inspiration\.test\.ts: inspiration: (the address gives those bytes|an image may be sent to the store)/,
      reason: 'It checks neither signatures nor the conditions of a signed upload, and lets everyone in.',
    },
  ],
};
