import type { StylistRequest } from '../../schemas/stylist.js';
import { cutText, type Message, readMessage } from '../../src/domain/sessions/read-message.js';
import { MAX_MESSAGES } from '../../src/domain/sessions/session.js';
import { present } from '../../src/lib/text.js';
import { invalid } from '../../src/platform/http/errors.js';

/** What a customer says, in the names of today. What is left out stays undefined, to be added from the session. */
export function readStylistRequest(body: StylistRequest) {
  const email = present(body.email) ?? present(body.customerEmail) ?? present(body.contact?.email);
  if (!email) throw invalid('/email', 'Please give the email address at which a stylist can answer.');
  const name = present(body.name);
  const phone = present(body.phone);
  const notes = cutText(present(body.notes) ?? present(body.summary) ?? present(body.transcriptSummary));
  const timePreference = present(body.timePreference);
  const creatorId = present(body.creatorId);
  return {
    words: {
      sessionId: body.sessionId,
      customerEmail: email,
      customerName: name,
      customerPhone: phone,
      ...(notes && { notes }),
      ...(timePreference && { timePreference }),
      ...(creatorId && { creatorId }),
    },
    transcript: readTranscript(body.transcript),
    uploads: readUploads(body.uploads),
  };
}

const MAX_TRANSCRIPT_LETTERS = 50_000;

// A stylist reads the end of a conversation; a longer one is no reason to refuse the customer.
function readTranscript(transcript: StylistRequest['transcript']): Message[] {
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
    ?.map((upload) => present(typeof upload === 'string' ? upload : upload.inspirationId))
    .filter((id) => id !== undefined);
