/** Tests of the service that come out otherwise against a server of others, by `file: title`, and why. */
export const SERVICE_DIFFERENCES: Record<string, { tests: RegExp; reason: string }[]> = {
  secantusdb: [
    {
      tests: /^test\/endpoints\/orders\.test\.ts: (where it is, when it comes|whatever an order looks like)/,
      reason:
        'It refuses to store dates beyond the year 9999, which MongoDB keeps and an odd document may have.',
    },
    {
      tests: /^test\/outbox\/operate\.test\.ts: lists are read over indexes/,
      reason: 'It uses the indexes, but its explain does not name a partial or sparse one for a sorted list.',
    },
  ],
  moto: [
    {
      tests:
        /^test\/endpoints\/inspiration\.test\.ts: (the address gives those bytes|an image may be sent to the store)/,
      reason: 'It checks neither signatures nor the conditions of a signed upload, and lets everyone in.',
    },
  ],
};
