import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Busboy } from '@fastify/busboy';
import { S3Error } from './errors.js';

const LIMITS = { fieldNameSize: 256, fieldSize: 20 * 1024, fields: 100, files: 1, headerPairs: 20 };

export interface Form {
  /** The fields before the file, by lower-case name; those after it do not count. */
  fields: Map<string, string>;
  filename: string;
  content: Readable;
  /** Fails if the form is cut off, which the content alone does not always show. */
  ended: Promise<void>;
  close(): void;
}

/** Reads a form up to its file, whose content is then still on its way. */
export function openForm(message: IncomingMessage, type: string): Promise<Form> {
  const parser = createParser(message, type);
  const fields = new Map<string, string>();
  const close = () => void message.unpipe(parser);
  return new Promise((resolve, reject) => {
    let content: Readable | null = null;
    const ended = new Promise<void>((finish, fail) => {
      const stop = (error: Error) => {
        content?.destroy(error);
        reject(error);
        fail(error);
      };
      parser.on('field', (name, value, isNameCut, isValueCut) => {
        if (content) return;
        if (isNameCut || isValueCut || fields.has(name.toLowerCase()))
          stop(new S3Error('MalformedPOSTRequest'));
        fields.set(name.toLowerCase(), value);
      });
      parser.on('file', (_name, stream, filename) => {
        content = stream;
        resolve({ fields, filename: filename ?? '', content: stream, ended, close });
      });
      parser.once('filesLimit', () =>
        stop(new S3Error('InvalidArgument', 'POST requires exactly one file upload.')),
      );
      parser.once('fieldsLimit', () => stop(new S3Error('MalformedPOSTRequest')));
      parser.once('error', () => stop(new S3Error('MalformedPOSTRequest')));
      message.once('close', () => message.complete || stop(new S3Error('IncompleteBody')));
      parser.once('finish', () => {
        finish();
        reject(new S3Error('InvalidArgument', 'POST requires exactly one file upload.'));
      });
    });
    // It is awaited only after the content, and may fail before.
    ended.catch(close);
    message.pipe(parser);
  });
}

function createParser(message: IncomingMessage, type: string): InstanceType<typeof Busboy> {
  try {
    return new Busboy({
      headers: { ...message.headers, 'content-type': type },
      limits: LIMITS,
      // Browsers and other clients differ in what they say about a file; S3 goes by the name alone.
      isPartAFile: (name) => name === 'file',
    });
  } catch {
    throw new S3Error('MalformedPOSTRequest');
  }
}
