import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Content } from './checksum.js';
import { S3Error } from './errors.js';
import {
  openFiles,
  openRecords,
  type Records,
  type RecordType,
  readJson,
  type StoredContent,
} from './files.js';

export interface ObjectRecord extends Content, StoredContent {
  key: string;
  modified: number;
  /** The headers that a reader gets back: content type, user metadata, encryption and the like. */
  headers: Record<string, string>;
}

export interface PartRecord extends Content, StoredContent {
  number: number;
  modified: number;
}

export interface Upload {
  id: string;
  key: string;
  initiated: number;
  headers: Record<string, string>;
  /** By number, and therefore in the order of the numbers. */
  parts: Record<number, PartRecord>;
}

interface Settings {
  created: number;
  /** XML documents by the parameter under which they are put and got: cors, lifecycle, encryption … */
  configurations: Record<string, string>;
}

export interface Bucket extends Settings {
  name: string;
  objects: Records<ObjectRecord>;
  uploads: Records<Upload>;
}

const OBJECTS: RecordType<ObjectRecord> = { idOf: ({ key }) => key, contentsOf: (object) => [object] };
const UPLOADS: RecordType<Upload> = { idOf: ({ id }) => id, contentsOf: ({ parts }) => Object.values(parts) };

/**
 * Buckets with their objects and uploads, in memory, and on disk before they are seen. Every change is made
 * synchronously, so that it is atomic for the requests beside it as well as for a process that is killed.
 */
export type Store = ReturnType<typeof openStore>;

export function openStore(root: string) {
  const files = openFiles(root);
  const folder = join(root, 'buckets');
  const settingsPath = (name: string) => join(folder, name, 'bucket.json');
  const buckets = new Map<string, Bucket>();

  function openBucket(name: string, settings: Settings): Bucket {
    const objects = openRecords(files, join(folder, name, 'objects'), OBJECTS);
    const uploads = openRecords(files, join(folder, name, 'uploads'), UPLOADS);
    return { name, ...settings, objects, uploads };
  }

  function bucket(name: string): Bucket {
    const found = buckets.get(name);
    if (!found) throw new S3Error('NoSuchBucket');
    return found;
  }

  function createBucket(name: string, created: number): void {
    const added = openBucket(name, { created, configurations: {} });
    configure(added, {});
    buckets.set(name, added);
  }

  function deleteBucket(owner: Bucket): void {
    if (owner.objects.map.size > 0) throw new S3Error('BucketNotEmpty');
    for (const id of owner.uploads.map.keys()) owner.uploads.remove(id);
    rmSync(settingsPath(owner.name));
    rmSync(join(folder, owner.name), { recursive: true });
    buckets.delete(owner.name);
  }

  function configure(owner: Bucket, added: Record<string, string>): void {
    Object.assign(owner.configurations, added);
    const { created, configurations } = owner;
    files.writeJson(settingsPath(owner.name), { created, configurations });
  }

  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) {
    // Written last and removed first: without its settings there is no bucket.
    const settings = readJson<Settings>(settingsPath(name));
    if (settings) buckets.set(name, openBucket(name, settings));
    else rmSync(join(folder, name), { recursive: true });
  }
  files.sweepContent();
  return { files, buckets, bucket, createBucket, deleteBucket, configure };
}

/** S3's order of keys, that of their bytes in UTF-8; JavaScript's differs for characters beyond U+FFFF. */
export function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
