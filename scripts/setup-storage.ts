import { loadConfig } from '../src/config/load.js';
import { bucketSetup, isNotOffered } from '../src/platform/storage/bucket-setup.js';
import { createClient } from '../src/platform/storage/client.js';

/** `npm run storage:setup`: what the bucket of the service's settings needs beside being there. A second run changes nothing. */
try {
  const { storage } = loadConfig();
  const client = createClient(storage);
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
  client.destroy();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
