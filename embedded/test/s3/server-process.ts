import { startS3 } from '../../s3/index.js';

/* A server in a process of its own, for a test that kills it. */

async function main(path = ''): Promise<void> {
  const credentials = { accessKeyId: 'test-key', secretAccessKey: 'test-secret' };
  const { endpoint } = await startS3({ path, ...credentials, buckets: ['kept'] });
  console.log(endpoint);
}

await main(...process.argv.slice(2));
