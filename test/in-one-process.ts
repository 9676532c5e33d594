// A process of a test run spends more than a second on loading the service and starting a database, and runs code that no compiler
// has seen yet: test files that need nothing of their own share one. By itself each stays whole, `npx tap test/returns.test.ts`.
import t from 'tap';

/** Runs test files one after the other in this process: each is loaded when the tests of the one before have ended. */
export async function runInOneProcess(files: readonly string[]): Promise<void> {
  // loaded within a test, since tap ends a process that has none for a moment
  for (const file of files)
    await t.test(`${file}.test.ts`, async () => {
      await import(new URL(`${file}.test.ts`, import.meta.url).href);
    });
}
