import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { isMissing } from './client.js';

/** The smallest part that S3 takes, but for the last: what an upload holds in memory. */
export const PART_BYTES = 5 * 1024 * 1024;

/** What may be left of an upload that has failed. */
export interface Left {
  Bucket: string;
  Key: string;
  /** Uploads in parts may be open under the key. */
  parts: boolean;
  /** The object itself may be there. */
  object: boolean;
}

export interface UploadOptions {
  client: Pick<S3Client, 'send'>;
  /** What every request for the object says of it. */
  target: { Bucket: string; Key: string };
  headers: Partial<Pick<PutObjectCommand['input'], 'ContentType' | 'ServerSideEncryption'>>;
  /** Filled again and again; nobody else's until the upload has ended. */
  part: Buffer;
  /** How long one request may take. */
  timeoutMs: number;
  /** Breaks off the request that is under way. */
  signal: AbortSignal;
}

/**
 * An object of unknown length, sent as its bytes come. Nothing is sent before a part is full or the end is there, and only `finish` makes
 * an object: one that fits into a part is put whole. Bodies are always buffers, never streams: a request then fails or succeeds, and is
 * never left waiting for its source.
 */
export function createUpload({ client, target, headers, part, timeoutMs, signal }: UploadOptions) {
  const parts: CompletedPart[] = [];
  const left: Left = { ...target, parts: false, object: false };
  let uploadId: string | undefined;
  let filled = 0;

  const options = () => ({ abortSignal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) });

  async function write(chunk: Uint8Array): Promise<void> {
    for (let rest = chunk; rest.length > 0; ) {
      if (filled === part.length) await sendPart();
      const taken = rest.subarray(0, part.length - filled);
      part.set(taken, filled);
      filled += taken.length;
      rest = rest.subarray(taken.length);
    }
  }

  async function sendPart(): Promise<void> {
    const UploadId = uploadId ?? (await open());
    const piece = { ...target, UploadId, PartNumber: parts.length + 1 };
    const { ETag } = await client.send(
      new UploadPartCommand({ ...piece, Body: part.subarray(0, filled) }),
      options(),
    );
    parts.push({ PartNumber: piece.PartNumber, ETag });
    filled = 0;
  }

  async function open(): Promise<string | undefined> {
    left.parts = true;
    const created = await client.send(new CreateMultipartUploadCommand({ ...target, ...headers }), options());
    uploadId = created.UploadId;
    return uploadId;
  }

  /** Makes the object of what has been written. */
  async function finish(): Promise<void> {
    if (uploadId === undefined) {
      left.object = true;
      await client.send(
        new PutObjectCommand({ ...target, ...headers, Body: part.subarray(0, filled) }),
        options(),
      );
      return;
    }
    await sendPart();
    left.object = true;
    const complete = { ...target, UploadId: uploadId, MultipartUpload: { Parts: parts } };
    await client.send(new CompleteMultipartUploadCommand(complete), options());
  }

  /** What has to be cleared away when the upload is given up. */
  return { write, finish, left: (): Readonly<Left> => left };
}

export type Upload = ReturnType<typeof createUpload>;

/**
 * Takes away what an upload has left. Open parts are looked for by their key, since the answer that named them may have been lost. The
 * object goes last: until its parts are gone, a late request could still make it.
 */
export async function clearLeft(client: Pick<S3Client, 'send'>, left: Readonly<Left>, timeoutMs: number) {
  const { Bucket, Key } = left;
  const options = { abortSignal: AbortSignal.timeout(timeoutMs) };
  if (left.parts) {
    // MinIO lists the uploads of a key only under the whole key
    const { Uploads = [] } = await client.send(
      new ListMultipartUploadsCommand({ Bucket, Prefix: Key }),
      options,
    );
    for (const { UploadId } of Uploads.filter((upload) => upload.Key === Key))
      await client
        .send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }), options)
        .catch(ignoreMissing);
  }
  if (left.object) await client.send(new DeleteObjectCommand({ Bucket, Key }), options);
}

function ignoreMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}
