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

/** `text/plain` is what a part counts as that says nothing. */
const NO_CLAIM = ['', 'application/octet-stream', 'binary/octet-stream', 'text/plain', 'image/*'];

/** The type of an image by its bytes, whatever it is called; undefined for anything that is not taken. Never SVG: it is a program. */
export async function imageType(bytes: Uint8Array): Promise<ImageType | undefined> {
  // loaded with the first image
  const { fileTypeFromBuffer } = await import('file-type');
  const type = await fileTypeFromBuffer(bytes);
  return type && Object.hasOwn(TAKEN, type.mime) ? TAKEN[type.mime] : undefined;
}

/** Which of the two claims otherwise, if one does: the name by its extension, or the media type. No claim is no lie. */
export function lieOf(
  { mime }: ImageType,
  claims: { fileName: string; contentType: string },
): string | undefined {
  const { mimes, extensions } = FAMILIES[mime] ?? HEIF;
  const claimed = claims.contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (!NO_CLAIM.includes(claimed) && !mimes.includes(claimed)) return claimed;
  const extension = /\.([a-z][a-z0-9]{0,4})$/i.exec(claims.fileName)?.[1]?.toLowerCase();
  return extension !== undefined && !extensions.includes(extension) ? `.${extension}` : undefined;
}

/** The type that a media type names, if it is taken; of a family, any name will do. */
export function namedType(contentType: string): ImageType | undefined {
  const name = contentType.trim().toLowerCase();
  return Object.hasOwn(TAKEN, name) ? TAKEN[name] : TAKEN[familyOf(name)];
}

const familyOf = (name: string): string =>
  Object.entries(FAMILIES).find(([, { mimes }]) => mimes.includes(name))?.[0] ?? '';
