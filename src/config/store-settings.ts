import { Type } from '@sinclair/typebox';
import { flag, listOf, type Values } from './read-setting.js';

/** Where documents and objects lie. */
export const Stores = {
  MONGODB_URI: Type.String({
    pattern: '^mongodb(\\+srv)?://',
    description: 'Connection string of the database.',
  }),
  MONGODB_DB: Type.String({ default: 'glowglitch', description: 'Database name.' }),
  MONGODB_TIMEOUT_MS: Type.Integer({
    default: 2000,
    minimum: 100,
    maximum: 60000,
    description:
      'Longest time for one database call, server selection included, in milliseconds, and for an answer while the database fails.',
  }),

  S3_BUCKET: Type.String({ minLength: 3, description: 'Bucket for inspiration images.' }),
  S3_ENDPOINT: Type.Optional(
    Type.String({ pattern: '^https?://', description: 'S3 endpoint; left out for AWS.' }),
  ),
  S3_REGION: Type.String({ default: 'us-east-1', description: 'Region of the bucket.' }),
  S3_ACCESS_KEY_ID: Type.Optional(
    Type.String({
      description: "Access key; left out, together with the secret, to use AWS's default credentials.",
    }),
  ),
  S3_SECRET_ACCESS_KEY: Type.Optional(Type.String({ description: 'Secret of the access key.' })),
  S3_FORCE_PATH_STYLE: flag(false, 'true for MinIO and the embedded S3, which address a bucket by path.'),
  S3_TIMEOUT_MS: Type.Integer({
    default: 10000,
    minimum: 100,
    maximum: 120000,
    description: 'Longest silence of the object store, in milliseconds.',
  }),
  S3_ENCRYPTION: Type.String({
    default: 'AES256',
    pattern: '^(AES256|none)$',
    description:
      'Encryption that every object is stored with: AES256, or none for a store without keys of its own, such as MinIO without a KMS.',
  }),
  S3_CORS_ORIGINS: Type.String({
    default: '',
    description:
      'Origins of pages from which a browser may send images to the bucket itself, comma separated; for `npm run storage:setup`.',
  }),
};

export function readStoreSettings(env: Values<typeof Stores>, problems: string[]) {
  if (!env.S3_ACCESS_KEY_ID !== !env.S3_SECRET_ACCESS_KEY)
    problems.push('S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY go together: set both or neither');
  return {
    mongodb: { uri: env.MONGODB_URI, database: env.MONGODB_DB, timeoutMs: env.MONGODB_TIMEOUT_MS },
    storage: {
      bucket: env.S3_BUCKET,
      endpoint: env.S3_ENDPOINT,
      region: env.S3_REGION,
      accessKeyId: env.S3_ACCESS_KEY_ID,
      secretAccessKey: env.S3_SECRET_ACCESS_KEY,
      forcePathStyle: env.S3_FORCE_PATH_STYLE,
      timeoutMs: env.S3_TIMEOUT_MS,
      encryption: env.S3_ENCRYPTION,
      corsOrigins: listOf(env.S3_CORS_ORIGINS),
    },
  };
}
