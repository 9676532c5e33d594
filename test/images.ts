/** The smallest PNG: one pixel. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
/** The beginning and the end of a JPEG, with nothing to see in between. */
export const JPEG = Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex');

/** A HEIC of 64 by 48 pixels, in HEVC. */
export const HEIC = Buffer.from(
  'AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAa1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAAA5waXRtAAAAAAACAAAAEGlkYXQAAAAAAEAAMAAAADhpbG9jAQAAAERAAAIAAQAAAAAAAAHRAAEAAAAAAAAAGgACAAEAAAAAAAAAAQAAAAAAAAAIAAAAOGlpbmYAAAAAAAIAAAAVaW5mZQIAAAEAAQAAaHZjMQAAAAAVaW5mZQIAAAAAAgAAZ3JpZAAAAADYaXBycAAAALZpcGNvAAAAdmh2Y0MBA3AAAAAAAAAAAAAe8AD8/fj4AAAPAyAAAQAYQAEMAf//A3AAAAMAkAAAAwAAAwAeugJAIQABACpCAQEDcAAAAwCQAAADAAADAB6gIIEFlurkprm4EBAwIAAAAwAgAAADACEiAAEABkQBwXPAiQAAABRpc3BlAAAAAAAAAEAAAABAAAAAFGlzcGUAAAAAAAAAQAAAADAAAAAQcGl4aQAAAAADCAgIAAAAGmlwbWEAAAAAAAAAAgABAoECAAICA4QAAAAaaXJlZgAAAAAAAAAOZGltZwACAAEAAQAAACJtZGF0AAAAFigBrxmA70mlvtN9Zf+a1r+/rWmPm4A=',
  'base64',
);

const latin1 = (text: string) => Buffer.from(text, 'latin1');

/** The beginning of an ISO media file of that brand. */
export const iso = (brand: string) =>
  Buffer.concat([Buffer.from([0, 0, 0, 24]), latin1(`ftyp${brand}`), Buffer.alloc(8), latin1('mif1')]);

/** Of each type that is taken, bytes that tell it. */
export const TYPES: [name: string, bytes: Buffer, contentType: string, extension: string][] = [
  ['JPEG', JPEG, 'image/jpeg', 'jpg'],
  ['PNG', PNG, 'image/png', 'png'],
  ['GIF', latin1('GIF89a\x01\x00\x01\x00\x00\x00\x00;'), 'image/gif', 'gif'],
  ['WebP', latin1('RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00'), 'image/webp', 'webp'],
  ['HEIC', iso('heic'), 'image/heic', 'heic'],
  ['HEIF', iso('mif1'), 'image/heif', 'heif'],
  ['AVIF', iso('avif'), 'image/avif', 'avif'],
];

/** A PNG of that many bytes, which go on after its end. */
export const sized = (bytes: number) => Buffer.concat([PNG, Buffer.alloc(bytes - PNG.length, 7)]);

export type Part =
  | { name: string; value: string }
  | { name: string; fileName: string; type: string; body: Buffer };

const BOUNDARY = 'form-boundary-7f3a';

export const session = (value: string): Part => ({ name: 'sessionId', value });
export const file = (body: Buffer = PNG, fileName = 'ring.png', type = 'image/png'): Part => ({
  name: 'file',
  fileName,
  type,
  body,
});

/** A multipart form with the parts in the order given, as `inject` takes it. */
export function form(headers: Record<string, string>, parts: Part[]) {
  const body = parts.flatMap((part) => {
    const isFile = 'body' in part;
    const type = isFile && part.type ? `\r\nContent-Type: ${part.type}` : '';
    const file = isFile ? `; filename="${part.fileName}"${type}` : '';
    const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${part.name}"${file}\r\n\r\n`;
    return [Buffer.from(head), isFile ? part.body : Buffer.from(part.value), Buffer.from('\r\n')];
  });
  const payload = Buffer.concat([...body, Buffer.from(`--${BOUNDARY}--\r\n`)]);
  return { headers: { ...headers, 'content-type': `multipart/form-data; boundary=${BOUNDARY}` }, payload };
}
