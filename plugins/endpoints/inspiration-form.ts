import type { Multipart } from '@fastify/multipart';
import { Value } from '@sinclair/typebox/value';
import type { FastifyRequest } from 'fastify';
import { InspirationForm } from '../../schemas/inspiration.js';
import { ApiError, invalid } from '../../src/errors.js';
import { present } from '../../src/text.js';

export interface UploadForm {
  bytes: Buffer;
  fileName: string;
  sessionId: string;
  caption: string | undefined;
}

/** What multipart adds around the file, at the most. */
const FORM_BYTES = 64 * 1024;

const LIMITS: Record<string, string> = {
  FST_FILES_LIMIT: 'Send one file at a time.',
  FST_FIELDS_LIMIT: 'The form has too many fields.',
  FST_PARTS_LIMIT: 'The form has too many parts.',
};

/** How the form is read: bounded in every way. A file that is too large ends early and says so. */
export const formOptions = (mostBytes: number) => ({
  throwFileSizeLimit: false,
  limits: {
    fileSize: mostBytes,
    files: 1,
    fields: 10,
    parts: 11,
    fieldSize: 4096,
    fieldNameSize: 100,
    headerPairs: 50,
  },
});

/**
 * Reads the parts, in whatever order they come.
 * @throws ApiError 400 for what is missing or broken, 413 for a file over the limit.
 */
export async function readForm(request: FastifyRequest, mostBytes: number): Promise<UploadForm> {
  if (Number(request.headers['content-length']) > mostBytes + FORM_BYTES)
    throw tooLarge(mostBytes, { connection: 'close' });
  const fields: Record<string, string> = {};
  let file: { bytes: Buffer; fileName: string } | undefined;
  try {
    for await (const part of request.parts()) {
      if (part.type === 'file') file = await readFile(part, mostBytes);
      else if (typeof part.value === 'string') fields[part.fieldname] = part.value;
    }
  } catch (error) {
    throw toFormError(error);
  }
  if (!file || file.bytes.byteLength === 0) throw invalid('/file', 'Please choose an image.');
  return { ...file, ...readFields(fields) };
}

async function readFile(part: Extract<Multipart, { type: 'file' }>, mostBytes: number) {
  const bytes = await part.toBuffer();
  if (part.file.truncated) throw tooLarge(mostBytes);
  return { bytes, fileName: cleanName(part.filename) };
}

function readFields({
  sessionId,
  caption,
}: Record<string, string>): Pick<UploadForm, 'sessionId' | 'caption'> {
  const { properties } = InspirationForm;
  if (sessionId === undefined || !Value.Check(properties.sessionId, sessionId))
    throw invalid('/sessionId', 'The form needs a `sessionId` of 1 to 128 characters.');
  if (!Value.Check(properties.caption, caption ?? '')) throw invalid('/caption', 'The caption is too long.');
  return { sessionId: sessionId.trim(), caption: present(caption) };
}

const tooLarge = (mostBytes: number, headers = {}): ApiError =>
  new ApiError('upload.too_large', `The image is larger than ${inWords(mostBytes)}.`, { headers });

const inWords = (bytes: number): string =>
  bytes < 1024 * 1024
    ? `${Math.floor(bytes / 1024)} KB`
    : `${Math.floor((bytes / 1024 / 1024) * 10) / 10} MB`;

// The name that people see: no folders, no control characters, not too long, no character cut in two. A part may have none.
function cleanName(name: string | undefined): string {
  const visible = (name?.split(/[\\/]/).at(-1) ?? '').replace(/\p{C}/gu, '').trim();
  return [...visible].slice(0, 120).join('') || 'image';
}

function toFormError(error: unknown): unknown {
  if (error instanceof ApiError) return error;
  const { code = '' } = error as { code?: string };
  const limit = LIMITS[code];
  if (limit) return invalid('/file', limit);
  return code.startsWith('FST_INVALID_MULTIPART')
    ? error
    : new ApiError('request.malformed', 'The form cannot be read; it may have ended too early.', {
        cause: error,
      });
}
