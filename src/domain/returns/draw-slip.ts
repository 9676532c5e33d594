import { toBuffer } from 'bwip-js/node';
import PDFDocument from 'pdfkit';
import type { ReturnRequest } from './return-request.js';
import type { ReturnOption } from './return-steps.js';

/** What the slip says of the shop. */
interface SlipShop {
  name: string;
  /** Where pieces are sent to, line by line; empty when the shop has not set it. */
  returnAddress: string[];
  /** How dates are written. */
  formatDate: (date: Date) => string;
}

const TITLES: Record<ReturnOption, string> = {
  return: 'Return slip',
  resize: 'Resize slip',
  care: 'Care slip',
};
const MARGIN = 56;
/** More lines than fit on the page are counted, not listed: the parcel is known by its RMA. */
const MAX_LINES = 18;

/**
 * The slip that a customer prints and puts into the parcel: one A4 page with the RMA number, also as a Code 128 barcode,
 * the order, its lines and the address to send to.
 */
export async function drawReturnSlip(request: ReturnRequest, shop: SlipShop): Promise<Buffer> {
  const barcode = await toBuffer({
    bcid: 'code128',
    text: request.rmaId,
    scale: 3,
    height: 16,
    backgroundcolor: 'FFFFFF',
  });
  const title = `${TITLES[request.option]} ${request.rmaId}`;
  const document = new PDFDocument({
    size: 'A4',
    margin: MARGIN,
    info: { Title: title, CreationDate: request.createdAt },
  });
  const written = collect(document);
  drawHead(document, request, shop, barcode);
  drawLines(document, request);
  drawAddress(document, request, shop);
  document.end();
  return written;
}

function collect(document: PDFKit.PDFDocument): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', () => resolve(Buffer.concat(chunks)));
    document.on('error', reject);
  });
}

function drawHead(
  document: PDFKit.PDFDocument,
  request: ReturnRequest,
  shop: SlipShop,
  barcode: Buffer,
): void {
  document.font('Helvetica').fontSize(11).text(printable(shop.name));
  document.fontSize(24).text(TITLES[request.option]).moveDown(0.8);
  document.image(barcode, { fit: [260, 80] }).moveDown(0.5);
  document.font('Courier-Bold').fontSize(20).text(request.rmaId).moveDown(0.8);
  document.font('Helvetica').fontSize(11);
  document.text(`Order ${printable(request.orderNumber)}`);
  document.text(
    `Started on ${shop.formatDate(request.createdAt)}; please send it in by ${shop.formatDate(request.expiresAt)}`,
  );
  document.moveDown(1.2);
}

function drawLines(document: PDFKit.PDFDocument, { lines }: ReturnRequest): void {
  document.font('Helvetica-Bold').text('In this parcel').font('Helvetica').moveDown(0.3);
  for (const { quantity, title, sku } of lines.slice(0, MAX_LINES)) {
    const text = `${quantity} × ${sku ? `${sku} ` : ''}${title}`;
    document.text(printable(text), {
      height: 14,
      lineBreak: false,
      ellipsis: true,
      width: document.page.width - 2 * MARGIN,
    });
  }
  if (lines.length > MAX_LINES) document.text(`and ${lines.length - MAX_LINES} more`);
  document.moveDown(1.2);
}

function drawAddress(
  document: PDFKit.PDFDocument,
  { rmaId }: ReturnRequest,
  { returnAddress }: SlipShop,
): void {
  document.font('Helvetica-Bold').text('Send it to').font('Helvetica').moveDown(0.3);
  const address = returnAddress.length > 0 ? returnAddress : ['The address that we send you by email'];
  for (const line of address.slice(0, 8)) document.text(printable(line.slice(0, 80)));
  document.moveDown(1.2);
  document
    .fontSize(9)
    .text(`Put this page into the parcel, and keep the number ${rmaId}: it is what we know your piece by.`);
}

// The standard fonts have the letters of Western Europe: others are shown without their accents, or as a question mark.
function printable(text: string): string {
  return [...text.replace(/\s+/g, ' ')]
    .map((letter) => (isWestern(letter) ? letter : plain(letter)))
    .join('');
}

const isWestern = (letter: string): boolean => /^[\x20-\x7e\xa1-\xff–—‘’“”•…€]$/.test(letter);
const plain = (letter: string): string => letter.normalize('NFKD').replace(/[^\x20-\x7e]/g, '') || '?';
