import { readFields, readText } from '../../platform/mongodb/read.js';
import type { SessionFacts } from './session.js';

const LONGEST_INTENT = 64;
const EMAIL = /^[^\s@]{1,64}@[^\s@]{1,189}$/;

/** What a body says of its session, whichever call it belongs to: what the customer wants, and an email that was typed. */
export function saidIn(body: unknown, intentOfRoute: string | undefined): SessionFacts {
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
    .map(readText)
    .find((text) => text !== undefined && EMAIL.test(text));
  return {
    ...(intent && { intent: intent.slice(0, LONGEST_INTENT) }),
    ...(email && { email: email.toLowerCase() }),
  };
}
