import { Command } from 'commander';
import { loadConfig } from '../../src/config/load.js';
import { setUpBucket } from '../../src/platform/storage/bucket-setup.js';
import { createClient } from '../../src/platform/storage/client.js';

/** What the bucket of the service's settings needs beside being there. A second run changes nothing. */
export function storageCommand(): Command {
  const command = new Command('storage').description(
    'The bucket of the images. Needs the settings of the service.',
  );
  command
    .command('setup')
    .description(
      'ask for lifecycle, encryption, block of public access and CORS, and set what is not as it should be',
    )
    .action(setup);
  return command;
}

async function setup(): Promise<void> {
  const { storage } = loadConfig();
  const client = createClient(storage);
  try {
    const results = await setUpBucket(client, storage);
    const width = Math.max(...results.map(({ name }) => name.length));
    console.log(`The bucket ${storage.bucket}:`);
    for (const { name, outcome, detail } of results)
      console.log(`  ${name.padEnd(width)}  ${detail ? `${outcome} (${detail})` : outcome}`);
    if (results.some(({ outcome }) => outcome === 'failed')) process.exitCode = 1;
  } finally {
    client.destroy();
  }
}
