import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import { accessCases } from './access.js';
import { bucketCases } from './buckets.js';
import { copyCases } from './copies.js';
import { formCases } from './forms.js';
import { integrityCases } from './integrity.js';
import { limitCases } from './limits.js';
import { listCases } from './lists.js';
import { multipartCases } from './multipart.js';
import { readCases } from './reads.js';
import { createContext, type S3Case, type S3Context, type S3Target } from './target.js';
import { writeCases } from './writes.js';

/** Everything that is asked of an S3, by the part of it that it belongs to. */
export const S3_OPERATIONS: Readonly<Record<string, readonly S3Case[]>> = {
  writes: writeCases,
  reads: readCases,
  copies: copyCases,
  integrity: integrityCases,
  access: accessCases,
  lists: listCases,
  multipart: multipartCases,
  buckets: bucketCases,
  forms: formCases,
  limits: limitCases,
};

const CASE_MS = 15_000;
const MAX_PAGES = 20;

export interface S3Result {
  part: string;
  name: string;
  error: unknown;
}

/** Runs all operations against an S3, in a bucket of their own that is removed again. */
export async function runS3Operations(target: S3Target): Promise<S3Result[]> {
  const context = createContext(target);
  const results: S3Result[] = [];
  const run = async (part: string, { name, run }: S3Case) => {
    const error = await Promise.race([run(context), timeout()]).then(
      () => null,
      (reason: unknown) => reason,
    );
    results.push({ part, name, error });
  };
  await prepare(context);
  for (const [part, cases] of Object.entries(S3_OPERATIONS)) for (const one of cases) await run(part, one);
  await run('clean-up', { name: 'removes everything again', run: cleanUp });
  context.close();
  return results;
}

/** Another server may leave a request without an answer. */
async function timeout(): Promise<never> {
  await sleep(CASE_MS, undefined, { ref: false });
  throw new Error(`It was not done within ${CASE_MS} ms.`);
}

export async function prepare({ client, bucket }: S3Context): Promise<void> {
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
}

export async function cleanUp({ client, bucket: Bucket }: S3Context): Promise<void> {
  for (let page = 0; page < MAX_PAGES; page++) {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
    const Objects = Contents.map(({ Key }) => ({ Key }));
    if (Objects.length === 0) break;
    await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  }
  await client.send(new DeleteBucketCommand({ Bucket }));
}
