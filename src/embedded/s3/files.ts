import { randomUUID } from 'node:crypto';
import {
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Files of two kinds. Content lies in `data/` under random names and is written once. JSON describes it and is replaced
 * by a rename, so that it is there whole or not at all; only a described content exists, any other is swept at start.
 */
export interface Files {
  /** Writes content and returns the name of its file; nothing is left of it if the source fails. */
  writeData(chunks: AsyncIterable<Buffer>): Promise<string>;
  /** Opens content at once, so that it can still be read when it is replaced in the next moment. */
  openData(name: string): number;
  /** A second name for content, which never changes; each can be removed on its own. */
  linkData(name: string): string;
  dataPath(name: string): string;
  removeData(name: string): void;
  hasData(name: string, size: number): boolean;
  /** Removes all content that is not in use. */
  sweep(used: ReadonlySet<string>): void;
  writeJson(path: string, value: unknown): void;
}

export function openFiles(root: string): Files {
  const data = join(root, 'data');
  const drafts = join(root, 'drafts');
  rmSync(drafts, { recursive: true, force: true });
  for (const folder of [data, drafts]) mkdirSync(folder, { recursive: true });
  const dataPath = (name: string) => join(data, name);

  async function writeData(chunks: AsyncIterable<Buffer>): Promise<string> {
    const name = randomUUID();
    try {
      await writeFile(dataPath(name), chunks, { flag: 'wx' });
    } catch (error) {
      await rm(dataPath(name), { force: true });
      throw error;
    }
    return name;
  }

  function linkData(name: string): string {
    const added = randomUUID();
    linkSync(dataPath(name), dataPath(added));
    return added;
  }

  function hasData(name: string, size: number): boolean {
    return statSync(dataPath(name), { throwIfNoEntry: false })?.size === size;
  }

  function removeData(name: string): void {
    rmSync(dataPath(name), { force: true });
  }

  function sweep(used: ReadonlySet<string>): void {
    for (const name of readdirSync(data)) if (!used.has(name)) removeData(name);
  }

  function writeJson(path: string, value: unknown): void {
    const draft = join(drafts, randomUUID());
    writeFileSync(draft, JSON.stringify(value));
    renameSync(draft, path);
  }

  const openData = (name: string) => openSync(dataPath(name), 'r');
  return { writeData, openData, linkData, dataPath, removeData, hasData, sweep, writeJson };
}

/** Reads a description; null if it cannot be read, which a power failure in the middle of a write may cause. */
export function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

export function folders(path: string): string[] {
  const entries = readdirSync(path, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}
