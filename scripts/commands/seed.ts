import { Argument, Command } from 'commander';
import type { Db } from 'mongodb';
import { runWithDatabase } from '../run.js';
import { printReport, type SeedReport } from '../seed-collection.js';
import { seedCreators } from '../seed-creators.js';
import { seedCatalogue } from '../seed-database.js';
import { seedOrders } from '../seed-mock.js';

const PARTS: Record<string, (db: Db) => Promise<SeedReport>> = {
  catalogue: seedCatalogue,
  creators: seedCreators,
  orders: (db) => seedOrders(db, new Date()),
};

/** Documents to try the service with. What is there already stays as it is, so that it can be run at any time. */
export const seedCommand = (): Command =>
  new Command('seed')
    .description('Put a catalogue, creators and orders into the database, for trials. Needs MONGODB_URI.')
    .addArgument(new Argument('[part]', 'only this').choices(Object.keys(PARTS)))
    .option('--json', 'as JSON')
    .action((part: string | undefined, { json }: { json?: boolean }) =>
      runWithDatabase(async (db) => {
        const reports: SeedReport = {};
        for (const [name, seed] of Object.entries(PARTS))
          if (!part || name === part) Object.assign(reports, await seed(db));
        if (json) console.log(JSON.stringify(reports, null, 2));
        else printReport(reports);
      }),
    );
