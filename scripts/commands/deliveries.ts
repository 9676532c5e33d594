import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { OUTBOX_IDS } from '../../src/collections.js';
import { DESTINATIONS, type Destination } from '../../src/outbox/enqueue.js';
import { createOperations, type LocatedDelivery } from '../../src/outbox/operate.js';
import { runWithDatabase } from '../run.js';

/** What requests have enqueued for other systems: what is dead or pending, why, and how it goes again. */
export function deliveriesCommand(): Command {
  const command = new Command('deliveries').description(
    'What requests have enqueued for other systems. Needs MONGODB_URI.',
  );
  const to = () => new Option('--to <destination>', 'only what goes there').choices(DESTINATIONS);

  command
    .command('list')
    .description('what is dead, or pending')
    .addOption(new Option('--state <state>', 'in which state').choices(['dead', 'pending']).default('dead'))
    .addOption(to())
    .option('--limit <number>', 'how many at the most', positive, 50)
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  concierge deliveries list --state pending --to crm')
    .action((options) => runWithDatabase((db) => list(createOperations(db, OUTBOX_IDS), options)));

  command
    .command('show')
    .description('everything known of one')
    .addArgument(new Argument('<id>', 'of a delivery, or of its document, such as an RMA'))
    .action((id) => runWithDatabase((db) => show(createOperations(db, OUTBOX_IDS), id)));

  command
    .command('replay')
    .description('let what is dead go again, from the first attempt')
    .addArgument(new Argument('[id]', 'of a delivery'))
    .addOption(to())
    .option('--dead', 'everything that is dead there')
    .addHelpText(
      'after',
      '\nExamples:\n  concierge deliveries replay 6f9619ff\n  concierge deliveries replay --to crm --dead',
    )
    .action((id: string | undefined, options: { to?: Destination; dead?: boolean }, self: Command) => {
      if (!id && !(options.to && options.dead)) self.error('Say which: an id, or --to with --dead.');
      return runWithDatabase((db) => replay(createOperations(db, OUTBOX_IDS), id, options.to));
    });

  return command;
}

type Operations = ReturnType<typeof createOperations>;

interface ListOptions {
  state: 'dead' | 'pending';
  to?: Destination;
  limit: number;
  json?: boolean;
}

async function list(operations: Operations, { state, to, limit, json }: ListOptions): Promise<void> {
  const found = await operations.list({ state, to, limit });
  if (json) return console.log(JSON.stringify(found, null, 2));
  for (const one of found) console.log(line(one));
  console.log(found.length === 0 ? `Nothing is ${state}.` : `${found.length} ${state}`);
}

async function show(operations: Operations, id: string): Promise<void> {
  const found = await operations.find(id);
  if (found.length === 0) throw new Error(`There is no delivery and no document with deliveries ${id}.`);
  console.log(`${found[0]?.collection} ${found[0]?.document}`);
  for (const { delivery } of found) console.log(JSON.stringify(delivery, null, 2));
}

async function replay(operations: Operations, id: string | undefined, to?: Destination): Promise<void> {
  const which = id ? { id } : to && { to };
  const count = which ? await operations.replay(which, new Date()) : 0;
  if (id && count === 0) throw new Error(`There is no dead delivery ${id}.`);
  console.log(`${count} due again, now`);
}

function positive(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('It is a number from 1.');
  return Number(text);
}

function line({ collection, document, delivery }: LocatedDelivery): string {
  const { id, to, kind, attempts, lastError } = delivery;
  return [id, to, kind, `${collection}/${document}`, `${attempts} attempts`, lastError ?? ''].join('  ');
}
