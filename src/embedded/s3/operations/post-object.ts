import { confirmedAttributes, readAttributes } from '../attributes.js';
import type { Credentials } from '../auth.js';
import { checkBody } from '../body.js';
import { type Call, sendEmpty, sendXml } from '../call.js';
import { S3Error } from '../errors.js';
import { MAX_OBJECT_BYTES, readChecksum } from '../expectations.js';
import { type Form, openForm } from '../form.js';
import { checkPolicy } from '../policy.js';
import { checkKey } from '../request.js';
import { ALGORITHM, isSameSignature, parseDate, parseScope, signText } from '../sigv4.js';
import { element, xmlDocument } from '../xml.js';
import { storeObject } from './objects.js';

const KNOWN =
  /^x-amz-(algorithm|credential|date|signature|meta-.*|checksum-(crc32|crc32c|sha1|sha256|algorithm)|server-side-encryption|storage-class)$/;
const FILENAME = /\$\{filename\}/g;
const UNKNOWN = ['success_action_redirect', 'redirect', 'tagging'];

type Fields = ReadonlyMap<string, string>;

/** A form sent by a browser. Its signed policy, and not a signature of the request, says what it may store. */
export async function postObject(call: Call, credentials: Credentials): Promise<void> {
  const bucket = call.store.bucket(call.request.bucket);
  call.acceptBody();
  const form = await openForm(call.message, call.request.headers.get('content-type') ?? '');
  try {
    const fields = normalise(form.fields, bucket.name);
    const range = authorise(fields, credentials, call.now);
    const key = readKey(form);
    const headers = readAttributes(fields, bucket.configurations.has('encryption'));
    const content = await receive(call, form, { fields, ...range });
    storeObject(call, { key, headers, ...content });
    answer(call, fields, { key, etag: content.content.etag, headers });
  } finally {
    form.close();
  }
}

/** The fields under the names that the same settings have as headers of a PUT. */
function normalise(given: Fields, bucket: string): Fields {
  const fields = new Map(given);
  const unknown = [...fields.keys()].find((name) =>
    name.startsWith('x-amz-') ? !KNOWN.test(name) : UNKNOWN.includes(name),
  );
  if (unknown !== undefined) throw new S3Error('NotImplemented', `The field ${unknown} is not implemented.`);
  if ((fields.get('bucket') ?? bucket) !== bucket)
    throw new S3Error('AccessDenied', 'The field bucket is wrong.');
  // Taken as a field, so that the policy must name it like every other and is good for this bucket only.
  fields.set('bucket', bucket);
  if ((fields.get('acl') ?? 'private') !== 'private')
    throw new S3Error('NotImplemented', 'Only private is implemented.');
  return fields;
}

function authorise(fields: Fields, credentials: Credentials, now: number): ReturnType<typeof checkPolicy> {
  const read = (name: string) => fields.get(name) ?? '';
  const policy = read('policy');
  if (policy === '') throw new S3Error('AccessDenied');
  const scope = parseScope(read('x-amz-credential'));
  const isComplete = scope && read('x-amz-algorithm') === ALGORITHM && read('x-amz-signature') !== '';
  if (!isComplete)
    throw new S3Error('InvalidArgument', 'The fields of the signature are incomplete or malformed.');
  if (scope.accessKeyId !== credentials.accessKeyId) throw new S3Error('InvalidAccessKeyId');
  const date = read('x-amz-date');
  if (parseDate(date) === null || !date.startsWith(scope.date) || scope.region !== credentials.region) {
    throw new S3Error('AccessDenied', 'The date or the region of the credential is wrong.');
  }
  const signature = signText(policy, scope, credentials.secretAccessKey);
  if (!isSameSignature(signature, read('x-amz-signature'))) throw new S3Error('SignatureDoesNotMatch');
  return checkPolicy(policy, fields, now);
}

function readKey({ fields, filename }: Form): string {
  const key = (fields.get('key') ?? '').replaceAll(FILENAME, () => filename);
  if (key === '') throw new S3Error('InvalidArgument', "Bucket POST must contain a field named 'key'.");
  checkKey(key);
  return key;
}

interface Allowed {
  fields: Fields;
  min?: number;
  max?: number;
}

async function receive(call: Call, form: Form, { fields, min = 0, max = MAX_OBJECT_BYTES }: Allowed) {
  const { files } = call.store;
  const checksum = readChecksum(fields);
  const body = checkBody(form.content.iterator({ destroyOnReturn: false }), new Map(), {
    size: null,
    maxSize: Math.min(max, MAX_OBJECT_BYTES),
    isChunked: false,
    sha256: null,
    md5: null,
    algorithm: checksum?.algorithm ?? null,
    checksum: checksum?.value ?? null,
    trailer: null,
  });
  const data = await files.writeData(body.chunks);
  try {
    await form.ended;
    const content = body.content();
    if (content.size < min) throw new S3Error('EntityTooSmall');
    return { data, content };
  } catch (error) {
    files.removeData(data);
    throw error;
  }
}

interface Stored {
  key: string;
  etag: string;
  headers: Record<string, string>;
}

function answer(call: Call, fields: Fields, { key, etag, headers }: Stored): void {
  const { bucket } = call.request;
  const path = [bucket, ...key.split('/')].map(encodeURIComponent).join('/');
  const location = `http://${call.request.headers.get('host')}/${path}`;
  const status = fields.get('success_action_status');
  const confirmed = { location, etag: `"${etag}"`, ...confirmedAttributes(headers) };
  // Any other status means 204.
  if (status !== '201') {
    sendEmpty(call, status === '200' ? 200 : 204, confirmed);
    return;
  }
  for (const [name, value] of Object.entries(confirmed)) call.response.setHeader(name, value);
  const elements = [element('Bucket', bucket), element('Key', key), element('ETag', `"${etag}"`)];
  sendXml(call, xmlDocument('PostResponse', element('Location', location), ...elements), 201);
}
