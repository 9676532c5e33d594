import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { Test } from 'tap';
import type { Config } from '../src/config/load.js';

/** A bucket of a test's own, so that what is in it can be counted; it goes with the test. */
export async function makeBucket(t: Test, config: Config['storage'], Bucket = config.bucket) {
  const { endpoint, region, accessKeyId = '', secretAccessKey = '' } = config;
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({ region, credentials, forcePathStyle: true, endpoint });

  async function keys(): Promise<string[]> {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
    return Contents.map(({ Key = '' }) => Key).sort();
  }

  /** The keys under which uploads in parts are open. */
  async function openUploads(): Promise<string[]> {
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
    return Uploads.map(({ Key = '' }) => Key);
  }

  async function get(Key: string) {
    const { Body, ...answer } = await client.send(new GetObjectCommand({ Bucket, Key }));
    return { ...answer, bytes: Buffer.from((await Body?.transformToByteArray()) ?? []) };
  }

  const put = (Key: string, Body: Buffer) => client.send(new PutObjectCommand({ Bucket, Key, Body }));
  const remove = (Key: string) => client.send(new DeleteObjectCommand({ Bucket, Key }));

  await client.send(new CreateBucketCommand({ Bucket }));
  t.teardown(async () => {
    for (const Key of await keys()) await remove(Key);
    await client.send(new DeleteBucketCommand({ Bucket }));
    client.destroy();
  });
  return { client, keys, openUploads, get, put, remove };
}
