import { Argument, Command } from 'commander';
import type { Db } from 'mongodb';
import { DEFINITIONS } from '../../src/collections.js';
import { DEVELOPMENT } from '../../src/config/development.js';
import { runWithDatabase } from '../run.js';
import {
  countDays,
  printReport,
  type SeedReport,
  seedActivity,
  seedCatalogue,
  seedCreators,
  seedOrders,
} from '../seed.js';

const PARTS: Record<string, (db: Db, now: Date) => Promise<SeedReport>> = {
  catalogue: seedCatalogue,
  creators: seedCreators,
  orders: seedOrders,
  async activity(db, now) {
    const { SHOP_TIMEZONE: timeZone = 'America/New_York', ANALYTICS_SALT: salt = DEVELOPMENT.salt } =
      process.env;
    const report = await seedActivity(db, { timeZone, salt }, now);
    await countDays(db, timeZone, now);
    return report;
  },
};

interface SeedOptions {
  reset?: boolean;
  yes?: boolean;
  json?: boolean;
}

/** Documents to try the service with. What is there already stays as it is, so that it can be run at any time. */
export const seedCommand = (): Command =>
  new Command('seed')
    .description(
      'Put a catalogue, creators, orders and sixty days of customers into the database, for trials. Needs MONGODB_URI; `npm run dev` prints that of its own.',
    )
    .addArgument(new Argument('[part]', 'only this').choices(Object.keys(PARTS)))
    .option('--reset', 'begin again: empty every collection before; of the embedded database alone')
    .option('--yes', 'with --reset: yes, empty it')
    .option('--json', 'as JSON')
    .action((part: string | undefined, options: SeedOptions) =>
      runWithDatabase(async (db) => {
        if (options.reset) await reset(db, options);
        const reports: SeedReport = {};
        for (const [name, seed] of Object.entries(PARTS))
          if (!part || name === part) add(reports, await seed(db, new Date()));
        if (options.json) console.log(JSON.stringify(reports, null, 2));
        else printReport(reports);
      }),
    );

// Orders come from two parts.
function add(reports: SeedReport, more: SeedReport): void {
  for (const [name, { inserted, unchanged }] of Object.entries(more)) {
    const before = reports[name] ?? { inserted: 0, unchanged: 0 };
    reports[name] = { inserted: before.inserted + inserted, unchanged: before.unchanged + unchanged };
  }
}

/** A database that anyone else may use is nobody's to empty: an address of this machine may lead anywhere. */
async function reset(db: Db, { yes }: SeedOptions): Promise<void> {
  const { modules } = await db.command({ buildInfo: 1 });
  if (!Array.isArray(modules) || !modules.includes('embedded'))
    throw new Error('--reset empties the embedded database of development alone, and this is another one.');
  if (!yes)
    throw new Error(`--reset empties every collection of ${db.databaseName}. If that is meant, add --yes.`);
  // emptied, not dropped: a service that runs on it keeps its indexes
  await Promise.all(DEFINITIONS.map(({ name }) => db.collection(name).deleteMany({})));
}
