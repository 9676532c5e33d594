import { Command } from 'commander';
import { loadConfig } from '../../src/config/load.js';
import { bucketSetup, isNotOffered } from '../../src/platform/storage/bucket-setup.js';
import { createClient } from '../../src/platform/storage/client.js';

/** What the bucket of the service's settings needs beside being there. A second run changes nothing. */
export function storageCommand(): Command {
  const command = new Command('storage').description(
    'The bucket of the images. Needs the settings of the service.',
  );
  command
    .command('setup')
    .description(
      'set lifecycle, encryption, block of public access and CORS, as far as the store offers them',
    )
    .action(setup);
  return command;
}

async function setup(): Promise<void> {
  const { storage } = loadConfig();
  const client = createClient(storage);
  try {
    for (const { name, run } of bucketSetup(client, storage)) {
      const outcome = await run().then(
        () => 'set',
        (error) => {
          if (isNotOffered(error)) return 'not offered by this store';
          throw new Error(`${name} could not be set: ${error instanceof Error ? error.message : error}`);
        },
      );
      console.log(`${storage.bucket}: ${name}: ${outcome}`);
    }
    if (storage.corsOrigins.length === 0)
      console.log(`${storage.bucket}: CORS: S3_CORS_ORIGINS names no page that may send images to it`);
  } finally {
    client.destroy();
  }
}
