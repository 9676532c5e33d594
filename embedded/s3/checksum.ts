import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

export const ALGORITHMS = ['crc32', 'crc32c', 'sha1', 'sha256'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

export interface Checksum {
  algorithm: Algorithm;
  /** In base64. */
  value: string;
}

/** What is known about content once it has been read to its end. */
export interface Content {
  size: number;
  etag: string;
  checksum: Checksum | null;
}

interface Digest {
  update(chunk: Buffer): void;
  base64(): string;
}

/** Of Castagnoli's polynomial. */
const CRC32C_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0x82f63b78 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});

export function createDigest(algorithm: Algorithm): Digest {
  if (algorithm === 'crc32') return crcDigest(crc32);
  if (algorithm === 'crc32c') return crcDigest(crc32c);
  const hash = createHash(algorithm);
  return { update: (chunk) => void hash.update(chunk), base64: () => hash.digest('base64') };
}

function crcDigest(update: (chunk: Buffer, crc: number) => number): Digest {
  let crc = 0;
  return {
    update(chunk) {
      crc = update(chunk, crc);
    },
    base64() {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(crc);
      return bytes.toString('base64');
    },
  };
}

/** Castagnoli's CRC, which Node does not have, continued like zlib.crc32. */
function crc32c(chunk: Buffer, previous: number): number {
  let crc = ~previous;
  for (const byte of chunk) crc = (CRC32C_TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return ~crc >>> 0;
}
