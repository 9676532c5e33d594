/*
 * Which products on sale the service cannot read, or lack what the widget shows, for the shop's data team:
 *
 *   MONGODB_URI=… npm run catalogue:report -- [--format table|csv|json] [--currency USD]
 */
import { parseArgs } from 'node:util';
import type { Db } from 'mongodb';
import { findShortcoming, type Shortcoming } from '../src/domain/catalog/shortcomings.js';
import { readFields, readText } from '../src/platform/mongodb/read.js';
import { isMain, runWithDatabase } from './run.js';

interface Line extends Shortcoming {
  id: string;
  sku: string;
  name: string;
}

export interface CatalogueReport {
  products: number;
  lines: Line[];
}

/** Reads every product once, as the service does. */
export async function reportCatalogue(db: Db, currency: string): Promise<CatalogueReport> {
  const lines: Line[] = [];
  let products = 0;
  for await (const doc of db.collection('products').find()) {
    products++;
    const shortcoming = findShortcoming(doc, currency);
    if (!shortcoming) continue;
    const sku = readText(readFields(doc.inventory).sku) ?? '';
    lines.push({ id: readText(doc._id) ?? '?', sku, name: readText(doc.name) ?? '', ...shortcoming });
  }
  // what is not shown at all comes first
  lines.sort((a, b) => (a.kind === b.kind ? (a.id < b.id ? -1 : 1) : a.kind === 'unreadable' ? -1 : 1));
  return { products, lines };
}

const COLUMNS = ['kind', 'id', 'sku', 'name', 'reasons'] as const;

const cells = (line: Line): string[] => COLUMNS.map((column) => String(line[column]).replaceAll(',', ', '));

export const FORMATS: Record<string, (report: CatalogueReport) => string> = {
  json: (report) => JSON.stringify(report, null, 2),
  // a cell that a spreadsheet would take for a formula is text
  csv: ({ lines }) => [COLUMNS.join(), ...lines.map((line) => cells(line).map(csvCell).join())].join('\n'),
  table: ({ products, lines }) => {
    const rows = [[...COLUMNS], ...lines.map(cells)];
    const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
    const table = rows.map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
    const unreadable = lines.filter(({ kind }) => kind === 'unreadable').length;
    const summary = `${products} products: ${unreadable} cannot be shown, ${lines.length - unreadable} lack something`;
    return [...(lines.length > 0 ? table : []), summary].join('\n');
  },
};

const csvCell = (cell: string): string => `"${cell.replace(/^(?=[=+\-@\t\r])/, "'").replaceAll('"', '""')}"`;

async function main(db: Db): Promise<void> {
  const { values } = parseArgs({
    options: { format: { type: 'string', default: 'table' }, currency: { type: 'string', default: 'USD' } },
  });
  const format = FORMATS[values.format];
  if (!format) throw new Error(`--format is one of ${Object.keys(FORMATS).join(', ')}.`);
  console.log(format(await reportCatalogue(db, values.currency)));
}

if (isMain(import.meta.url)) await runWithDatabase(main);
