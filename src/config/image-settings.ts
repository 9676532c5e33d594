import { Type } from '@sinclair/typebox';
import type { Values } from './read-setting.js';

/** How images are taken, and looked at before anyone sees them. */
export const Images = {
  UPLOAD_MAX_BYTES: Type.Integer({
    default: 10 * 1024 * 1024,
    minimum: 1024,
    maximum: 100 * 1024 * 1024,
    description: 'Largest inspiration image, in bytes.',
  }),
  UPLOADS_AT_ONCE: Type.Integer({
    default: 8,
    minimum: 1,
    maximum: 256,
    description: 'Images that one process receives at once, with 5 MB of memory for each; others wait.',
  }),
  UPLOAD_STALLED_MS: Type.Integer({
    default: 15_000,
    minimum: 100,
    maximum: 60_000,
    description: 'How long an upload may send nothing before it is broken off, in milliseconds.',
  }),
  CLAMD_HOST: Type.Optional(
    Type.String({ description: 'Host of a clamd that scans images; without one none is scanned.' }),
  ),
  CLAMD_PORT: Type.Integer({ default: 3310, minimum: 1, maximum: 65535, description: 'Port of clamd.' }),
  CLAMD_TIMEOUT_MS: Type.Integer({
    default: 10000,
    minimum: 100,
    maximum: 60000,
    description: 'Longest time for clamd to scan an image, in milliseconds.',
  }),
  UNSCANNED_IMAGES: Type.String({
    default: 'pending_review',
    pattern: '^(pending_review|clean)$',
    description:
      'What an image counts as that nothing has scanned, because there is no clamd, once it is re-encoded: pending_review waits for the staff; clean is shown to stylists.',
  }),
  IMAGES_AT_ONCE: Type.Integer({
    default: 1,
    minimum: 1,
    maximum: 64,
    description:
      'Images that one process re-encodes at once, each in a process beside it that takes up to 448 MB: a service of 768 MB has room for one.',
  }),
  IMAGE_MAX_MEGAPIXELS: Type.Integer({
    default: 64,
    minimum: 1,
    maximum: 1000,
    description: 'The most pixels that an image is decoded with, in millions; one takes up to 4 MB for each.',
  }),
};

export const readImageSettings = (env: Values<typeof Images>) => ({
  uploads: {
    maxBytes: env.UPLOAD_MAX_BYTES,
    concurrency: env.UPLOADS_AT_ONCE,
    stalledMs: env.UPLOAD_STALLED_MS,
  },
  images: {
    clamd: env.CLAMD_HOST
      ? { host: env.CLAMD_HOST, port: env.CLAMD_PORT, timeoutMs: env.CLAMD_TIMEOUT_MS }
      : undefined,
    trustUnscanned: env.UNSCANNED_IMAGES === 'clean',
    concurrency: env.IMAGES_AT_ONCE,
    maxPixels: env.IMAGE_MAX_MEGAPIXELS * 1_000_000,
  },
});
