import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import autocannon from 'autocannon';
import type { Call } from './data.js';
import { KEY, type Server } from './servers.js';

const CONNECTIONS = 32;
/** More than this waiting for a server that does not keep up says no more. */
const MOST_WAITING = 20_000;

export interface Throughput {
  perSecond: number;
  failed: number;
}

const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };

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
    failed: result.non2xx + result.errors + result.timeouts,
  };
}

export interface Latencies {
  p50: number;
  p95: number;
  p99: number;
  calls: number;
  failed: number;
}

/**
 * Requests at a rate that does not ask how the server is doing. A latency counts from the moment at which the request was due, so that those which
 * had to wait to be sent are not left out.
 */
export async function openLoop(
  server: Server,
  call: Call,
  perSecond: number,
  seconds: number,
): Promise<Latencies> {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 * CONNECTIONS });
  const total = Math.max(1, Math.round(perSecond * seconds));
  const times: number[] = [];
  let [sent, done, failed] = [0, 0, 0];
  const started = performance.now();
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(total, Math.floor(((performance.now() - started) / 1000) * perSecond));
      for (; sent < due && sent - done < MOST_WAITING; sent++) {
        const dueAt = started + (sent / perSecond) * 1000;
        void post(agent, server.address, call).then((isFine) => {
          times.push(performance.now() - dueAt);
          if (!isFine) failed++;
          if (++done < total) return;
          clearInterval(timer);
          resolve();
        });
      }
    }, 1);
  });
  agent.destroy();
  return { ...percentiles(times), calls: total, failed };
}

/** Whether it was answered with 2xx. */
export function post(agent: Agent, address: string, { path, body }: Call): Promise<boolean> {
  return new Promise((resolve) => {
    const payload = JSON.stringify(body());
    const sent = request(
      `${address}${path}`,
      { agent, method: 'POST', headers: { ...headers, 'content-length': Buffer.byteLength(payload) } },
      (response) => {
        response.resume();
        response.on('end', () => resolve((response.statusCode ?? 500) < 300));
        response.on('error', () => resolve(false));
      },
    );
    sent.on('error', () => resolve(false));
    sent.end(payload);
  });
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
