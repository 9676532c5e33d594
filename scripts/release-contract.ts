import { readFile, writeFile } from 'node:fs/promises';

/** `npm run openapi:release -- 0.1.0`: keeps openapi.yaml as what that version promises; from then on, changes are checked against it. */
const [version = ''] = process.argv.slice(2);
if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) {
  console.error('Which version? For example: npm run openapi:release -- 0.1.0');
  process.exit(1);
}
const document = await readFile(new URL('../openapi.yaml', import.meta.url), 'utf8');
const file = new URL(`../docs/releases/openapi-${version}.yaml`, import.meta.url);
// what has been promised is not promised again in another way
await writeFile(file, document, { flag: 'wx' });
console.log(`docs/releases/openapi-${version}.yaml written`);
