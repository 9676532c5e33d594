import type { Algorithm, Checksum } from './checksums.js';

/** What an object or a part says about its content, which lies in the file `data`. */
export interface ContentRecord {
  data: string;
  size: number;
  etag: string;
  modified: number;
  checksum: Checksum | null;
}

export interface ObjectRecord extends ContentRecord {
  key: string;
  /** The headers that a reader gets back: content type, user metadata, encryption and the like. */
  headers: Record<string, string>;
}

export interface PartRecord extends ContentRecord {
  number: number;
}

export interface UploadRecord {
  id: string;
  key: string;
  initiated: number;
  headers: Record<string, string>;
  algorithm: Algorithm | null;
}

export interface Upload extends UploadRecord {
  parts: Map<number, PartRecord>;
  /** Set while its parts are being joined, when nothing may change under the reader's hands. */
  isCompleting: boolean;
}

export interface Bucket {
  name: string;
  created: number;
  folder: string;
  /** XML documents by the parameter under which they are put and got: cors, lifecycle, encryption … */
  configurations: Map<string, string>;
  objects: Map<string, ObjectRecord>;
  uploads: Map<string, Upload>;
  /** The keys in S3's order, until the set of keys changes. */
  sortedKeys: string[] | null;
}

export function isObjectRecord(value: unknown): value is ObjectRecord {
  return isContentRecord(value) && 'key' in value && typeof value.key === 'string' && 'headers' in value;
}

export function isPartRecord(value: unknown): value is PartRecord {
  return isContentRecord(value) && 'number' in value && typeof value.number === 'number';
}

export function isUploadRecord(value: unknown): value is UploadRecord {
  return (
    isRecord(value) && typeof value.id === 'string' && typeof value.key === 'string' && 'headers' in value
  );
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isContentRecord(value: unknown): value is ContentRecord {
  return isRecord(value) && typeof value.data === 'string' && typeof value.size === 'number';
}
