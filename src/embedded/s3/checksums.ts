import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

export const ALGORITHMS = ['crc32', 'crc32c', 'sha1', 'sha256'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

export interface Checksum {
  algorithm: Algorithm;
  /** Base64; of a multipart upload S3's composite form, a checksum of the parts' checksums and their number. */
  value: string;
}

export interface Digest {
  update(chunk: Buffer): void;
  base64(): string;
}

const BYTES: Readonly<Record<Algorithm, number>> = { crc32: 4, crc32c: 4, sha1: 20, sha256: 32 };
const CRC32C_POLYNOMIAL = 0x82f63b78;
const CRC32C_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? CRC32C_POLYNOMIAL ^ (crc >>> 1) : crc >>> 1;
  return crc;
});

export function toAlgorithm(name: string): Algorithm | null {
  const lower = name.toLowerCase();
  return ALGORITHMS.find((algorithm) => algorithm === lower) ?? null;
}

export function createDigest(algorithm: Algorithm): Digest {
  switch (algorithm) {
    case 'crc32':
      return crcDigest(crc32);
    case 'crc32c':
      return crcDigest(crc32c);
    default: {
      const hash = createHash(algorithm);
      return { update: (chunk) => void hash.update(chunk), base64: () => hash.digest('base64') };
    }
  }
}

/** Whether a value could be a checksum of this kind at all. */
export function isChecksum(algorithm: Algorithm, value: string): boolean {
  const bytes = Buffer.from(value, 'base64');
  return bytes.length === BYTES[algorithm] && bytes.toString('base64') === value;
}

/** S3's checksum of a multipart upload: the checksum of the parts' checksums. */
export function compositeChecksum(algorithm: Algorithm, parts: readonly string[]): Checksum {
  const digest = createDigest(algorithm);
  for (const part of parts) digest.update(Buffer.from(part, 'base64'));
  return { algorithm, value: `${digest.base64()}-${parts.length}` };
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
