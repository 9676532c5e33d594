import { deflateSync } from 'node:zlib';
import { file, iso, JPEG, type Part, PNG, session, sized, TYPES } from '../images.js';

/** What one hostile or odd form is answered with. */
interface Case {
  name: string;
  parts: Part[];
  status: number;
  code?: string;
}

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';

const kept = (name: string, ...parts: Part[]): Case => ({
  name,
  parts: [session('s'), ...parts],
  status: 201,
});
const refusal =
  (status: number, code: string) =>
  (name: string, body: Buffer | string, fileName = 'x', type = '') => ({
    name,
    parts: [session('s'), file(Buffer.from(body), fileName, type)],
    status,
    code,
  });
const noImage = refusal(415, 'upload.not_an_image');
const lie = refusal(415, 'upload.type_mismatch');

/** A PNG of many pixels in few bytes. */
export function bomb(side: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header[8] = 1;
  const rows = Buffer.alloc((Math.ceil(side / 8) + 1) * side);
  const chunk = (type: string, data: Buffer) => {
    const typed = Buffer.concat([latin1(type), data]);
    const framed = Buffer.alloc(typed.length + 8);
    framed.writeUInt32BE(data.length, 0);
    typed.copy(framed, 4);
    framed.writeUInt32BE(crc32(typed), typed.length + 4);
    return framed;
  };
  const chunks = [chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([PNG.subarray(0, 8), ...chunks]);
}

function crc32(bytes: Buffer): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
  }
  return ~crc >>> 0;
}

