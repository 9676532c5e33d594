import { maskEmail, maskTail } from '../../lib/text.js';
import type { Channel } from './subscription.js';

/** What a customer is shown of an address that is not told. */
export const HIDDEN = '•••';

/** What a customer is shown of where messages go. */
export const maskDestination = (channel: Channel, destination: string): string =>
  channel === 'email' ? maskEmail(destination) : maskTail(destination);
