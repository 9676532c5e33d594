import type { Channel, Consent } from './subscription.js';

/** What the widget shows before it asks for updates. A change of the words is a new version: proofs name the one that was shown. */
const WORDINGS: Record<Channel, { version: string; wording: string }> = {
  sms: {
    version: 'sms-1',
    wording:
      'Text me updates on this order. Message and data rates may apply. Reply STOP to end them, HELP for help.',
  },
  email: { version: 'email-1', wording: 'Email me updates on this order.' },
};

export interface ConsentFacts {
  given: boolean;
  channel: Channel;
  sessionId: string;
  requestId: string;
  /** What a widget with words of its own has shown. */
  wording?: string | undefined;
  wordingVersion?: string | undefined;
}

export function consentOf(
  { given, channel, sessionId, requestId, wording, wordingVersion }: ConsentFacts,
  at: Date,
): Consent {
  const ours = WORDINGS[channel];
  const shown = wording
    ? { wording, wordingVersion: wordingVersion ?? 'not named' }
    : { wording: ours.wording, wordingVersion: ours.version };
  return { given, at, source: 'concierge widget', channel, ...shown, sessionId, requestId };
}
