import { readEmail } from '../../lib/values/email.js';
import { readFields, readText } from '../../platform/mongodb/read.js';
import type { SessionFacts } from './session.js';

const LONGEST_INTENT = 64;

/** What a body says of its session, whichever call it belongs to: what the customer wants, and an email that was typed. */
export function readSessionFacts(body: unknown, intentOfRoute: string | undefined): SessionFacts {
  const fields = readFields(body);
  const contact = readFields(fields.contact);
  const intent = readText(fields.originIntent) ?? readText(fields.intent) ?? intentOfRoute;
  const email = [
    fields.email,
    fields.customerEmail,
    contact.email,
    contact.value,
    fields.contact,
    readFields(fields.lookup).email,
  ]
    .map(readEmail)
    .find((address) => address !== undefined);
  return {
    ...(intent && { intent: intent.slice(0, LONGEST_INTENT) }),
    ...(email && { email }),
  };
}
