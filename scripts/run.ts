import { existsSync, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Db, MongoClient } from 'mongodb';
import { MAX_WAITING_MS, reachDatabase } from '../src/platform/mongodb/client.js';

/** Whether the module is the command that Node was started with. */
export function isMain(importMetaUrl: string): boolean {
  const [, command] = process.argv;
  if (command === undefined || !existsSync(command)) return false;
  return realpathSync(command) === fileURLToPath(importMetaUrl);
}

/** Rows as columns of a terminal, two spaces apart. */
export function tableOf(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return lines.map((line) => line.trimEnd()).join('\n');
}

/** Runs a task against the configured database. A failure is told in a sentence and by the exit code. */
export async function runWithDatabase(task: (db: Db) => Promise<void>): Promise<void> {
  const uri = process.env.MONGODB_URI;
  if (!uri) {
    console.error(
      'MONGODB_URI is not set: give it the address of the database, such as mongodb://127.0.0.1:27017',
    );
    process.exit(1);
  }
  try {
    await reachDatabase(uri, async () => {
      const client = new MongoClient(uri, {
        ignoreUndefined: true,
        serverSelectionTimeoutMS: MAX_WAITING_MS,
      });
      try {
        await client.connect();
        await task(client.db(process.env.MONGODB_DB || 'glowglitch'));
      } finally {
        await client.close();
      }
    });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
