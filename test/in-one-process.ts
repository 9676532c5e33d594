// A process of a test run spends more than two seconds of processor time on loading the service, starting a database and running code
// that no compiler has seen yet: the test files share five, which end at about the same time on two processors. Those of one suite have
// something in common: orders and returns compare their commands with docs/commands.md, processes start others and wait for them. By
// itself each file stays whole, `npx tap test/returns.test.ts`.
import t from 'tap';

/** Runs test files one after the other in this process: each is loaded when the tests of the one before have ended. */
export async function runInOneProcess(files: readonly string[]): Promise<void> {
  // loaded within a test, since tap ends a process that has none for a moment
  for (const file of files)
    await t.test(`${file}.test.ts`, async () => {
      await import(new URL(`${file}.test.ts`, import.meta.url).href);
    });
}
