import type { Sharp, SharpOptions } from 'sharp';

/** A picture made from an image. */
export interface Picture {
  bytes: Buffer;
  width: number;
  height: number;
}

export type Rendered =
  | { outcome: 'rendered'; web: Picture; thumbnail: Picture }
  /** It is not of a kind that can be decoded here, or no image after all, or too large to be decoded. */
  | { outcome: 'not_decodable' }
  | { outcome: 'unreadable' }
  | { outcome: 'too_many_pixels' };

export interface RenderSettings {
  maxPixels: number;
}

export const PICTURE_TYPE = 'image/jpeg';
const WEB_PIXELS = 1600;
const THUMBNAIL_PIXELS = 320;
const QUALITY = 82;
/** Few images take a second. */
const TIMEOUT_SECONDS = 15;

/** Of all that libvips reads, what is taken here: a program in an image's clothes never meets another reader. */
const READERS = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif'].map((name) => `VipsForeignLoad${name}`);

/** The kinds of which some cannot be decoded: HEVC, in HEIC, is not free. */
const HEIF = /^image\/(heic|heif|avif)$/;

let loaded: Promise<(input: Buffer, options?: SharpOptions) => Sharp> | undefined;

// Loaded with the first image: a process that has none does without.
function loadSharp() {
  loaded ??= import('sharp').then(({ default: sharp }) => {
    sharp.block({ operation: ['VipsForeignLoad'] });
    sharp.unblock({ operation: READERS });
    sharp.cache(false);
    // several images are worked on at once already
    sharp.concurrency(1);
    return sharp;
  });
  return loaded;
}

/**
 * Draws an image anew, upright, in a size for the web and as a thumbnail. Only what is seen is taken over: no EXIF, no place where it was
 * taken, nothing that was hidden in the file or behind it. Of a moving picture it is the first frame.
 */
export const createRenderer =
  ({ maxPixels }: RenderSettings) =>
  async (bytes: Buffer, contentType: string): Promise<Rendered> => {
    const sharp = await loadSharp();
    const options = { limitInputPixels: maxPixels, sequentialRead: true, failOn: 'error' } as const;
    try {
      const web = await draw(sharp(bytes, options).autoOrient(), WEB_PIXELS);
      return { outcome: 'rendered', web, thumbnail: await draw(sharp(web.bytes), THUMBNAIL_PIXELS) };
    } catch (error) {
      return { outcome: whyNot(error, contentType) };
    }
  };

export type Render = ReturnType<typeof createRenderer>;

async function draw(image: Sharp, most: number): Promise<Picture> {
  const { data, info } = await image
    .resize({ width: most, height: most, fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .jpeg({ quality: QUALITY })
    .timeout({ seconds: TIMEOUT_SECONDS })
    .toBuffer({ resolveWithObject: true });
  return { bytes: data, width: info.width, height: info.height };
}

// What lies with the machine and not with the image is thrown, and tried again.
function whyNot(error: unknown, contentType: string): Exclude<Rendered['outcome'], 'rendered'> {
  const { message } = error as Error;
  if (/exceeds pixel limit/.test(message)) return 'too_many_pixels';
  if (/timeout|memory/i.test(message)) throw error;
  return HEIF.test(contentType) ? 'not_decodable' : 'unreadable';
}
