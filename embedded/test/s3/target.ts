import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import {
  GetObjectCommand,
  type GetObjectCommandInput,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  type S3ClientConfig,
  S3ServiceException,
} from '@aws-sdk/client-s3';

// Which Node versions future clients will support is not a matter of these tests.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/** An S3 to run the operations against: the embedded one or any other. */
export interface S3Target {
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** What a case works with: a bucket of its run's own, and the official client. */
export interface S3Context {
  target: S3Target;
  bucket: string;
  client: S3Client;
  /** Another client of the same server, for example with a wrong secret. It is closed with the run. */
  clientWith(config: Partial<S3ClientConfig>): S3Client;
  close(): void;
}

export interface S3Case {
  name: string;
  run(context: S3Context): Promise<void>;
}

export function createContext(target: S3Target): S3Context {
  const clients: S3Client[] = [];
  const clientWith = (config: Partial<S3ClientConfig>) => {
    const client = new S3Client({ ...clientOptions(target), ...config });
    clients.push(client);
    return client;
  };
  return {
    target,
    bucket: `run-${randomBytes(6).toString('hex')}`,
    client: clientWith({}),
    clientWith,
    close: () => {
      for (const client of clients) client.destroy();
    },
  };
}

/** As the service uses it, but without retries, which would hide what the server does. */
function clientOptions({ endpoint, region, accessKeyId, secretAccessKey }: S3Target): S3ClientConfig {
  return {
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 20_000, throwOnRequestTimeout: true },
  };
}

/** Asserts that the client reports S3's error code. */
export async function fails(code: string, promise: Promise<unknown>): Promise<void> {
  const outcome = await promise.then(
    () => 'success',
    (error: unknown) => (error instanceof S3ServiceException ? error.name : `${error}`),
  );
  assert.equal(outcome, code);
}

/** Asserts the status and S3's error code of a plain answer. */
export async function refused(status: number, code: string, promise: Promise<Response>): Promise<void> {
  const response = await promise;
  const body = await response.text();
  const found = /<Code>(.*?)<\/Code>/.exec(body)?.[1];
  assert.deepEqual({ status: response.status, code: found }, { status, code }, body);
}

export async function accepted(promise: Promise<Response>): Promise<Response> {
  const response = await promise;
  assert.ok(response.ok, `${response.status}: ${response.ok ? '' : await response.text()}`);
  return response;
}

export type Input<T> = Omit<T, 'Bucket'>;

export function put({ client, bucket }: S3Context, input: Input<PutObjectCommandInput>) {
  return client.send(new PutObjectCommand({ Bucket: bucket, ...input }));
}

export async function get({ client, bucket }: S3Context, input: Input<GetObjectCommandInput>) {
  const answer = await client.send(new GetObjectCommand({ Bucket: bucket, ...input }));
  const bytes = Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
  return { ...answer, bytes };
}

export function head({ client, bucket }: S3Context, Key: string) {
  return client.send(new HeadObjectCommand({ Bucket: bucket, Key }));
}

export function etagOf(content: Buffer): string {
  return `"${createHash('md5').update(content).digest('hex')}"`;
}
