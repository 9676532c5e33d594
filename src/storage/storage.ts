import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Config } from '../config.js';
import { unavailable } from '../problem.js';

const MOST_SOCKETS = 64;
const CONNECT_TIMEOUT_MS = 2000;
const ATTEMPTS = 2;

export interface StoredObject {
  key: string;
  body: Uint8Array;
  contentType: string;
}

export interface ReadableObject {
  key: string;
  contentType: string;
  /** The name under which a browser saves it. */
  fileName: string;
  expiresInSeconds: number;
}

/** The object store. What fails there is a 503 to the caller. */
export function createStorage(config: Config['storage']) {
  const client = new S3Client(clientConfig(config));
  const { bucket: Bucket } = config;
  const away = (cause: unknown): never => {
    throw unavailable(cause);
  };

  async function put({ key, body, contentType }: StoredObject): Promise<void> {
    const command = new PutObjectCommand({
      Bucket,
      Key: key,
      Body: body,
      ContentType: contentType,
      ServerSideEncryption: 'AES256',
    });
    await client.send(command, limited(config)).catch(away);
  }

  async function remove(key: string): Promise<void> {
    await client.send(new DeleteObjectCommand({ Bucket, Key: key }), limited(config)).catch(away);
  }

  /** An address under which the object can be read for a while, without a key; made here, without a call. */
  function signedUrl({ key, contentType, fileName, expiresInSeconds }: ReadableObject): Promise<string> {
    const command = new GetObjectCommand({
      Bucket,
      Key: key,
      ResponseContentType: contentType,
      ResponseContentDisposition: `inline; filename="${fileName.replace(/[^\w.-]+/g, '_')}"`,
    });
    return getSignedUrl(client, command, { expiresIn: expiresInSeconds });
  }

  /** Resolves when the bucket is there. */
  async function ping(): Promise<void> {
    await client.send(new HeadBucketCommand({ Bucket }), limited(config));
  }

  return { put, remove, signedUrl, ping, close: () => client.destroy() };
}

export type Storage = ReturnType<typeof createStorage>;

const limited = ({ timeoutMs }: Config['storage']) => ({ abortSignal: AbortSignal.timeout(timeoutMs) });

function clientConfig({
  endpoint,
  region,
  accessKeyId,
  secretAccessKey,
  forcePathStyle,
  timeoutMs,
}: Config['storage']): S3ClientConfig {
  return {
    region,
    forcePathStyle,
    maxAttempts: ATTEMPTS,
    // not every S3 understands the newer checksums
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: timeoutMs,
      throwOnRequestTimeout: true,
      httpAgent: { maxSockets: MOST_SOCKETS },
      httpsAgent: { maxSockets: MOST_SOCKETS },
    },
    ...(endpoint && { endpoint }),
    ...(accessKeyId && secretAccessKey && { credentials: { accessKeyId, secretAccessKey } }),
  };
}
