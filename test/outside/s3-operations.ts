// The operations that are asked of the embedded S3 against another server, to see whether they are right.
import { S3_DIFFERENCES } from '../../embedded/test/s3/differences.js';
import { runS3Operations } from '../../embedded/test/s3/operations.js';
import type { S3Target } from '../../embedded/test/s3/target.js';
import { type Result, sortFailures } from './report.js';

/** Every operation, as the engine does it; what it is known to do otherwise stands in embedded/test/s3/differences.ts. */
export async function runS3Table(target: S3Target, engine: string, version: string): Promise<Result> {
  const results = await runS3Operations(target);
  const failures = results
    .filter(({ error }) => error !== null)
    .map(({ name, error }) => ({ name, cause: String(error).slice(0, 600) }));
  const { known, fresh } = sortFailures(failures, S3_DIFFERENCES[engine] ?? []);
  return { engine, version, part: 'S3 operations', agreed: results.length - failures.length, known, fresh };
}
