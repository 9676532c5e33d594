/*
 * Runs npm scripts, as many at a time as there are processors: `node scripts/side-by-side.mjs typecheck lint`. What each says is shown as a
 * whole when it has ended. Ends with 1 when one has failed.
 */
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';

const waiting = process.argv.slice(2);

const run = (name) =>
  new Promise((resolve) => {
    const began = performance.now();
    // a linter may have a lot to say
    execFile(
      'npm',
      ['run', '--silent', name],
      { maxBuffer: Number.POSITIVE_INFINITY },
      (error, stdout, stderr) => {
        const seconds = ((performance.now() - began) / 1000).toFixed(0);
        process.stdout.write(
          `== ${name}: ${error ? 'failed' : 'fine'} after ${seconds} s\n${stdout}${stderr}`,
        );
        if (error) process.exitCode = 1;
        resolve();
      },
    );
  });

async function runNext() {
  for (let name = waiting.shift(); name; name = waiting.shift()) await run(name);
}

await Promise.all(Array.from({ length: availableParallelism() }, runNext));
