import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Busboy } from '@fastify/busboy';
import { confirmation, readAttributes } from './attributes.js';
import type { Credentials } from './auth.js';
import { checkBody } from './body.js';
import { S3Error } from './errors.js';
import { addObject } from './objects.js';
import { checkPolicy, type SizeRange } from './policy.js';
import { type Call, checkKey, locationOf, sendEmpty } from './request.js';
import { ALGORITHM, isSameSignature, parseDate, parseScope, signText } from './sigv4.js';

/** What a form may say; any other field of S3's own is refused. */
const KNOWN = /^x-amz-(algorithm|credential|date|signature|meta-.*|server-side-encryption)$/;
const UNKNOWN = /^(x-amz-.*|acl|tagging|redirect|success_action_redirect)$/;
const LIMITS = { fieldNameSize: 256, fieldSize: 20 * 1024, fields: 100, files: 1, headerPairs: 20 };

type Fields = ReadonlyMap<string, string>;

/** A form sent by a browser. Its signed policy, and not a signature of the request, says what it may store. */
export async function postObject(call: Call, credentials: Credentials): Promise<void> {
  const { store, request } = call;
  store.bucket(request.bucket);
  const form = await openForm(call.message, request.headers.get('content-type') ?? '');
  try {
    const fields = normalise(form.fields, request.bucket);
    const range = authorise(fields, credentials, call.now());
    const key = readKey(fields);
    const headers = readAttributes(fields);
    const status = readStatus(fields);
    const body = checkBody(form.content, range);
    await store.files.writeContent(body.chunks, (data) => {
      addObject(call, { key, data, headers, ...body.content() });
    });
    const location = locationOf(request, key);
    sendEmpty(call, status, { location, ...confirmation(body.content(), headers) });
  } finally {
    form.close();
  }
}

/** The fields under the names that the same settings have as headers of a PUT. */
function normalise(given: Fields, bucket: string): Fields {
  const unknown = [...given.keys()].find((name) => UNKNOWN.test(name) && !KNOWN.test(name));
  if (unknown) throw new S3Error('NotImplemented', `The field ${unknown} is not implemented.`);
  if ((given.get('bucket') ?? bucket) !== bucket) throw new S3Error('AccessDenied');
  // Taken as a field, so that the policy must name it like every other and is good for this bucket only.
  return new Map([...given, ['bucket', bucket]]);
}

function authorise(fields: Fields, credentials: Credentials, now: number): SizeRange {
  const read = (name: string) => fields.get(name) ?? '';
  const [policy, signature, date] = [read('policy'), read('x-amz-signature'), read('x-amz-date')];
  if (policy === '' && signature === '') throw new S3Error('AccessDenied');
  const scope = parseScope(read('x-amz-credential'));
  if (!scope || policy === '' || signature === '' || read('x-amz-algorithm') !== ALGORITHM) {
    throw new S3Error('InvalidArgument', 'The policy or its signature is incomplete or malformed.');
  }
  if (scope.accessKeyId !== credentials.accessKeyId) throw new S3Error('InvalidAccessKeyId');
  if (Number.isNaN(parseDate(date)) || !date.startsWith(scope.date) || scope.region !== credentials.region) {
    throw new S3Error('AccessDenied', 'The date or the region of the credential is wrong.');
  }
  const expected = signText(policy, scope, credentials.secretAccessKey);
  if (!isSameSignature(expected, signature)) throw new S3Error('SignatureDoesNotMatch');
  return checkPolicy(policy, fields, now);
}

/** Any status that S3 does not know means 204. */
function readStatus(fields: Fields): number {
  const status = fields.get('success_action_status');
  if (status === '201') throw new S3Error('NotImplemented');
  return status === '200' ? 200 : 204;
}

function readKey(fields: Fields): string {
  const key = fields.get('key') ?? '';
  if (key === '') throw new S3Error('InvalidArgument', "Bucket POST must contain a field named 'key'.");
  if (/\$\{filename\}/.test(key)) throw new S3Error('NotImplemented');
  checkKey(key);
  return key;
}

interface Form {
  /** The fields before the file, by lower-case name; those after it do not count. */
  fields: Map<string, string>;
  /** Fails also if the form is cut off behind it, or has a second file. */
  content: AsyncIterable<Buffer>;
  close(): void;
}

/** Reads a form up to its file, whose content is then still on its way. */
async function openForm(message: IncomingMessage, type: string): Promise<Form> {
  const parser = createParser(message, type);
  const fields = new Map<string, string>();
  const close = () => void message.unpipe(parser);
  const begun = new Promise<Readable>((resolve) => parser.once('file', (_name, file) => resolve(file)));
  const ended = readToEnd(message, parser, fields);
  ended.catch(close);
  message.pipe(parser);
  const file = await Promise.race([begun, ended]);
  if (!file) throw wrongFiles();
  ended.catch((error: Error) => file.destroy(error));
  return { fields, content: readFile(file, ended), close };
}

async function* readFile(file: Readable, ended: Promise<void>): AsyncGenerator<Buffer> {
  yield* file.iterator({ destroyOnReturn: false });
  await ended;
}

function readToEnd(message: IncomingMessage, parser: Parser, fields: Map<string, string>): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = () => reject(new S3Error('MalformedPOSTRequest'));
    let isFileSeen = false;
    parser.once('file', (_name, stream) => {
      isFileSeen = true;
      // The parser reports a form that ends early here as well.
      stream.on('error', refuse);
    });
    parser.on('field', (name, value, isNameCut, isValueCut) => {
      if (isFileSeen) return;
      if (isNameCut || isValueCut || fields.has(name.toLowerCase())) refuse();
      fields.set(name.toLowerCase(), value);
    });
    parser.once('filesLimit', () => reject(wrongFiles()));
    parser.once('fieldsLimit', refuse);
    parser.on('error', refuse);
    parser.once('finish', resolve);
    message.once('close', () => message.complete || reject(new S3Error('IncompleteBody')));
  });
}

type Parser = InstanceType<typeof Busboy>;

function createParser(message: IncomingMessage, type: string): Parser {
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

function wrongFiles(): S3Error {
  return new S3Error('InvalidArgument', 'POST requires exactly one file upload.');
}
