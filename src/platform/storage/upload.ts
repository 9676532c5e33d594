import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { isMissing } from './client.js';

/** The smallest part that S3 takes, but for the last: about what an upload holds in memory. */
const PART_BYTES = 5 * 1024 * 1024;

/** Where an object is, or was to be. */
export interface ObjectName {
  Bucket: string;
  Key: string;
}

/**
 * Makes an object of bytes as they come, in parts, one after the other: the object is there when all of them are, or not at all. A failing
 * `Body` fails the upload. `options` is asked for each request: how long it may take, and what breaks it off.
 */
export async function uploadStream(
  client: S3Client,
  object: PutObjectCommandInput,
  options: () => { abortSignal: AbortSignal },
): Promise<void> {
  // the library gives its requests no signal, and when told to abort leaves them running
  const send: S3Client['send'] = (command: Parameters<S3Client['send']>[0]) =>
    client.send(command, options());
  const bounded: S3Client = Object.create(client, { send: { value: send } });
  await new Upload({ client: bounded, params: object, queueSize: 1, partSize: PART_BYTES }).done();
}

/**
 * Takes away what an upload has left under its key. Open parts are looked for, since the answer that named them may have been lost. The
 * object goes last: until its parts are gone, a late request could still make it.
 */
export async function clearUpload(client: S3Client, { Bucket, Key }: ObjectName, timeoutMs: number) {
  const options = { abortSignal: AbortSignal.timeout(timeoutMs) };
  // MinIO lists the uploads of a key only under the whole key
  const { Uploads = [] } = await client.send(
    new ListMultipartUploadsCommand({ Bucket, Prefix: Key }),
    options,
  );
  for (const { UploadId } of Uploads.filter((upload) => upload.Key === Key))
    await client
      .send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }), options)
      .catch(ignoreMissing);
  await client.send(new DeleteObjectCommand({ Bucket, Key }), options);
}

function ignoreMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}
