import { join } from 'node:path';

interface EmbeddedSettings {
  MONGODB_URI: string;
  S3_ENDPOINT: string;
  S3_BUCKET: string;
  S3_REGION: string;
  S3_ACCESS_KEY_ID: string;
  S3_SECRET_ACCESS_KEY: string;
  S3_FORCE_PATH_STYLE: 'true';
}

interface EmbeddedOptions {
  dataDir: string;
  /** Which of them to start: both by default. */
  mongodb?: boolean;
  s3?: boolean;
  /** Free ports by default. */
  mongodbPort?: number;
  s3Port?: number;
  bucket?: string;
  /** How often documents that have expired are deleted. */
  ttlSweepMs?: number;
}

export interface Embedded {
  /** The environment with which the service finds what was started. */
  settings: Partial<EmbeddedSettings>;
  stop(): Promise<void>;
}

const DEFAULT_BUCKET = 'concierge-inspiration';
const REGION = 'us-east-1';
/** Known to everyone, and good for nothing but the server on this machine. */
const CREDENTIALS = { accessKeyId: 'local-development', secretAccessKey: 'local-development-secret' };

/** Starts the stand-ins of MongoDB and S3 for development and tests. */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { mongodb = true, s3 = true } = options;
  const running: Embedded[] = [];
  let stopped: Promise<unknown> | null = null;
  const stop = async () => {
    stopped ??= Promise.all(running.map((standIn) => standIn.stop()));
    await stopped;
  };
  try {
    const starts = [s3 && startS3(options), mongodb && startMongodb(options)].filter(
      (start) => start !== false,
    );
    const ends = await Promise.allSettled(starts);
    for (const end of ends) if (end.status === 'fulfilled') running.push(end.value);
    await Promise.all(starts);
  } catch (error) {
    await stop();
    throw error;
  }
  return { settings: Object.assign({}, ...running.map(({ settings }) => settings)), stop };
}

/*
 * Each is imported only when it is wanted, so that a developer with a MongoDB or an S3 of their own does not load it.
 */

async function startMongodb({ dataDir, mongodbPort, ttlSweepMs }: EmbeddedOptions): Promise<Embedded> {
  const mongodb = await import('./mongodb/index.js');
  const path = join(dataDir, 'mongodb');
  const { uri, stop } = await mongodb.startMongodb({ path, port: mongodbPort, ttlSweepMs });
  return { settings: { MONGODB_URI: uri }, stop };
}

async function startS3({ dataDir, s3Port, bucket = DEFAULT_BUCKET }: EmbeddedOptions): Promise<Embedded> {
  const s3 = await import('./s3/index.js');
  const location = { path: join(dataDir, 's3'), port: s3Port, region: REGION, buckets: [bucket] };
  const { endpoint, stop } = await s3.startS3({ ...location, ...CREDENTIALS });
  return {
    settings: {
      S3_ENDPOINT: endpoint,
      S3_BUCKET: bucket,
      S3_REGION: REGION,
      S3_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      S3_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      S3_FORCE_PATH_STYLE: 'true',
    },
    stop,
  };
}
