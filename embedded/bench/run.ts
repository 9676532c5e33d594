/*
 * Figures of the embedded stand-ins on this machine: npm run bench:embedded [-- mongodb | s3]
 */
const wanted = process.argv[2];

if (wanted !== 's3') {
  const { benchMongodb } = await import('./mongodb.js');
  await benchMongodb();
}
if (wanted !== 'mongodb') {
  const { benchS3, printS3 } = await import('./s3.js');
  printS3(await benchS3());
}
