import { randomUUID } from 'node:crypto';
import autocannon from 'autocannon';
import { Pool } from 'undici';
import type { Call } from './data.js';
import { KEY, processorMs, type Server } from './servers.js';

export const CONNECTIONS = 32;
/** More than this waiting for a server that does not keep up says no more. */
const MAX_WAITING = 20_000;

export interface Throughput {
  perSecond: number;
  /** Processor time of the server's process for a call, in microseconds. */
  processorUs: number;
  calls: number;
  failed: number;
}

const headers = {
  authorization: `Bearer ${KEY}`,
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
};

/** As many requests as the server answers: each connection sends its next one when it has its answer. */
export async function closedLoop(
  server: Server,
  call: Call,
  {
    seconds,
    connections = CONNECTIONS,
    keyed = false,
  }: { seconds: number; connections?: number; keyed?: boolean },
): Promise<Throughput> {
  const before = processorMs(server);
  const result = await autocannon({
    url: server.address,
    connections,
    duration: seconds,
    requests: [
      {
        method: 'POST',
        path: call.path,
        headers,
        setupRequest: (given) => ({
          ...given,
          ...(keyed && { headers: { ...headers, 'idempotency-key': randomUUID() } }),
          body: JSON.stringify(call.body()),
        }),
      },
    ],
  });
  return {
    perSecond: result['2xx'] / result.duration,
    processorUs: ((processorMs(server) - before) * 1000) / result['2xx'],
    calls: result['2xx'],
    failed: result.non2xx + result.errors + result.timeouts,
  };
}

export const isFine = (status: number): boolean => status >= 200 && status < 300;

export interface Latencies {
  p50: number;
  p95: number;
  p99: number;
  calls: number;
  failed: number;
}

export const connect = ({ address }: Server): Pool => new Pool(address, { connections: 4 * CONNECTIONS });

/**
 * Requests at a rate that does not ask how the server is doing. A latency counts from the moment at which the request was due, so that those which
 * had to wait to be sent are not left out.
 */
export async function openLoop(
  pool: Pool,
  next: () => Call,
  perSecond: number,
  seconds: number,
): Promise<Latencies> {
  const total = Math.max(1, Math.round(perSecond * seconds));
  const times: number[] = [];
  let [sent, done, failed] = [0, 0, 0];
  const started = performance.now();
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      // the first one is due at once
      const due = Math.min(total, Math.floor(((performance.now() - started) / 1000) * perSecond) + 1);
      for (; sent < due && sent - done < MAX_WAITING; sent++) {
        const dueAt = started + (sent / perSecond) * 1000;
        void post(pool, next()).then((status) => {
          times.push(performance.now() - dueAt);
          if (!isFine(status)) failed++;
          if (++done < total) return;
          clearInterval(timer);
          resolve();
        });
      }
    }, 1);
  });
  return { ...percentiles(times), calls: total, failed };
}

/** The status of the answer; 0 when there was none. */
export async function post(pool: Pool, { path, body }: Call): Promise<number> {
  try {
    const answer = await pool.request({ path, method: 'POST', headers, body: JSON.stringify(body()) });
    await answer.body.dump();
    return answer.statusCode;
  } catch {
    return 0;
  }
}

export function percentiles(times: number[]): Pick<Latencies, 'p50' | 'p95' | 'p99'> {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

export const median = (values: number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1
    ? (sorted[Math.floor(middle)] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
};
