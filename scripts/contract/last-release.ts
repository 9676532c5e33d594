import { readdir, readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { ContractDocument } from './document.js';

const FOLDER = new URL('../../docs/releases/', import.meta.url);
const FILE = /^openapi-(\d+)\.(\d+)\.(\d+)(-[\w.]+)?\.yaml$/;

interface Release {
  version: string;
  document: ContractDocument;
}

/** The contract as it was last released, or handed out ahead of a release. */
export async function lastRelease(): Promise<Release | undefined> {
  const files = await readdir(FOLDER).catch(() => []);
  const newest = files
    .filter((name) => FILE.test(name))
    .sort(byVersion)
    .at(-1);
  if (newest === undefined) return undefined;
  const document = parse(await readFile(new URL(newest, FOLDER), 'utf8')) as ContractDocument;
  return { version: newest.slice('openapi-'.length, -'.yaml'.length), document };
}

// 0.1.0-rc.2 comes after 0.1.0-rc.1 and before 0.1.0
function byVersion(one: string, other: string): number {
  const [a, b] = [one, other].map((name) => FILE.exec(name) ?? []);
  for (const part of [1, 2, 3]) {
    const order = Number(a?.[part]) - Number(b?.[part]);
    if (order !== 0) return order;
  }
  const [early, earlyToo] = [a?.[4], b?.[4]];
  if (!early || !earlyToo) return Number(!early) - Number(!earlyToo);
  return early.localeCompare(earlyToo, 'en', { numeric: true });
}

/** Whether a version may break what the released one promised: a new major, or before 1.0.0 a new minor. */
export function mayBreak(released: string, next: string): boolean {
  const [from, to] = [released, next].map((version) => version.split(/[.-]/).map(Number));
  const [major = 0, minor = 0] = from ?? [];
  const [nextMajor = 0, nextMinor = 0] = to ?? [];
  return nextMajor > major || (nextMajor === 0 && major === 0 && nextMinor > minor);
}
