import { inflateSync } from 'node:zlib';
import { BinaryBitmap, Code128Reader, GlobalHistogramBinarizer, RGBLuminanceSource } from '@zxing/library';
import t from 'tap';
import { drawReturnSlip } from '../../src/domain/returns/draw-slip.js';
import type { ReturnRequest } from '../../src/domain/returns/return-request.js';
import { readableId } from '../../src/lib/ids.js';

const AT = new Date('2026-08-20T15:00:00Z');

const REQUEST: ReturnRequest = {
  rmaId: 'RMA-7K3M-9QX4',
  option: 'return',
  orderNumber: 'GG-12006',
  lines: [{ lineId: 'line-1', sku: 'RNG-101', title: 'Aurora Solitaire', quantity: 2 }],
  status: 'initiated',
  orderStatusBefore: 'delivered',
  history: [],
  createdAt: AT,
  updatedAt: AT,
  expiresAt: AT,
  deliveries: [],
};

const SHOP = { name: 'Shop', returnAddress: ['1 Example Street', 'New York'], formatDate: () => 'Aug 20' };

/** The streams of a PDF with the dictionary in front of each, unpacked where they are packed. */
function streams(pdf: Buffer): { dictionary: string; data: Buffer }[] {
  const text = pdf.toString('latin1');
  return [...text.matchAll(/<<((?:(?!endobj)[\s\S])*?)>>\s*stream\r?\n/g)].map((match) => {
    const start = (match.index ?? 0) + match[0].length;
    const length = Number(/\/Length (\d+)/.exec(match[1] ?? '')?.[1]);
    const data = pdf.subarray(start, start + length);
    return { dictionary: match[1] ?? '', data };
  });
}

const number = (dictionary: string, name: string) =>
  Number(new RegExp(`/${name} (\\d+)`).exec(dictionary)?.[1]);

/** The text that the page shows; pdfkit writes it in hexadecimal pieces. */
const textOf = (pdf: Buffer): string =>
  streams(pdf)
    .filter(({ dictionary }) => dictionary.includes('FlateDecode') && !dictionary.includes('/Image'))
    .map(({ data }) => inflateSync(data).toString('latin1'))
    .flatMap((content) => [...content.matchAll(/\[([^\]]*)\] TJ/g)])
    .map(([, pieces = '']) =>
      [...pieces.matchAll(/<([0-9a-f]*)>/g)]
        .map(([, hex = '']) => Buffer.from(hex, 'hex').toString('latin1'))
        .join(''),
    )
    .join('\n');

/** The barcode as it is drawn: an image of the PDF, three bytes a pixel. */
function readBarcode(pdf: Buffer): string {
  const image = streams(pdf).find(
    ({ dictionary }) => dictionary.includes('/Image') && dictionary.includes('/DeviceRGB'),
  );
  if (!image) throw new Error('There is no image in the PDF');
  const [width, height] = [number(image.dictionary, 'Width'), number(image.dictionary, 'Height')];
  const pixels = inflateSync(image.data);
  const grey = Uint8ClampedArray.from({ length: width * height }, (_, at) => pixels[at * 3] ?? 0);
  const bitmap = new BinaryBitmap(new GlobalHistogramBinarizer(new RGBLuminanceSource(grey, width, height)));
  return new Code128Reader().decode(bitmap).getText();
}

t.test('returns: the slip is one page that says what is sent, and where to', async (t) => {
  const pdf = await drawReturnSlip(REQUEST, SHOP);
  t.match(pdf.subarray(0, 8).toString('latin1'), /^%PDF-1\./);
  t.match(pdf.subarray(-8).toString('latin1'), '%%EOF');
  t.equal(pdf.toString('latin1').match(/\/Type \/Page\b(?!s)/g)?.length, 1);
  const text = textOf(pdf);
  for (const part of [
    'Return slip',
    'RMA-7K3M-9QX4',
    'GG-12006',
    '2 × RNG-101 Aurora Solitaire',
    '1 Example Street',
    'Aug 20',
  ])
    t.ok(text.includes(part), part);
});

t.test('returns: its barcode reads back as the RMA number', async (t) => {
  for (const rmaId of [REQUEST.rmaId, readableId('RMA'), readableId('RMA'), readableId('RMA')])
    t.equal(readBarcode(await drawReturnSlip({ ...REQUEST, rmaId }, SHOP)), rmaId);
});

t.test('returns: it stays one page, whatever the order is like', async (t) => {
  const title = 'A name that goes on and on, 漢字 Łódź '.repeat(20);
  const lines = Array.from({ length: 60 }, (_, n) => ({ lineId: `line-${n}`, title, quantity: 1 }));
  const shop = { ...SHOP, returnAddress: Array.from({ length: 30 }, () => 'x'.repeat(500)) };
  const pdf = await drawReturnSlip({ ...REQUEST, orderNumber: 'Ünïcode\n—', lines }, shop);
  t.equal(pdf.toString('latin1').match(/\/Type \/Page\b(?!s)/g)?.length, 1);
  t.match(textOf(pdf), 'and 42 more');
  const empty = await drawReturnSlip({ ...REQUEST, lines: [] }, { ...SHOP, returnAddress: [] });
  t.match(textOf(empty), 'The address that we send you by email');
});