/** Files and forms, hostile and odd; `maxBytes` is the limit of the service that they are sent to. */
export const corpus = (maxBytes: number): Case[] => [
  // no image, whatever it is called
  noImage('an SVG', SVG, 'x.svg', 'image/svg+xml'),
  noImage('an SVG as a PNG', SVG, 'x.png', 'image/png'),
  noImage('an SVG with a prologue', `<?xml version="1.0"?>\n${SVG}`),
  noImage('an SVG in gzip', Buffer.from('1f8b0800000000000003', 'hex'), 'x.svgz'),
  noImage('a page', '<!doctype html><script>alert(1)</script>', 'x.jpg', 'image/jpeg'),
  noImage('a text', 'a ring', 'ring.png', 'image/png'),
  noImage('one byte', 'x'),
  noImage('half of the signature of a PNG', PNG.subarray(0, 4)),
  noImage('a PDF', '%PDF-1.7\n', 'x.png', 'image/png'),
  noImage('a ZIP', latin1('PK\x03\x04\x14\x00\x00\x00\x00\x00'), 'x.heic', 'image/heic'),
  noImage('a BMP', latin1('BM\x3a\x00\x00\x00\x00\x00'), 'x.bmp', 'image/bmp'),
  noImage('a TIFF', latin1('II*\x00\x08\x00\x00\x00\x00\x00'), 'x.tiff', 'image/tiff'),
  noImage('a film', iso('isom'), 'x.heic', 'image/heic'),
  noImage('a program', latin1('\x7fELF\x02\x01\x01'), 'x.gif', 'image/gif'),
  noImage('a program of Windows', latin1('MZ\x90\x00\x03'), 'x.jpg', 'image/jpeg'),
  noImage('an image after a text', Buffer.concat([Buffer.from('hello'), PNG]), 'x.png', 'image/png'),
  noImage('zeros', Buffer.alloc(4096), 'x.png', 'image/png'),
  noImage('random bytes', latin1('\x9d\x01\xe4\x77\x10\x03\xb1\x52'.repeat(600)), 'x.jpg', 'image/jpeg'),
  // an image that claims to be something else
  lie('a PNG by the name of a JPEG', PNG, 'x.jpg'),
  lie('a JPEG as image/png', JPEG, 'x', 'image/png'),
  lie('a PNG by the name of a page', PNG, 'x.html'),
  lie('a PNG by the name of an SVG', PNG, 'x.png.svg', 'image/png'),
  lie('a JPEG by the name of a program', JPEG, 'x.exe', 'image/jpeg'),
  lie('a GIF as a page', TYPES[2]?.[1] ?? '', 'x.gif', 'text/html; charset=utf-8'),
  lie('a WebP as an SVG', TYPES[3]?.[1] ?? '', 'x.webp', 'image/svg+xml'),
  lie('an AVIF as a JPEG', iso('avif'), 'x.avif', 'image/jpeg'),
  // forms that are not right
  { name: 'no file', parts: [session('s')], status: 400, code: 'upload.no_file' },
  { name: 'an empty form', parts: [], status: 400, code: 'upload.no_file' },
  {
    name: 'a file as a text',
    parts: [session('s'), { name: 'file', value: 'x' }],
    status: 400,
    code: 'upload.no_file',
  },
  { name: 'an empty file', parts: [session('s'), file(Buffer.alloc(0))], status: 400, code: 'upload.empty' },
  {
    name: 'two files',
    parts: [session('s'), file(), file(JPEG, 'b.jpg')],
    status: 400,
    code: 'upload.several_files',
  },
  {
    name: 'two files, then the session',
    parts: [file(), file(), session('s')],
    status: 400,
    code: 'upload.several_files',
  },
  {
    name: 'inputs in which nothing was chosen',
    parts: [session('s'), file(Buffer.alloc(0), '', 'application/octet-stream')],
    status: 400,
    code: 'upload.no_file',
  },
  { name: 'no session', parts: [file()], status: 400, code: 'upload.no_session' },
  { name: 'an empty session', parts: [session(''), file()], status: 400, code: 'upload.no_session' },
  { name: 'a blank session', parts: [file(), session(' \t ')], status: 400, code: 'upload.no_session' },
  { name: 'a long session', parts: [session('x'.repeat(129)), file()], status: 400, code: 'request.invalid' },
  { name: 'a longer one', parts: [session('x'.repeat(5000)), file()], status: 400, code: 'request.invalid' },
  {
    name: 'a long caption',
    parts: [session('s'), { name: 'caption', value: 'x'.repeat(501) }, file()],
    status: 400,
    code: 'request.invalid',
  },
  {
    name: 'eleven fields',
    parts: [...Array.from({ length: 11 }, (_, nth) => ({ name: `f${nth}`, value: 'x' })), file()],
    status: 400,
    code: 'request.malformed',
  },
  ...['__proto__', 'constructor', 'toString'].map((name) => ({
    name: `a field ${name}`,
    parts: [{ name, value: 'x' }, session('s'), file()],
    status: 400,
    code: 'request.malformed',
  })),
  // too large
  refusal(413, 'upload.too_large')('a byte too many', sized(maxBytes + 1)),
  refusal(413, 'upload.too_large')('many bytes too many', sized(maxBytes + 300_000)),
  {
    name: 'the same, before the session',
    parts: [file(sized(maxBytes + 1)), session('s')],
    status: 413,
    code: 'upload.too_large',
  },
  // odd, and kept: what they are worth shows when they are re-encoded
  kept('as large as the limit', file(sized(maxBytes))),
  kept('no name and no type', file(PNG, '', '')),
  kept('a name that ends like no file', file(JPEG, 'taken at St.Ives', 'image/jpeg')),
  kept('a name that ends in a number', file(JPEG, 'ring v1.2', 'image/jpeg')),
  kept('a media type with a parameter', file(JPEG, 'x.jpg', 'image/jpeg; charset=binary')),
  kept('a HEIF sequence', file(iso('msf1'), 'x.heics', 'image/heif-sequence')),
  kept('a HEVC sequence', file(iso('hevc'), 'x.heic', 'image/heic-sequence')),
  kept('a HEIF of several views', file(iso('heim'), 'x.heic', '')),
  {
    name: 'a second input in which nothing was chosen',
    parts: [file(), file(Buffer.alloc(0), '', 'application/octet-stream'), session('s')],
    status: 201,
  },
  {
    name: 'a first input in which nothing was chosen',
    parts: [file(Buffer.alloc(0), '', ''), session('s'), file()],
    status: 201,
  },
  kept('a name of a path', file(PNG, '../../etc/passwd')),
  kept('a JPEG that ends early', file(JPEG.subarray(0, 12), 'x.JPEG', 'image/pjpeg')),
  kept('a PNG with a page behind it', file(Buffer.concat([PNG, Buffer.from('<script>')]), 'x.png')),
  kept('a GIF that is a program too', file(latin1('GIF89a=1;alert(1)//'), 'x.gif', 'image/gif')),
  kept('a PNG of 400 million pixels', file(bomb(20_000))),
  kept('an AVIF by the name of a HEIC', file(iso('avif'), 'x.heic', 'image/heic')),
];
