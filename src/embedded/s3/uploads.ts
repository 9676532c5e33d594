import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { S3Error } from './errors.js';
import type { Files } from './files.js';
import type { Bucket, PartRecord, Upload, UploadRecord } from './records.js';
import type { Store } from './store.js';

/** An upload belongs to its key: the id alone does not give access to it. */
export function findUpload(bucket: Bucket, key: string, id: string | undefined): Upload {
  const upload = bucket.uploads.get(id ?? '');
  if (upload?.key !== key || upload.isCompleting) throw new S3Error('NoSuchUpload');
  return upload;
}

export function createUpload(store: Store, bucket: Bucket, settings: Omit<UploadRecord, 'id'>): string {
  const record: UploadRecord = { id: randomBytes(16).toString('hex'), ...settings };
  const folder = folderOf(bucket, record.id);
  mkdirSync(folder);
  store.files.writeJson(join(folder, 'upload.json'), record);
  bucket.uploads.set(record.id, { ...record, parts: new Map(), isCompleting: false });
  return record.id;
}

export function putPart(store: Store, bucket: Bucket, upload: Upload, part: PartRecord): void {
  // Both may have gone while the part was on its way.
  store.checkStillThere(bucket);
  findUpload(bucket, upload.key, upload.id);
  const replaced = upload.parts.get(part.number);
  store.files.writeJson(join(folderOf(bucket, upload.id), `${part.number}.json`), part);
  upload.parts.set(part.number, part);
  if (replaced) store.files.removeData(replaced.data);
}

export function deleteUpload(files: Files, bucket: Bucket, upload: Upload): void {
  bucket.uploads.delete(upload.id);
  rmSync(folderOf(bucket, upload.id), { recursive: true, force: true });
  for (const part of upload.parts.values()) files.removeData(part.data);
}

function folderOf(bucket: Bucket, id: string): string {
  return join(bucket.folder, 'uploads', id);
}
