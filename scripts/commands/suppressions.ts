import { Command } from 'commander';
import { openCollections } from '../../src/collections.js';
import { loadConfig } from '../../src/config/load.js';
import { createSuppressions, type Suppressions } from '../../src/domain/order-updates/suppressions.js';
import { createHashes } from '../../src/lib/ids.js';
import { readEmail } from '../../src/lib/values/email.js';
import { readPhone } from '../../src/lib/values/phone.js';
import { runWithDatabase } from '../run.js';

/** Addresses that are not written to any more: they are kept by their hashes, so that one is asked for by itself. */
export function suppressionsCommand(): Command {
  const command = new Command('suppressions').description(
    'Addresses and numbers that are not written to any more. Needs the settings of the service.',
  );
  command
    .command('show')
    .description('whether an address is one of them')
    .argument('<address>', 'an email address, or a number with its country code')
    .action((address: string) =>
      withSuppressions(address, async (suppressions, known) =>
        console.log((await suppressions.has(known)) ? 'It is suppressed.' : 'It is not suppressed.'),
      ),
    );
  command
    .command('lift')
    .description(
      'write to it again: a mailbox that was full of errors and works again. Not for who has said STOP',
    )
    .argument('<address>', 'an email address, or a number with its country code')
    .action((address: string) =>
      withSuppressions(address, async (suppressions, known) => {
        if (!(await suppressions.has(known))) throw new Error('It is not suppressed.');
        await suppressions.lift(known);
        console.log('It is written to again. Subscriptions that have ended stay so.');
      }),
    );
  return command;
}

function withSuppressions(
  address: string,
  act: (suppressions: Suppressions, known: string) => Promise<void>,
): Promise<void> {
  const known = readEmail(address) ?? readPhone(address, undefined);
  if (!known) throw new Error('This is no email address, and no number with its country code.');
  const { analytics } = loadConfig();
  return runWithDatabase((db) =>
    act(
      createSuppressions(openCollections(db).suppressions, createHashes(analytics.salt).destination),
      known,
    ),
  );
}
