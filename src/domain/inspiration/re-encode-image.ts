/// <reference path="./libheif-js.d.ts" />
import type { Sharp, SharpOptions } from 'sharp';
import { trimForDecoder } from './trim-for-decoder.js';

/** A picture made from an image. */
export interface Picture {
  bytes: Uint8Array;
  width: number;
  height: number;
}

export type Drawn =
  | { outcome: 'rendered'; web: Picture; thumbnail: Picture }
  /** It is not of a kind that can be decoded here, or no image after all, or too large to be decoded. */
  | { outcome: 'not_decodable' }
  | { outcome: 'unreadable' }
  | { outcome: 'too_many_pixels' };

export const PICTURE_TYPE = 'image/jpeg';
const WEB_PIXELS = 1600;
const THUMBNAIL_PIXELS = 320;
const QUALITY = 82;
/** Few images take a second. */
export const TIMEOUT_SECONDS = 15;
/** No camera makes a longer side; a decoder keeps whole rows, however few there are. */
const MAX_SIDE_PIXELS = 20_000;
/** The decoder of HEIC holds a picture several times over. */
const MAX_HEIC_PIXELS = 26_000_000;

/** Of all that libvips reads, what is taken here: a program in an image's clothes never meets another reader. */
const READERS = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif'].map((name) => `VipsForeignLoad${name}`);

/** The kinds of which libvips cannot decode all: HEVC, in HEIC, is not in its builds. */
const HEIF = /^image\/(heic|heif|avif)$/;
const END_OF_JPEG = Buffer.from([0xff, 0xd9]);

type Load = (input: Buffer, options?: SharpOptions) => Sharp;

async function loadSharp(): Promise<Load> {
  const { default: sharp } = await import('sharp');
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: READERS });
  sharp.cache(false);
  sharp.concurrency(1);
  return sharp;
}

/**
 * Draws an image anew, upright, in a size for the web and as a thumbnail. Only what is seen is taken over: EXIF and its GPS position go,
 * and so does what was hidden in the file or behind it. Of a moving picture it is the first frame.
 *
 * Whatever a decoder does with the bytes happens here, so this runs in a process that may die of it (`decoder.ts`).
 */
export async function drawImage(bytes: Buffer, contentType: string, maxPixels: number): Promise<Drawn> {
  const sharp = await loadSharp();
  const options = { limitInputPixels: maxPixels, sequentialRead: true, failOn: 'error' } as const;
  const input = trimForDecoder(bytes, contentType);
  try {
    const { width, height } = await sharp(input, options).metadata();
    if (Math.max(width, height) > MAX_SIDE_PIXELS) return { outcome: 'too_many_pixels' };
    return await drawn(sharp, sharp(input, options).autoOrient());
  } catch (error) {
    const outcome = whyNot(error);
    if (outcome !== 'unreadable') return { outcome };
    if (HEIF.test(contentType)) return drawHeif(sharp, input);
    if (contentType === 'image/jpeg') return drawEndless(sharp, input, maxPixels);
    return { outcome };
  }
}

async function drawn(sharp: Load, image: Sharp): Promise<Drawn> {
  const web = await draw(image, WEB_PIXELS);
  return { outcome: 'rendered', web, thumbnail: await draw(sharp(Buffer.from(web.bytes)), THUMBNAIL_PIXELS) };
}

/** A JPEG that lacks nothing but the mark of its end: cameras and transfers lose it. With the mark, a decoder has nothing to complain of. */
async function drawEndless(sharp: Load, bytes: Buffer, maxPixels: number): Promise<Drawn> {
  const whole = Buffer.concat([bytes, END_OF_JPEG]);
  try {
    return await drawn(sharp, sharp(whole, { limitInputPixels: maxPixels, failOn: 'warning' }).autoOrient());
  } catch (error) {
    return { outcome: whyNot(error) };
  }
}

/** With the decoder that knows HEVC. It turns the picture upright by itself. */
async function drawHeif(sharp: Load, bytes: Buffer): Promise<Drawn> {
  const { default: libheif } = await import('libheif-js/wasm-bundle.js');
  const [image] = new libheif.HeifDecoder().decode(bytes);
  if (!image) return { outcome: 'not_decodable' };
  const [width, height] = [image.get_width(), image.get_height()];
  if (width * height > MAX_HEIC_PIXELS || Math.max(width, height) > MAX_SIDE_PIXELS)
    return { outcome: 'too_many_pixels' };
  const target = { data: new Uint8ClampedArray(width * height * 4), width, height };
  const shown = await new Promise((resolve) => image.display(target, resolve));
  if (!shown) return { outcome: 'not_decodable' };
  const raw = { width, height, channels: 4 } as const;
  return drawn(sharp, sharp(Buffer.from(target.data.buffer), { raw }));
}

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
function whyNot(error: unknown): 'unreadable' | 'too_many_pixels' {
  const { message } = error as Error;
  if (/exceeds pixel limit/.test(message)) return 'too_many_pixels';
  // libheif says so of numbers in the file, without having asked for any memory
  if (/Security limit exceeded/.test(message)) return 'unreadable';
  if (/timeout|memory/i.test(message)) throw error;
  return 'unreadable';
}
