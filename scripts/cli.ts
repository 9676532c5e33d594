#!/usr/bin/env node
/*
 * `concierge`: what those who run the service do by hand. In a clone `npm run concierge -- <command>`, in the image `node
 * dist/scripts/cli.js <command>`. Ends with 0 when all is well, with 1 when something failed or was found, with 2 when the command line
 * is not understood.
 */
import { Command, CommanderError } from 'commander';

const COMMAND_LINE_NOT_UNDERSTOOD = 2;
const COMMANDS: Record<string, () => Promise<Command>> = {
  doctor: async () => (await import('./commands/doctor.js')).doctorCommand(),
  keys: async () => (await import('./commands/keys.js')).keysCommand(),
  indexes: async () => (await import('./commands/indexes.js')).indexesCommand(),
  storage: async () => (await import('./commands/storage.js')).storageCommand(),
  deliveries: async () => (await import('./commands/deliveries.js')).deliveriesCommand(),
  catalogue: async () => (await import('./commands/catalogue.js')).catalogueCommand(),
  suppressions: async () => (await import('./commands/suppressions.js')).suppressionsCommand(),
  seed: async () => (await import('./commands/seed.js')).seedCommand(),
  'widget-env': async () => (await import('./commands/widget-env.js')).widgetEnvCommand(),
};

const program = new Command('concierge')
  .description('What those who run the concierge service do by hand.')
  .addHelpText('after', '\nSettings are read from the environment: docs/configuration.md.');

// only the one that is asked for is loaded, since each brings what it works with
const [, , asked = ''] = process.argv;
for (const load of COMMANDS[asked] ? [COMMANDS[asked]] : Object.values(COMMANDS))
  program.addCommand(await load());

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
