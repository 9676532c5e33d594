import { createHash } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { S3Error } from './errors.js';
import { type Files, openFiles } from './files.js';
import { loadBuckets } from './load.js';
import type { Bucket, ObjectRecord } from './records.js';
import { deleteUpload } from './uploads.js';

/**
 * Buckets and objects (uploads are in uploads.ts): all descriptions in memory, and on disk before they are seen. Every change is made
 * synchronously, so that it is atomic for the requests beside it as well as for a process that is killed.
 */
export interface Store {
  files: Files;
  buckets: ReadonlyMap<string, Bucket>;
  /** Objects that a power failure has destroyed; known after the start. */
  lost: number;
  bucket(name: string): Bucket;
  /** A bucket may be deleted while a body is on its way to it. */
  checkStillThere(bucket: Bucket): void;
  createBucket(name: string, created: number): void;
  deleteBucket(bucket: Bucket): void;
  configure(bucket: Bucket, name: string, xml: string | null): void;
  object(bucket: Bucket, key: string): ObjectRecord;
  putObject(bucket: Bucket, record: ObjectRecord): void;
  deleteObject(bucket: Bucket, key: string): void;
}

export function openStore(root: string): Store {
  const files = openFiles(root);
  const folder = join(root, 'buckets');
  mkdirSync(folder, { recursive: true });
  const { buckets, lost } = loadBuckets(folder, files);

  function bucket(name: string): Bucket {
    const found = buckets.get(name);
    if (!found) throw new S3Error('NoSuchBucket');
    return found;
  }

  function checkStillThere(owner: Bucket): void {
    if (bucket(owner.name) !== owner) throw new S3Error('NoSuchBucket');
  }

  function saveBucket(owner: Bucket): void {
    const configurations = Object.fromEntries(owner.configurations);
    files.writeJson(join(owner.folder, 'bucket.json'), { created: owner.created, configurations });
  }

  function createBucket(name: string, created: number): void {
    const added = { ...emptyBucket(), name, created, folder: join(folder, name) };
    for (const part of ['objects', 'uploads']) mkdirSync(join(added.folder, part), { recursive: true });
    saveBucket(added);
    buckets.set(name, added);
  }

  function deleteBucket(owner: Bucket): void {
    if (owner.objects.size > 0) throw new S3Error('BucketNotEmpty');
    for (const upload of owner.uploads.values()) deleteUpload(files, owner, upload);
    rmSync(join(owner.folder, 'bucket.json'), { force: true });
    rmSync(owner.folder, { recursive: true, force: true });
    buckets.delete(owner.name);
  }

  function configure(owner: Bucket, name: string, xml: string | null): void {
    if (xml === null) owner.configurations.delete(name);
    else owner.configurations.set(name, xml);
    saveBucket(owner);
  }

  function object(owner: Bucket, key: string): ObjectRecord {
    const record = owner.objects.get(key);
    if (!record) throw new S3Error('NoSuchKey', undefined, { Key: key });
    return record;
  }

  function putObject(owner: Bucket, record: ObjectRecord): void {
    checkStillThere(owner);
    const replaced = owner.objects.get(record.key);
    files.writeJson(objectPath(owner, record.key), record);
    owner.objects.set(record.key, record);
    if (replaced) files.removeData(replaced.data);
    else owner.sortedKeys = null;
  }

  function deleteObject(owner: Bucket, key: string): void {
    const record = owner.objects.get(key);
    if (!record) return;
    rmSync(objectPath(owner, key), { force: true });
    owner.objects.delete(key);
    owner.sortedKeys = null;
    files.removeData(record.data);
  }

  return {
    files,
    buckets,
    lost,
    bucket,
    checkStillThere,
    createBucket,
    deleteBucket,
    configure,
    object,
    putObject,
    deleteObject,
  };
}

/** Keys never become paths: their hashes do, which also fit into a file name however long the key is. */
function objectPath(bucket: Bucket, key: string): string {
  return join(bucket.folder, 'objects', `${createHash('sha256').update(key).digest('hex')}.json`);
}

function emptyBucket(): Pick<Bucket, 'configurations' | 'objects' | 'uploads' | 'sortedKeys'> {
  return { configurations: new Map(), objects: new Map(), uploads: new Map(), sortedKeys: null };
}
