#!/usr/bin/env node
/*
 * `concierge`: what those who run the service do by hand. In a clone `npm run concierge -- <command>`, in the image `node
 * dist/scripts/cli.js <command>`. Ends with 0 when all is well, with 1 when something failed or was found, with 2 when the command line
 * is not understood.
 */
import { Command, CommanderError } from 'commander';
import { catalogueCommand } from './commands/catalogue.js';
import { deliveriesCommand } from './commands/deliveries.js';
import { doctorCommand } from './commands/doctor.js';
import { indexesCommand } from './commands/indexes.js';
import { keysCommand } from './commands/keys.js';
import { seedCommand } from './commands/seed.js';
import { storageCommand } from './commands/storage.js';
import { suppressionsCommand } from './commands/suppressions.js';
import { widgetEnvCommand } from './commands/widget-env.js';

const COMMAND_LINE_NOT_UNDERSTOOD = 2;

const program = new Command('concierge')
  .description('What those who run the concierge service do by hand.')
  .addHelpText('after', '\nSettings are read from the environment: docs/configuration.md.');

for (const command of [
  doctorCommand(),
  keysCommand(),
  indexesCommand(),
  storageCommand(),
  deliveriesCommand(),
  catalogueCommand(),
  suppressionsCommand(),
  seedCommand(),
  widgetEnvCommand(),
])
  program.addCommand(command);

refuseByThrowing(program);
// a reader that has seen enough, such as `head`, closes the pipe
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  } else if (error.exitCode !== 0) process.exitCode = COMMAND_LINE_NOT_UNDERSTOOD;
}

function refuseByThrowing(command: Command): void {
  command.exitOverride().showHelpAfterError();
  for (const sub of command.commands) refuseByThrowing(sub);
}
