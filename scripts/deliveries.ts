/*
 * What requests have owed to other systems, for those who run the service:
 *
 *   npm run deliveries -- list [--state dead|pending] [--to crm] [--limit 50]
 *   npm run deliveries -- show <delivery or document id>
 *   npm run deliveries -- replay <delivery id>
 *   npm run deliveries -- replay --to crm --dead
 */
import { parseArgs } from 'node:util';
import { DESTINATIONS, type Destination } from '../src/outbox/enqueue.js';
import { createOperations, type Owed } from '../src/outbox/operate.js';
import { runWithDatabase } from './run.js';

const USAGE = `Usage:
  deliveries list [--state dead|pending] [--to <destination>] [--limit 50]
  deliveries show <delivery or document id>
  deliveries replay <delivery id>
  deliveries replay --to <destination> --dead
Destinations: ${DESTINATIONS.join(', ')}`;

class UsageError extends Error {
  constructor(problem: string) {
    super(`${problem}\n\n${USAGE}`);
  }
}

type Operations = ReturnType<typeof createOperations>;

const read = (args: string[]) =>
  parseArgs({
    args,
    allowPositionals: true,
    options: {
      state: { type: 'string', default: 'dead' },
      to: { type: 'string' },
      limit: { type: 'string', default: '50' },
      dead: { type: 'boolean', default: false },
    },
  });

type Values = ReturnType<typeof read>['values'];

await runWithDatabase(async (db) => {
  const { values, positionals } = read(process.argv.slice(2));
  const [command, id] = positionals;
  const operations = createOperations(db);
  if (command === 'list') await list(operations, values);
  else if (command === 'show') await show(operations, id);
  else if (command === 'replay') await replay(operations, id, values);
  else throw new UsageError('Say what to do.');
});

async function list(operations: Operations, { state, to, limit }: Values): Promise<void> {
  if (state !== 'dead' && state !== 'pending') throw new UsageError('--state is dead or pending.');
  if (!/^[1-9]\d*$/.test(limit)) throw new UsageError('--limit is a number from 1.');
  const found = await operations.list({ state, to: destination(to), limit: Number(limit) });
  for (const owed of found) console.log(line(owed));
  console.log(found.length === 0 ? `Nothing is ${state}.` : `${found.length} ${state}`);
}

async function show(operations: Operations, id: string | undefined): Promise<void> {
  if (!id) throw new UsageError('Say which.');
  const found = await operations.find(id);
  if (found.length === 0) throw new Error(`There is no delivery and no document with deliveries ${id}.`);
  console.log(`${found[0]?.collection} ${found[0]?.document}`);
  for (const { delivery } of found) console.log(JSON.stringify(delivery, null, 2));
}

async function replay(operations: Operations, id: string | undefined, { to, dead }: Values): Promise<void> {
  const destinationOf = destination(to);
  if (!id && !(destinationOf && dead)) throw new UsageError('Say which: an id, or --to with --dead.');
  const which = id ? { id } : destinationOf && { to: destinationOf };
  const count = which ? await operations.replay(which, new Date()) : 0;
  if (id && count === 0) throw new Error(`There is no dead delivery ${id}.`);
  console.log(`${count} due again, now`);
}

function destination(name: string | undefined): Destination | undefined {
  if (name === undefined) return undefined;
  const known = DESTINATIONS.find((one) => one === name);
  if (!known) throw new UsageError(`There is no destination ${name}.`);
  return known;
}

function line({ collection, document, delivery }: Owed): string {
  const { id, to, kind, attempts, lastError } = delivery;
  return [id, to, kind, `${collection}/${document}`, `${attempts} attempts`, lastError ?? ''].join('  ');
}
