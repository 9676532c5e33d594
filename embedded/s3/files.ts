import { createHash, randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Files of two kinds. Content lies in `data/` under random names and is written once. Records are JSON that describes
 * it, and are replaced by a rename, so that each is there whole or not at all. Content without a record does not exist.
 */
type Files = ReturnType<typeof openFiles>;

/** The records of a folder, in memory too. With a record goes the content that it alone describes. */
export interface Records<T> {
  map: Map<string, T>;
  put(record: T): void;
  remove(id: string): void;
}

export interface RecordType<T> {
  idOf(record: T): string;
  contentsOf(record: T): StoredContent[];
}

export interface StoredContent {
  /** The name of its file. */
  data: string;
  size: number;
}

export function openFiles(root: string) {
  const data = join(root, 'data');
  const drafts = join(root, 'drafts');
  const kept = new Set<string>();
  fs.rmSync(drafts, { recursive: true, force: true });
  for (const folder of [data, drafts]) fs.mkdirSync(folder, { recursive: true });

  const contentPath = (name: string) => join(data, name);
  const removeContent = (name: string) => fs.rmSync(contentPath(name), { force: true });

  /** Writes content and hands its name to `commit`; nothing is left of it if either fails. */
  async function writeContent(chunks: AsyncIterable<Buffer>, commit: (name: string) => void): Promise<void> {
    const name = randomUUID();
    try {
      await writeFile(contentPath(name), chunks, { flag: 'wx' });
      commit(name);
    } catch (error) {
      removeContent(name);
      throw error;
    }
  }

  /** A second name for content, which never changes; each can be removed on its own. */
  function linkContent(name: string): string {
    const added = randomUUID();
    fs.linkSync(contentPath(name), contentPath(added));
    return added;
  }

  /** Removes what a killed process left: content that no record has kept. */
  function sweepContent(): void {
    for (const name of fs.readdirSync(data)) if (!kept.has(name)) removeContent(name);
  }

  function writeJson(path: string, value: unknown): void {
    const draft = join(drafts, randomUUID());
    fs.writeFileSync(draft, JSON.stringify(value));
    fs.renameSync(draft, path);
  }

  /** Keeps content from the sweep; false if it is not there in full length. */
  function keepContent({ data: name, size }: StoredContent): boolean {
    if (fs.statSync(contentPath(name), { throwIfNoEntry: false })?.size !== size) return false;
    kept.add(name);
    return true;
  }

  return { contentPath, writeContent, removeContent, linkContent, keepContent, sweepContent, writeJson };
}

export function openRecords<T>(
  files: Files,
  folder: string,
  { idOf, contentsOf }: RecordType<T>,
): Records<T> {
  const map = loadRecords(files, folder, { idOf, contentsOf });
  // Ids never become paths: their hashes do, which also fit into a file name however long a key is.
  const pathOf = (id: string) => join(folder, `${createHash('sha256').update(id).digest('hex')}.json`);
  const namesOf = (record: T | undefined) => (record ? contentsOf(record).map(({ data }) => data) : []);
  return {
    map,
    put(record) {
      const id = idOf(record);
      const names = new Set(namesOf(record));
      const replaced = namesOf(map.get(id)).filter((name) => !names.has(name));
      files.writeJson(pathOf(id), record);
      map.set(id, record);
      replaced.forEach(files.removeContent);
    },
    remove(id) {
      const removed = namesOf(map.get(id));
      fs.rmSync(pathOf(id), { force: true });
      map.delete(id);
      removed.forEach(files.removeContent);
    },
  };
}

function loadRecords<T>(files: Files, folder: string, { idOf, contentsOf }: RecordType<T>): Map<string, T> {
  fs.mkdirSync(folder, { recursive: true });
  const map = new Map<string, T>();
  for (const path of fs.readdirSync(folder).map((name) => join(folder, name))) {
    const record = readJson<T>(path);
    if (record && contentsOf(record).every(files.keepContent)) {
      map.set(idOf(record), record);
      continue;
    }
    // Files are not synced, so that a power failure can do this; a process that is killed cannot.
    fs.rmSync(path, { recursive: true });
    process.emitWarning(`${path} was damaged and has been removed.`);
  }
  return map;
}

/** What a JSON file holds; null if it cannot be read. */
export function readJson<T>(path: string): T | null {
  try {
    const value: T = JSON.parse(fs.readFileSync(path, 'utf8'));
    return value;
  } catch {
    return null;
  }
}
