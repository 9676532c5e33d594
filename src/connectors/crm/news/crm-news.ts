/** What a CRM says has become of one of our tickets. */
export interface CrmNews {
  vendor: 'Zendesk' | 'Airtable' | 'Shop';
  ticketId: string;
  /** By the vendor's clock: the later news is what counts. */
  at: Date;
  by?: string | undefined;
  status?: 'open' | 'in_progress' | 'done' | undefined;
  /** Null when nobody has it any more. */
  assignee?: string | null | undefined;
  /** When the customer was first answered, or was answered by this. */
  repliedAt?: Date | undefined;
}

/** A name is for people to read. */
const MAX_NAME_LETTERS = 100;

/** A name in what a vendor says; undefined for what is none. */
export const nameIn = (value: unknown): string | undefined =>
  typeof value === 'string' ? value.trim().slice(0, MAX_NAME_LETTERS) || undefined : undefined;

/** A time in what a vendor says. */
export function timeIn(value: unknown): Date | undefined {
  const at = new Date(typeof value === 'string' ? value : Number.NaN);
  return Number.isNaN(at.getTime()) ? undefined : at;
}
