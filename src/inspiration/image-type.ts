import { fileTypeFromBuffer } from 'file-type';

/** The images that are taken. Never SVG: it is a program. */
const TAKEN = new Set([
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/gif',
  'image/heic',
  'image/heif',
  'image/avif',
]);

/** The type of an image by its bytes, whatever it is called; undefined for anything that is not taken. */
export async function imageType(bytes: Uint8Array): Promise<{ mime: string; extension: string } | undefined> {
  const type = await fileTypeFromBuffer(bytes);
  return type && TAKEN.has(type.mime) ? { mime: type.mime, extension: type.ext } : undefined;
}
