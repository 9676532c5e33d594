/*
 * Attacks the service as a stranger would who has the widget in front of him, or less: npm run attack [-- --short]
 *
 * It starts the service in production form on a fresh embedded database, tries one thing after the other, and says of each what was done, what
 * came back, and whether the service held. The short form, for CI, leaves out what takes long. Ends with 1 when anything got through.
 */
import '../../scripts/help.js';
import { isMain } from '../../scripts/run.js';
import { accessRows } from './access.js';
import { flowRows } from './flows.js';
import { inputRows } from './input.js';
import { limitRows } from './limits.js';
import { orderRows } from './orders.js';
import type { Outcome, Row } from './row.js';
import { staffRows } from './staff.js';
import { surfaceRows } from './surface.js';
import { startTarget, type Target } from './target.js';
import { uploadRows } from './uploads.js';

/** Those that use a limit up come last: the others are not to meet it. */
const ROWS: Row[] = [
  ...accessRows,
  ...inputRows,
  ...surfaceRows,
  ...uploadRows,
  ...staffRows,
  ...flowRows,
  ...orderRows,
  ...limitRows,
];

async function attack(isShort: boolean): Promise<number> {
  const target = await startTarget();
  let failed = 0;
  const rows = ROWS.filter(({ isLong }) => !(isShort && isLong));
  try {
    for (const row of rows) {
      const { holds, came } = await tried(row, target);
      if (!holds) failed += 1;
      console.log(`${holds ? 'held  ' : 'FAILED'} | ${row.on} | ${row.what} | ${came}`);
    }
  } finally {
    await target.stop();
  }
  const left = ROWS.length - rows.length;
  console.log(
    `\n${rows.length - failed} held, ${failed} failed${left > 0 ? `, ${left} left out of the short form` : ''}`,
  );
  return failed === 0 ? 0 : 1;
}

const tried = (row: Row, target: Target): Promise<Outcome> =>
  row.run(target).catch((error: Error) => ({ holds: false, came: `${error.message}` }));

if (isMain(import.meta.url)) process.exitCode = await attack(process.argv.includes('--short'));
