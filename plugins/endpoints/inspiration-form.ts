import type { IncomingMessage } from 'node:http';
import type { Multipart } from '@fastify/multipart';
import { Value } from '@sinclair/typebox/value';
import type { FastifyRequest } from 'fastify';
import { InspirationForm } from '../../schemas/inspiration.js';
import type { IncomingImage } from '../../src/domain/inspiration/receive-image.js';
import { present } from '../../src/lib/values/text.js';
import { ApiError, type ErrorCode, invalid } from '../../src/platform/http/errors.js';

/** A sender that is slow has to see to itself. */
const MAX_MS = 5000;

/**
 * Reads on, and throws away, what a sender is still sending that is about to be refused: it would see a broken connection instead of
 * the answer. False when there is too much of it, or it takes too long: then the connection has to go.
 */
export function drain(message: IncomingMessage, maxBytes: number): Promise<boolean> {
  if (message.readableEnded || message.destroyed) return Promise.resolve(true);
  return new Promise((resolve) => {
    let bytes = 0;
    const end = (whole: boolean) => {
      clearTimeout(timer);
      message.off('data', count).off('end', ended).off('close', ended).pause();
      resolve(whole);
    };
    const ended = () => end(true);
    const count = (chunk: Uint8Array) => {
      bytes += chunk.length;
      if (bytes > maxBytes) end(false);
    };
    const timer = setTimeout(() => end(false), MAX_MS);
    message.unpipe();
    message.on('data', count).on('end', ended).on('close', ended).resume();
  });
}

interface UploadForm<File> {
  file: File;
  sessionId: string;
  caption: string | undefined;
}

/** What multipart adds around the file, at the most. */
export const FORM_BYTES = 64 * 1024;

const LIMITS: Record<string, [code: ErrorCode, detail: string]> = {
  FST_FILES_LIMIT: ['upload.several_files', 'Send one file at a time.'],
  FST_FIELDS_LIMIT: ['request.malformed', 'The form has too many fields.'],
  FST_PARTS_LIMIT: ['request.malformed', 'The form has too many parts.'],
};

/** How the form is read: bounded in every way. One byte more than the limit of a file tells that it is too large. */
export const formOptions = (maxBytes: number) => ({
  throwFileSizeLimit: false,
  limits: {
    fileSize: maxBytes + 1,
    // a browser sends a part for each input, also for those in which nothing was chosen
    files: 4,
    fields: 10,
    parts: 14,
    fieldSize: 4096,
    fieldNameSize: 100,
    headerPairs: 50,
  },
});

/**
 * Reads the parts, in whatever order they come. `receive` is given each file as it comes, and says undefined of one without bytes.
 * @throws ApiError 400 for what is missing or broken, and whatever `receive` throws.
 */
export async function readForm<File>(
  request: FastifyRequest,
  receive: (image: IncomingImage) => Promise<File | undefined>,
): Promise<UploadForm<File>> {
  const fields: Record<string, string> = {};
  const files: File[] = [];
  let isEmpty = false;
  try {
    for await (const part of request.parts()) {
      if (part.type === 'file') {
        const file = await receiveFile(part, files.length > 0 ? receiveNothing : receive);
        if (file !== undefined) files.push(file);
        // an input in which nothing was chosen has no name either
        else isEmpty ||= Boolean(part.filename);
      } else if (typeof part.value === 'string') fields[part.fieldname] = part.value;
    }
  } catch (error) {
    throw toFormError(error);
  }
  const [file] = files;
  if (file !== undefined) return { file, ...readFields(fields) };
  throw isEmpty
    ? new ApiError('upload.empty', 'The file is empty. Please choose an image.')
    : new ApiError('upload.no_file', 'Please choose an image.');
}

// There is one already: this may only be an input in which nothing was chosen.
async function receiveNothing({ bytes }: IncomingImage): Promise<undefined> {
  for await (const _ of bytes) throw new ApiError('upload.several_files', 'Send one file at a time.');
}

async function receiveFile<File>(
  { file, filename, mimetype }: Extract<Multipart, { type: 'file' }>,
  receive: (image: IncomingImage) => Promise<File | undefined>,
): Promise<File | undefined> {
  // a stream that is destroyed stalls the whole form: left early, it has to flow on
  const bytes = file.iterator({ destroyOnReturn: false });
  try {
    return await receive({ bytes, fileName: cleanName(filename), contentType: mimetype });
  } catch (error) {
    file.resume();
    throw error;
  }
}

function readFields({ sessionId, caption }: Record<string, string>) {
  const { properties } = InspirationForm;
  if (!present(sessionId))
    throw new ApiError('upload.no_session', 'The form needs a `sessionId`.', {
      errors: [{ path: '/sessionId', message: 'is required' }],
    });
  if (!Value.Check(properties.sessionId, sessionId))
    throw invalid('/sessionId', 'A `sessionId` has 1 to 128 characters.');
  if (!Value.Check(properties.caption, caption ?? '')) throw invalid('/caption', 'The caption is too long.');
  return { sessionId: sessionId.trim(), caption: present(caption) };
}

// The name that people see: no folders, no control characters, not too long, no character cut in two. A part may have none.
export function cleanName(name: string | undefined): string {
  const visible = (name?.split(/[\\/]/).at(-1) ?? '').replace(/\p{C}/gu, '').trim();
  return [...visible].slice(0, 120).join('') || 'image';
}

function toFormError(error: unknown): unknown {
  if (error instanceof ApiError) return error;
  const { code = '', message = '' } = error as { code?: string; message?: string };
  const limit = LIMITS[code];
  if (limit) return new ApiError(...limit, { cause: error });
  if (code.startsWith('FST_INVALID_MULTIPART')) return error;
  return code === 'FST_MP_PREMATURE_CLOSE' || /unexpected end/i.test(message)
    ? new ApiError('upload.truncated', 'The form ends too early. Please send it again.', { cause: error })
    : new ApiError('request.malformed', 'The form cannot be read.', { cause: error });
}
