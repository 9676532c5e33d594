export interface ImageType {
  mime: string;
  extension: string;
}

/** So many first bytes tell the type. */
export const TELLING_BYTES = 4100;

/** What the bytes may be, and what it is to us: an animated PNG is a PNG. */
const TAKEN: Record<string, ImageType> = {
  'image/jpeg': { mime: 'image/jpeg', extension: 'jpg' },
  'image/png': { mime: 'image/png', extension: 'png' },
  'image/apng': { mime: 'image/png', extension: 'png' },
  'image/webp': { mime: 'image/webp', extension: 'webp' },
  'image/gif': { mime: 'image/gif', extension: 'gif' },
  'image/heic': { mime: 'image/heic', extension: 'heic' },
  'image/heif': { mime: 'image/heif', extension: 'heif' },
  'image/avif': { mime: 'image/avif', extension: 'avif' },
};

/** What people and programs call each: of one family, one may be called like the other. */
const FAMILIES: Record<string, { mimes: string[]; extensions: string[] }> = {
  'image/jpeg': {
    mimes: ['image/jpeg', 'image/jpg', 'image/pjpeg'],
    extensions: ['jpg', 'jpeg', 'jpe', 'jfif'],
  },
  'image/png': { mimes: ['image/png', 'image/x-png', 'image/apng'], extensions: ['png', 'apng'] },
  'image/webp': { mimes: ['image/webp'], extensions: ['webp'] },
  'image/gif': { mimes: ['image/gif'], extensions: ['gif'] },
};
/** One container, whose brands do not always tell what is in it. */
const HEIF = {
  mimes: ['image/heic', 'image/heif', 'image/heic-sequence', 'image/heif-sequence', 'image/avif'],
  extensions: ['heic', 'heif', 'hif', 'avif'],
};

/**
 * What an extension says something by: a name may end in any other way, such as `taken at St.Ives`. Those of images, and of what is
 * often sent in place of one or dressed up as one.
 */
const KNOWN_EXTENSIONS = new Set([
  ...Object.values(FAMILIES).flatMap(({ extensions }) => extensions),
  ...HEIF.extensions,
  ...'bmp tif tiff ico psd dng cr2 nef arw raw jxl jp2'.split(' '),
  ...'svg svgz htm html xhtml mhtml xml xsl js mjs json php phtml asp aspx jsp css swf'.split(' '),
  ...'exe com bat cmd msi dll scr ps1 vbs sh bash jar apk app bin iso dmg lnk'.split(' '),
  ...'pdf ps eps doc docx xls xlsx ppt pptx odt ods rtf txt csv md eml'.split(' '),
  ...'zip rar 7z gz tar tgz bz2 xz mp3 m4a wav ogg mp4 m4v mov avi mkv webm mpg mpeg 3gp'.split(' '),
]);

/** `text/plain` is what a part counts as that says nothing. */
const NO_CLAIM = ['', 'application/octet-stream', 'binary/octet-stream', 'text/plain', 'image/*'];

/**
 * What the brands of a HEIF file say is in it: of ISO/IEC 23008-12 (HEVC, single images and sequences) and of the AV1 image format. The
 * general ones come with any codec.
 */
const BRANDS: Record<string, string> = {
  ...Object.fromEntries(
    ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs'].map((brand) => [brand, 'image/heic']),
  ),
  avif: 'image/avif',
  avis: 'image/avif',
  mif1: 'image/heif',
  mif2: 'image/heif',
  msf1: 'image/heif',
  miaf: 'image/heif',
};

/** The type of an image by its bytes, whatever it is called; undefined for anything that is not taken. Never SVG: it is a program. */
export async function imageType(bytes: Uint8Array): Promise<ImageType | undefined> {
  const heif = heifType(bytes);
  if (heif) return TAKEN[heif];
  // loaded with the first image
  const { fileTypeFromBuffer } = await import('file-type');
  const type = await fileTypeFromBuffer(bytes);
  return type && Object.hasOwn(TAKEN, type.mime) ? TAKEN[type.mime] : undefined;
}

/** By the first brand of its `ftyp` box that says so, the major one first. */
function heifType(bytes: Uint8Array): string | undefined {
  const text = (from: number) => Buffer.from(bytes.subarray(from, from + 4)).toString('latin1');
  if (bytes.length < 16 || text(4) !== 'ftyp') return undefined;
  const end = Math.min(new DataView(bytes.buffer, bytes.byteOffset).getUint32(0), bytes.length, 256);
  const compatible = Array.from({ length: Math.max(0, Math.floor((end - 16) / 4)) }, (_, nth) =>
    text(16 + 4 * nth),
  );
  const [major = '', ...others] = [text(8), ...compatible].filter((brand) => Object.hasOwn(BRANDS, brand));
  if (major !== text(8)) return undefined;
  // a general brand is told apart by the others
  const told = [major, ...others].find((brand) => BRANDS[brand] !== 'image/heif') ?? major;
  return BRANDS[told];
}

/** Which of the two claims otherwise, if one does: the name by its extension, or the media type. No claim is no lie. */
export function lieOf(
  { mime }: ImageType,
  claims: { fileName: string; contentType: string },
): string | undefined {
  const { mimes, extensions } = FAMILIES[mime] ?? HEIF;
  const claimed = essence(claims.contentType);
  if (!NO_CLAIM.includes(claimed) && !mimes.includes(claimed)) return claimed;
  const extension = /\.([a-z0-9]+)$/i.exec(claims.fileName.trim())?.[1]?.toLowerCase() ?? '';
  return KNOWN_EXTENSIONS.has(extension) && !extensions.includes(extension) ? `.${extension}` : undefined;
}

/** A media type without its parameters: `image/jpeg; charset=binary` is `image/jpeg`. */
const essence = (contentType: string): string => contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';

/** The type that a media type names, if it is taken; of a family, any name will do. */
export function namedType(contentType: string): ImageType | undefined {
  const name = essence(contentType);
  return Object.hasOwn(TAKEN, name) ? TAKEN[name] : TAKEN[familyOf(name)];
}

const familyOf = (name: string): string =>
  Object.entries(FAMILIES).find(([, { mimes }]) => mimes.includes(name))?.[0] ?? '';
