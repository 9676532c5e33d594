import { type Static, Type } from '@sinclair/typebox';
import type { Attempt, Outcome, Place } from '../connector.js';

/** What a CRM is to make a ticket of, whichever CRM it is. */
export interface CrmCase {
  /** Ours: what the CRM finds it by. */
  id: string;
  subject: string;
  requester?: { name: string; email: string };
  /** Everything, in plain text. */
  text: string;
  tags: string[];
  priority?: string;
  status?: string;
  assignee?: string | undefined;
  /** The pictures that belong to it, for a CRM that takes them: read only when they are asked for. */
  pictures?: ((signal: AbortSignal) => Promise<CasePicture[]>) | undefined;
  /** The same in parts, for a CRM that has a place for each. */
  parts: Partial<Record<CrmPart, string>>;
}

export interface CasePicture {
  name: string;
  contentType: string;
  content: Uint8Array;
}

type CrmPart =
  | 'email'
  | 'name'
  | 'phone'
  | 'notes'
  | 'timePreference'
  | 'orderNumber'
  | 'creatorId'
  | 'shortlist'
  | 'inspiration'
  | 'transcript'
  | 'createdAt'
  | 'dueAt';

const maybe = () => Type.Optional(Type.String());

/** What a member of the staff has done with a case, for those who see it elsewhere. */
export const CrmChange = Type.Object({
  action: Type.String(),
  by: maybe(),
  note: maybe(),
  status: maybe(),
  priority: maybe(),
  assignee: maybe(),
  at: Type.Date(),
});
export type CrmChange = Static<typeof CrmChange>;

/** A case by our name and by theirs. */
export interface CaseNames {
  caseId: string;
  /** What the CRM has called it; a webhook calls it nothing. */
  reference?: string | undefined;
}

/** What a customer is answered. */
export interface CrmReply {
  text: string;
  by: string;
}

export interface Crm extends Place {
  /** Answers the customer of a case, who gets it from the CRM. Left out where the CRM writes to no customers. */
  reply?(what: CrmCase, reply: CrmReply, attempt: Attempt): Promise<Outcome>;
  /** Deletes a case for good; one that is gone already is done. Left out where the CRM has no way to do it. */
  erase?(names: CaseNames, attempt: Attempt): Promise<Outcome>;
  open(what: CrmCase, attempt: Attempt): Promise<Outcome>;
  /** The same for what a customer has said; a case that is not there is opened with it, where that can be known. */
  add(what: CrmCase, change: CrmChange, attempt: Attempt): Promise<Outcome>;
  /** The case is there to be made anew, where somebody has deleted it. */
  change(what: CrmCase, change: CrmChange, attempt: Attempt): Promise<Outcome>;
}

/** Long enough for an hour's conversation, short enough for every CRM. */
export const MAX_CASE_LETTERS = 20_000;

/** A change in plain text. */
export function changeText({ action, by, note, status, priority, assignee, at }: CrmChange): string {
  const facts = [
    ['By', by],
    ['Status', status],
    ['Priority', priority],
    ['Assignee', assignee],
    ['Note', note],
    ['At', at.toISOString()],
  ];
  const lines = facts.filter(([, value]) => value).map(([name, value]) => `${name}: ${value}`);
  return [`Concierge: ${action}`, ...lines].join('\n').slice(0, MAX_CASE_LETTERS);
}
