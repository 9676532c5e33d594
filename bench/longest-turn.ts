/*
 * Preloaded into a service that is measured (`node --expose-gc --import ./bench/longest-turn.ts …`): how long one turn of its event loop has
 * kept the processor at most, which is how long nobody else was served, whatever else the machine does. On SIGUSR2 it collects garbage, writes
 * its figures to the file that TURNS_FILE names, and begins anew.
 */
import { openSync, readSync, renameSync, writeFileSync } from 'node:fs';

/** The main thread's own, in nanoseconds, as the first of three numbers. */
const schedstat = openSync('/proc/self/schedstat', 'r');
const buffer = Buffer.alloc(64);
const file = process.env.TURNS_FILE ?? '';
let longestNs = 0;
let before = ranNs();

function ranNs(): number {
  const length = readSync(schedstat, buffer, 0, buffer.length, 0);
  return Number(buffer.toString('latin1', 0, length).split(' ')[0]);
}

setInterval(() => {
  const now = ranNs();
  longestNs = Math.max(longestNs, now - before);
  before = now;
}, 1).unref();

process.on('SIGUSR2', () => {
  globalThis.gc?.();
  const figures = { longestMs: longestNs / 1e6, heapMb: process.memoryUsage().heapUsed / 2 ** 20 };
  writeFileSync(`${file}.new`, JSON.stringify(figures));
  renameSync(`${file}.new`, file);
  [longestNs, before] = [0, ranNs()];
});
