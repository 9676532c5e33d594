import type { StylistRequest } from '../../schemas/stylist.js';
import type { Snapshot } from '../../src/domain/catalog/snapshot.js';
import { type ConversationMessage, cutText, readMessage } from '../../src/domain/sessions/read-message.js';
import { MAX_MESSAGES } from '../../src/domain/sessions/session.js';
import { savedPieces } from '../../src/domain/shortlists/saved-pieces.js';
import type { TicketRequest } from '../../src/domain/stylist/open-ticket.js';
import { readEmail } from '../../src/lib/values/email.js';
import { present, readText } from '../../src/lib/values/text.js';
import { invalid } from '../../src/platform/http/errors.js';

const MAX_METADATA = 20;
const MAX_METADATA_LETTERS = 500;

/** What a customer says, in the names of today. What is left out stays undefined, to be added from the session. */
export function readStylistRequest(body: StylistRequest, catalogue: Snapshot): TicketRequest {
  const { contact = {} } = body;
  const email = readEmail(present(body.email) ?? present(body.customerEmail) ?? present(contact.email));
  if (!email) throw invalid('/email', 'Please give the email address at which a stylist can answer.');
  const name = present(body.name) ?? present(contact.name);
  const phone = present(body.phone) ?? present(contact.phone);
  return {
    words: {
      sessionId: body.sessionId,
      customerEmail: email,
      customerName: name,
      customerPhone: phone,
      notes: cutText(present(body.notes) ?? present(body.summary) ?? present(body.transcriptSummary)),
      timePreference: present(body.timePreference),
      timezone: present(body.timezone),
      creatorId: present(body.creatorId),
      metadata: readMetadata(body.metadata),
    },
    transcript: readTranscript(body.transcript),
    shortlist: body.shortlist && savedPieces(body.shortlist, catalogue, '/shortlist'),
    inspirationIds: readUploads(body.uploads ?? body.inspiration),
  };
}

const MAX_TRANSCRIPT_LETTERS = 50_000;

// A stylist reads the end of a conversation; a longer one is no reason to refuse the customer.
function readTranscript(transcript: StylistRequest['transcript']): ConversationMessage[] {
  if (typeof transcript === 'string')
    return [{ role: 'conversation', text: cutText(transcript, MAX_TRANSCRIPT_LETTERS) ?? '' }].filter(
      ({ text }) => text,
    );
  return (transcript ?? [])
    .slice(-MAX_MESSAGES)
    .map(readMessage)
    .filter((message) => message !== undefined);
}

const readUploads = (uploads: StylistRequest['uploads']): string[] | undefined =>
  uploads
    ?.map((upload) =>
      typeof upload === 'string' ? present(upload) : (present(upload.inspirationId) ?? present(upload.id)),
    )
    .filter((id) => id !== undefined);

// Texts, numbers and flags by their names; names are data here, and no fields of ours.
function readMetadata(metadata: StylistRequest['metadata']): { name: string; value: string }[] | undefined {
  const known = Object.entries(metadata ?? {}).flatMap(([name, sent]) => {
    const value = typeof sent === 'boolean' ? String(sent) : readText(sent);
    return value ? [{ name: name.slice(0, 64), value: value.slice(0, MAX_METADATA_LETTERS) }] : [];
  });
  return known.length > 0 ? known.slice(0, MAX_METADATA) : undefined;
}
