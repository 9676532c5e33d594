import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Files, folders, readJson } from './files.js';
import {
  type Bucket,
  isObjectRecord,
  isPartRecord,
  isRecord,
  isUploadRecord,
  type Upload,
} from './records.js';

export interface Loaded {
  buckets: Map<string, Bucket>;
  /** Objects whose description or content did not survive, which only a power failure can cause. */
  lost: number;
}

/** Reads what a former process left, and removes what it had not finished. */
export function loadBuckets(root: string, files: Files): Loaded {
  const loaded: Loaded = { buckets: new Map(), lost: 0 };
  const used = new Set<string>();
  for (const name of folders(root)) {
    const folder = join(root, name);
    const bucket = loadBucket(name, folder);
    if (!bucket) rmSync(folder, { recursive: true });
    else {
      loaded.lost += loadObjects(bucket, files, used);
      loadUploads(bucket, files, used);
      loaded.buckets.set(name, bucket);
    }
  }
  files.sweep(used);
  return loaded;
}

/** The description of a bucket is written last and removed first: without it the bucket does not exist. */
function loadBucket(name: string, folder: string): Bucket | null {
  const stored = readJson(join(folder, 'bucket.json'));
  if (!isRecord(stored)) return null;
  const { created, configurations } = stored;
  const texts = isRecord(configurations) ? Object.entries(configurations) : [];
  return {
    name,
    created: Number(created),
    folder,
    configurations: new Map(texts.map(([key, text]) => [key, String(text)])),
    objects: new Map(),
    uploads: new Map(),
    sortedKeys: null,
  };
}

function loadObjects(bucket: Bucket, files: Files, used: Set<string>): number {
  const folder = join(bucket.folder, 'objects');
  let lost = 0;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const record = readJson(path);
    if (isObjectRecord(record) && files.hasData(record.data, record.size)) {
      bucket.objects.set(record.key, record);
      used.add(record.data);
    } else {
      rmSync(path);
      lost++;
    }
  }
  return lost;
}

function loadUploads(bucket: Bucket, files: Files, used: Set<string>): void {
  const uploads = join(bucket.folder, 'uploads');
  for (const id of folders(uploads)) {
    const folder = join(uploads, id);
    const record = readJson(join(folder, 'upload.json'));
    if (!isUploadRecord(record)) rmSync(folder, { recursive: true });
    else bucket.uploads.set(id, { ...record, parts: loadParts(folder, files, used), isCompleting: false });
  }
}

function loadParts(folder: string, files: Files, used: Set<string>): Upload['parts'] {
  const names = readdirSync(folder).filter((name) => name !== 'upload.json');
  const records = names.map((name) => readJson(join(folder, name))).filter(isPartRecord);
  const whole = records.filter((part) => files.hasData(part.data, part.size));
  for (const part of whole) used.add(part.data);
  return new Map(whole.map((part) => [part.number, part]));
}
