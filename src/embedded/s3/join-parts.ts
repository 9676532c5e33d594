import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Content } from './body.js';
import { ALGORITHMS, compositeChecksum } from './checksums.js';
import { S3Error } from './errors.js';
import type { Files } from './files.js';
import type { PartRecord, Upload } from './records.js';
import { allowChildren, childrenOf, parseXml, requireText, textOf } from './xml.js';

const MIN_PART_BYTES = 5 * 1024 * 1024;
const READ_BYTES = 1024 * 1024;
const CHECKSUM_NAMES = ALGORITHMS.map((algorithm) => `Checksum${algorithm.toUpperCase()}`);

interface ListedPart {
  number: number;
  etag: string;
  /** The checksum that the client remembers, if it sends one. */
  checksum: string | null;
}

export function readPartList(xml: string): ListedPart[] {
  const root = parseXml(xml);
  const parts = childrenOf(root, 'Part');
  if (root.name !== 'CompleteMultipartUpload' || parts.length === 0) throw new S3Error('MalformedXML');
  allowChildren(root, 'Part');
  return parts.map((part) => {
    allowChildren(part, 'PartNumber', 'ETag', ...CHECKSUM_NAMES);
    const number = requireText(part, 'PartNumber');
    if (!/^\d{1,5}$/.test(number)) throw new S3Error('MalformedXML');
    const checksums = CHECKSUM_NAMES.map((name) => textOf(part, name));
    const checksum = checksums.find((value) => value !== null) ?? null;
    return { number: Number(number), etag: requireText(part, 'ETag').replaceAll('"', ''), checksum };
  });
}

/** Joins the listed parts of an upload to one content. */
export async function joinParts(
  files: Files,
  upload: Upload,
  listed: readonly ListedPart[],
): Promise<{ data: string; content: Content }> {
  const parts = listed.map((part, index) => findPart(upload, part, listed[index - 1]));
  const isTooSmall = parts.slice(0, -1).some((part) => part.size < MIN_PART_BYTES);
  if (isTooSmall) throw new S3Error('EntityTooSmall');
  const data = await files.writeData(readParts(files, parts));
  return { data, content: describe(upload, parts) };
}

function findPart(upload: Upload, listed: ListedPart, previous: ListedPart | undefined): PartRecord {
  if (previous && previous.number >= listed.number) throw new S3Error('InvalidPartOrder');
  const part = upload.parts.get(listed.number);
  const isSame =
    part?.etag === listed.etag && (listed.checksum ?? part.checksum?.value) === part.checksum?.value;
  if (!part || !isSame) throw new S3Error('InvalidPart', undefined, { PartNumber: String(listed.number) });
  return part;
}

async function* readParts(files: Files, parts: readonly PartRecord[]): AsyncGenerator<Buffer> {
  for (const part of parts) yield* createReadStream(files.dataPath(part.data), { highWaterMark: READ_BYTES });
}

/** S3's ETag of a multipart upload: the MD5 of the parts' MD5s, and their number. */
function describe(upload: Upload, parts: readonly PartRecord[]): Content {
  const md5 = createHash('md5');
  for (const part of parts) md5.update(part.etag, 'hex');
  const checksums = parts.flatMap((part) => (part.checksum ? [part.checksum.value] : []));
  const hasChecksum = upload.algorithm !== null && checksums.length === parts.length;
  return {
    size: parts.reduce((sum, part) => sum + part.size, 0),
    etag: `${md5.digest('hex')}-${parts.length}`,
    checksum: hasChecksum && upload.algorithm ? compositeChecksum(upload.algorithm, checksums) : null,
  };
}
