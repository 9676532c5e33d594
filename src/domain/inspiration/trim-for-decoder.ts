/** Profiles and notes that are larger than this are left out: nobody's photo needs them, and a decoder would unpack them. */
const MAX_EXTRA_BYTES = 64 * 1024;

/**
 * An image without what is not needed to draw it: texts, previews, packed notes, other programs' data. What is left is read by a decoder
 * in less memory, and with fewer of its parts. What cannot be taken apart is left as it is, for the decoder to refuse. EXIF stays, since
 * it says which way is up; it goes when the image is encoded again (re-encode-image.ts).
 */
export function trimForDecoder(bytes: Buffer, contentType: string): Buffer {
  if (contentType === 'image/png') return trimPng(bytes);
  if (contentType === 'image/jpeg') return trimJpeg(bytes);
  return bytes;
}

const PNG_HEAD_BYTES = 8;
/** What a PNG is drawn from. Of a moving one that is its first picture. */
const PNG_CHUNKS = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'gAMA', 'cHRM', 'sRGB', 'sBIT']);
/** The colour profile, and which way is up. */
const PNG_EXTRAS = new Set(['iCCP', 'eXIf']);

function trimPng(bytes: Buffer): Buffer {
  const kept = [bytes.subarray(0, PNG_HEAD_BYTES)];
  for (let at = PNG_HEAD_BYTES; at + 12 <= bytes.length; ) {
    const end = at + 12 + bytes.readUInt32BE(at);
    const name = bytes.toString('latin1', at + 4, at + 8);
    const isKept = PNG_CHUNKS.has(name) || (PNG_EXTRAS.has(name) && end - at <= MAX_EXTRA_BYTES);
    // one that is cut off goes along, so that the decoder sees that it is
    if (isKept || end > bytes.length) kept.push(bytes.subarray(at, Math.min(end, bytes.length)));
    if (name === 'IEND') break;
    at = end;
  }
  return Buffer.concat(kept);
}

const [MARKER, START_OF_SCAN, COMMENT] = [0xff, 0xda, 0xfe];
const [APP0, APP15] = [0xe0, 0xef];
/** Which way is up, the colour profile, and how the colours are stored. */
const JPEG_EXTRAS = ['JFIF\0', 'Exif\0', 'ICC_PROFILE\0', 'Adobe'];

function trimJpeg(bytes: Buffer): Buffer {
  const kept = [bytes.subarray(0, 2)];
  let extraBytes = 0;
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === MARKER) {
    const kind = bytes[at + 1] ?? 0;
    // any number of fill bytes may stand before a marker
    if (kind === MARKER) {
      at += 1;
      continue;
    }
    if (kind === START_OF_SCAN) break;
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    const segment = bytes.subarray(at, end);
    const isExtra = kind === COMMENT || (kind >= APP0 && kind <= APP15);
    const isNeeded = JPEG_EXTRAS.some((name) => segment.toString('latin1', 4, 4 + name.length) === name);
    if (isExtra) extraBytes += isNeeded ? segment.length : 0;
    if (!isExtra || (isNeeded && extraBytes <= MAX_EXTRA_BYTES * 2)) kept.push(segment);
    at = end;
  }
  return Buffer.concat([...kept, bytes.subarray(at)]);
}
