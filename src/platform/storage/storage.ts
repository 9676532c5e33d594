import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  ServerSideEncryption,
} from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { unavailable } from '../http/problem.js';
import { createClient, isMissing, type StorageSettings } from './client.js';
import { createLeftovers } from './leftovers.js';
import { clearUpload, uploadStream } from './upload.js';

/** For how long the address of an object can be read. */
export const SIGNED_URL_MINUTES = 15;
/** Clearing up after a failure keeps the caller waiting: not for long. */
const CLEAR_TIMEOUT_MS = 2000;

interface StoredObject {
  key: string;
  body: Uint8Array;
  contentType: string;
}

interface ReadableObject {
  key: string;
  contentType: string;
  /** The name under which a browser saves it. */
  fileName: string;
  /** `attachment` for what is to be saved and never shown as a page. */
  disposition?: 'inline' | 'attachment';
}

interface ExpectedObject {
  key: string;
  contentType: string;
  sizeBytes: number;
  expiresInSeconds: number;
}

/** The object store. What fails there is a 503 to the caller. */
export function createStorage(config: StorageSettings, onGivenUp: (error: unknown) => void = () => {}) {
  const client = createClient(config);
  const { bucket: Bucket, timeoutMs } = config;
  const encrypted = config.encryption === 'AES256' && { ServerSideEncryption: ServerSideEncryption.AES256 };
  const limited = (signal?: AbortSignal) => {
    const limit = AbortSignal.timeout(timeoutMs);
    return { abortSignal: signal ? AbortSignal.any([signal, limit]) : limit };
  };
  const away = (cause: unknown): never => {
    throw unavailable(cause);
  };
  const missing = (cause: unknown): null => (isMissing(cause) ? null : away(cause));
  const leftovers = createLeftovers(
    (left) => clearUpload(client, left, Math.min(timeoutMs, CLEAR_TIMEOUT_MS)),
    onGivenUp,
  );

  async function put({ key, body, contentType }: StoredObject, signal?: AbortSignal): Promise<void> {
    const object = { Bucket, Key: key, Body: body, ContentType: contentType, ...encrypted };
    await client.send(new PutObjectCommand(object), limited(signal)).catch(away);
  }

  async function remove(key: string, signal?: AbortSignal): Promise<void> {
    await client.send(new DeleteObjectCommand({ Bucket, Key: key }), limited(signal)).catch(away);
  }

  /**
   * Makes an object of bytes as they come; `signal` breaks it off. When the bytes fail, that is thrown; whatever fails, nothing of the
   * object is left, now or after some attempts.
   */
  async function upload(
    { key, contentType, body }: Omit<StoredObject, 'body'> & { body: AsyncIterable<Uint8Array> },
    signal: AbortSignal,
  ): Promise<void> {
    let failure: { error: unknown } | undefined;
    async function* watched() {
      try {
        yield* body;
      } catch (error) {
        failure = { error };
        throw error;
      }
    }
    const Body = Readable.from(watched(), { objectMode: false });
    const object = { Bucket, Key: key, ContentType: contentType, Body, ...encrypted };
    try {
      await uploadStream(client, object, () => limited(signal));
    } catch (error) {
      await discard(key);
      if (!failure) leftovers.addLate({ Bucket, Key: key });
      throw failure ? failure.error : unavailable(error);
    }
  }

  /** The bytes of an object, or its first ones; null when it is not there. */
  async function read(key: string, maxBytes?: number, signal?: AbortSignal): Promise<Buffer | null> {
    const range = maxBytes && { Range: `bytes=0-${maxBytes - 1}` };
    const options = limited(signal);
    const answer = await client
      .send(new GetObjectCommand({ Bucket, Key: key, ...range }), options)
      .catch(missing);
    return answer?.Body ? readAll(answer.Body as Readable, answer.ContentLength ?? 0).catch(away) : null;
  }

  /** How large an object is and which version of it this is; null when it is not there. */
  async function head(key: string): Promise<{ sizeBytes: number; etag: string } | null> {
    const answer = await client.send(new HeadObjectCommand({ Bucket, Key: key }), limited()).catch(missing);
    return answer && { sizeBytes: answer.ContentLength ?? 0, etag: answer.ETag ?? '' };
  }

  /** Copies that version of an object; false when it is there no longer. */
  async function copy(from: string, to: Omit<StoredObject, 'body'>, etag: string): Promise<boolean> {
    const source = { CopySource: `${Bucket}/${from}`, CopySourceIfMatch: etag };
    const target = {
      Bucket,
      Key: to.key,
      ContentType: to.contentType,
      MetadataDirective: 'REPLACE' as const,
    };
    const copied = await client
      .send(new CopyObjectCommand({ ...source, ...target, ...encrypted }), limited())
      .catch((error) => ((error as { name?: string }).name === 'PreconditionFailed' ? null : missing(error)));
    return copied !== null;
  }

  /** An address under which the object can be read for SIGNED_URL_MINUTES, without a key; made here, without a call. */
  function signedUrl({ key, contentType, fileName, ...object }: ReadableObject) {
    const { disposition = 'inline' } = object;
    const command = new GetObjectCommand({
      Bucket,
      Key: key,
      ResponseContentType: contentType,
      ResponseContentDisposition: `${disposition}; filename="${fileName.replace(/[^\w.-]+/g, '_')}"`,
    });
    return getSignedUrl(client, command, { expiresIn: SIGNED_URL_MINUTES * 60 });
  }

  /** What a client needs to send exactly that object to the store itself. */
  function signedForm({ key, contentType, sizeBytes, expiresInSeconds }: ExpectedObject) {
    return createPresignedPost(client, {
      Bucket,
      Key: key,
      Fields: {
        'Content-Type': contentType,
        ...(encrypted && { 'x-amz-server-side-encryption': encrypted.ServerSideEncryption }),
      },
      Conditions: [['content-length-range', sizeBytes, sizeBytes]],
      Expires: expiresInSeconds,
    });
  }

  /** Resolves when the bucket is there. */
  async function ping(): Promise<void> {
    await client.send(new HeadBucketCommand({ Bucket }), limited());
  }

  function close(): void {
    leftovers.close();
    client.destroy();
  }

  /** Takes away an object that is not to stay, however far it has come: now, or when that fails, a little later. */
  const discard = (key: string): Promise<void> => leftovers.add({ Bucket, Key: key });

  return { put, upload, discard, read, head, copy, remove, signedUrl, signedForm, ping, close };
}

export type Storage = ReturnType<typeof createStorage>;

/** Into memory that is taken once: collected and then joined, it would take twice as much. */
async function readAll(body: Readable, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  for await (const chunk of body) filled += (chunk as Buffer).copy(bytes, filled);
  if (filled < length) throw new Error('The object was cut off');
  return bytes;
}
