import sharp from 'sharp';
import type { Random } from '../../embedded/test/mongodb/fuzz/random.js';
import { file, HEIC, type Part, session } from '../images.js';

interface RealImage {
  name: string;
  bytes: Buffer;
  contentType: string;
  extension: string;
}

/** One image of each way in which the types that are taken are stored; small, so that thousands are soon sent. */
export async function realImages(): Promise<RealImage[]> {
  const picture = (width: number, height: number) => {
    const pixels = Buffer.from(
      Array.from({ length: width * height * 3 }, (_, n) => (n * n * 31 + (n >> 5) * 97) & 255),
    );
    return sharp(pixels, { raw: { width, height, channels: 3 } });
  };
  const exif = { IFD0: { Artist: 'someone' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '48/1 12/1 30/1' } };
  const frames = [picture(24, 16), picture(24, 16).negate()].map((frame) => frame.png().toBuffer());
  const moving = sharp(await Promise.all(frames), { join: { animated: true } });
  const images: [name: string, type: string, extension: string, bytes: Buffer | Promise<Buffer>][] = [
    ['JPEG', 'jpeg', 'jpg', picture(48, 32).withExif(exif).jpeg().toBuffer()],
    ['JPEG in scans', 'jpeg', 'jpg', picture(48, 32).jpeg({ progressive: true }).toBuffer()],
    ['JPEG in CMYK', 'jpeg', 'jpg', picture(32, 32).toColourspace('cmyk').jpeg().toBuffer()],
    ['JPEG on its side', 'jpeg', 'jpg', picture(40, 24).withMetadata({ orientation: 6 }).jpeg().toBuffer()],
    ['PNG', 'png', 'png', picture(40, 24).png().toBuffer()],
    ['PNG of a palette', 'png', 'png', picture(40, 24).png({ palette: true, colours: 16 }).toBuffer()],
    [
      'PNG of 16 bits, interlaced',
      'png',
      'png',
      picture(24, 24).toColourspace('rgb16').png({ progressive: true }).toBuffer(),
    ],
    ['WebP', 'webp', 'webp', picture(48, 32).webp().toBuffer()],
    [
      'WebP without loss',
      'webp',
      'webp',
      picture(32, 32).ensureAlpha(0.5).webp({ lossless: true }).toBuffer(),
    ],
    ['WebP that moves', 'webp', 'webp', moving.clone().webp().toBuffer()],
    ['GIF', 'gif', 'gif', picture(32, 24).gif().toBuffer()],
    ['GIF that moves', 'gif', 'gif', moving.clone().gif().toBuffer()],
    ['AVIF', 'avif', 'avif', picture(64, 48).avif({ effort: 0 }).toBuffer()],
    ['HEIC', 'heic', 'heic', HEIC],
  ];
  return Promise.all(
    images.map(async ([name, type, extension, bytes]) => ({
      name,
      bytes: await bytes,
      contentType: `image/${type}`,
      extension,
    })),
  );
}

type Mutation = (bytes: Buffer, random: Random, others: readonly RealImage[]) => Buffer;

/** Sizes, counts and offsets that a reader may believe. */
const NUMBERS = [
  0, 1, 0x7f, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff, 8000, 20_000,
  65_500,
];

const MUTATIONS: Record<string, Mutation> = {
  whole: (bytes) => bytes,
  'bits turned': (bytes, random) => {
    for (let left = 1 + random.below(8); left > 0; left--) {
      const at = random.below(bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    }
    return bytes;
  },
  'a number in its head': (bytes, random) => {
    const at = random.below(Math.min(bytes.length - 4, 400));
    const number = random.pick(NUMBERS);
    if (random.chance(0.5)) bytes.writeUInt16BE(number & 0xffff, at);
    else if (random.chance(0.6)) bytes.writeUInt32BE(number, at);
    else bytes.writeUInt16LE(number & 0xffff, at);
    return bytes;
  },
  'cut off': (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  'a stretch taken out': (bytes, random) => {
    const at = random.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(64))]);
  },
  'a stretch repeated': (bytes, random) => {
    const at = random.below(bytes.length);
    const stretch = bytes.subarray(at, at + 1 + random.below(200));
    const times = 1 + random.below(random.chance(0.05) ? 2000 : 20);
    return Buffer.concat([
      bytes.subarray(0, at),
      ...Array.from({ length: times }, () => stretch),
      bytes.subarray(at),
    ]);
  },
  'a stretch of noise': (bytes, random) => {
    const at = random.below(bytes.length);
    for (let n = at; n < Math.min(bytes.length, at + 1 + random.below(128)); n++)
      bytes[n] = random.below(256);
    return bytes;
  },
  'the head of one and the rest of another': (bytes, random, others) => {
    const { bytes: other } = random.pick(others);
    return Buffer.concat([
      bytes.subarray(0, random.below(bytes.length)),
      other.subarray(random.below(other.length)),
    ]);
  },
  'more behind it': (bytes, random) =>
    Buffer.concat([bytes, Buffer.alloc(random.below(50_000), random.below(256))]),
};
const NAMES = Object.keys(MUTATIONS);

/** Larger than a part of an upload to the store: sent in two. */
const LARGE_BYTES = 5 * 1024 * 1024 + 70_000;
const CLAIMS = [
  '',
  'application/octet-stream',
  'image/*',
  'image/svg+xml',
  'image/jpeg; charset=binary',
  'text/html',
  'IMAGE/PNG',
];
const FILES = [
  'x',
  '',
  '../../etc/passwd',
  'a'.repeat(300),
  'photo.exe',
  'ring.JPG',
  'taken at St.Ives',
  'émeraude 😀.png',
];

interface OddUpload {
  /** What was done, for who has to repeat it. */
  name: string;
  parts: Part[];
  /** So much of the request is sent before its sender is gone; undefined when all of it is. */
  sentShare?: number;
}

/** A form with a real image of which a few things have been changed; the same for the same state of the generator. */
export function oddUpload(random: Random, sessionId: string, images: readonly RealImage[]): OddUpload {
  const image = random.pick(images);
  const mutations = Array.from({ length: 1 + random.below(3) }, () => random.pick(NAMES));
  let bytes: Buffer = Buffer.from(image.bytes);
  for (const mutation of mutations)
    if (bytes.length > 8) bytes = MUTATIONS[mutation]?.(bytes, random, images) ?? bytes;
  const isLarge = random.chance(1 / 400);
  if (isLarge) bytes = Buffer.concat([bytes, Buffer.alloc(LARGE_BYTES, 7)]);
  const type = random.chance(0.9) ? image.contentType : random.pick(CLAIMS);
  const fileName = random.chance(0.9) ? `ring.${image.extension}` : random.pick(FILES);
  const parts = [session(sessionId), file(bytes, fileName, type)];
  if (random.chance(0.1)) parts.reverse();
  if (random.chance(0.02)) parts.splice(random.below(2), 1);
  if (random.chance(0.02)) parts.push(random.pick(parts));
  const name = `${image.name}: ${mutations.join(', ')}${isLarge ? ', large' : ''}`;
  return { name, parts, sentShare: random.chance(0.03) ? random.below(1000) / 1000 : undefined };
}
