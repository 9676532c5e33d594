import { Command, Option } from 'commander';
import type { Db } from 'mongodb';
import { findShortcoming, type Shortcoming } from '../../src/domain/catalog/incomplete-products.js';
import { nameForm } from '../../src/domain/catalog/normal-forms.js';
import { readSku, type ShopFacts } from '../../src/domain/catalog/read-piece.js';
import { readText } from '../../src/lib/values/text.js';
import { readFields } from '../../src/platform/mongodb/read.js';
import { runWithDatabase, tableOf } from '../run.js';

interface Line extends Shortcoming {
  id: string;
  sku: string;
  name: string;
}

interface CatalogueReport {
  products: number;
  shown: number;
  inactive: number;
  lines: Line[];
}

/** What is worst comes first. */
const KINDS: readonly Shortcoming['kind'][] = ['unreadable', 'incomplete', 'inactive'];

/** Reads every product once, as the service does. */
export async function reportCatalogue(db: Db, shop: ShopFacts): Promise<CatalogueReport> {
  const lines: Line[] = [];
  const firstOf = new Map<string, string>();
  let products = 0;
  // the digits of a number above 2^53 count
  for await (const doc of db.collection('products').find({}, { promoteLongs: false })) {
    products++;
    const found = findShortcoming(doc, shop);
    const id = readText(doc._id) ?? '?';
    const sku = readSku(doc) ?? '';
    const isShown = found === undefined || found.kind === 'incomplete';
    const shared = isShown
      ? namesTaken([sku, readText(readFields(doc.seo).slug ?? doc.slug) ?? ''], id, firstOf)
      : [];
    if (!found && shared.length === 0) continue;
    const name = readText(doc.name) ?? readText(doc.title) ?? '';
    lines.push({
      id,
      sku,
      name,
      kind: found?.kind ?? 'incomplete',
      reasons: [...(found?.reasons ?? []), ...shared],
    });
  }
  lines.sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || (a.id < b.id ? -1 : 1));
  const count = (kind: Shortcoming['kind']): number => lines.filter((line) => line.kind === kind).length;
  return {
    products,
    shown: products - count('unreadable') - count('inactive'),
    inactive: count('inactive'),
    lines,
  };
}

/** The names by which another piece is found: who asks for them never gets this one. */
function namesTaken(names: string[], id: string, firstOf: Map<string, string>): string[] {
  return names.flatMap((name) => {
    const form = nameForm(name);
    const first = firstOf.get(form);
    if (form !== '' && first === undefined) firstOf.set(form, id);
    return form !== '' && first !== undefined && first !== id
      ? [`"${name}" is also the name of ${first}`]
      : [];
  });
}

const COLUMNS = ['kind', 'id', 'sku', 'name', 'reasons'] as const;

const cells = (line: Line): string[] => COLUMNS.map((column) => String(line[column]).replaceAll(',', ', '));

export const FORMATS: Record<string, (report: CatalogueReport) => string> = {
  json: (report) => JSON.stringify(report, null, 2),
  // a cell that a spreadsheet would take for a formula is text
  csv: ({ lines }) => [COLUMNS.join(), ...lines.map((line) => cells(line).map(csvCell).join())].join('\n'),
  table: ({ products, shown, inactive, lines }) => {
    const count = (kind: Shortcoming['kind']): number => lines.filter((line) => line.kind === kind).length;
    const summary = `${products} products: ${shown} shown, of which ${count('incomplete')} lack something; ${count('unreadable')} cannot be shown; ${inactive} not on sale`;
    return [...(lines.length > 0 ? [tableOf([COLUMNS, ...lines.map(cells)])] : []), summary].join('\n');
  },
};

const csvCell = (cell: string): string => `"${cell.replace(/^(?=[=+\-@\t\r])/, "'").replaceAll('"', '""')}"`;

interface ReportOptions {
  format: string;
  currency: string;
  shopUrl?: string;
}

/** What the shop's data team has to mend: how many are shown, what is not on sale, and what is not shown or lacks something, and why. */
export function catalogueCommand(): Command {
  const command = new Command('catalogue').description(
    "The shop's products, as the service reads them. Needs MONGODB_URI.",
  );
  command
    .command('report')
    .description('which products are not shown, or lack something, and why')
    .addOption(new Option('--format <format>', 'as what').choices(Object.keys(FORMATS)).default('table'))
    .addOption(
      new Option('--currency <code>', 'the currency of the shop').env('SHOP_CURRENCY').default('USD'),
    )
    .addOption(
      new Option('--shop-url <address>', 'where relative pictures are, such as https://shop.example').env(
        'SHOP_URL',
      ),
    )
    .addHelpText('after', '\nExample:\n  concierge catalogue report --format csv > report.csv')
    .action(({ format, currency, shopUrl }: ReportOptions) =>
      runWithDatabase(async (db) =>
        console.log(FORMATS[format]?.(await reportCatalogue(db, { currency, url: shopUrl }))),
      ),
    );
  return command;
}
