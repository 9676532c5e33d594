import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';
import { CALLS, type Call, orderNumber } from './data.js';
import { isFine, type Latencies, percentiles, post } from './load.js';
import type { Server } from './servers.js';

/** A customer reads an answer, and thinks, before the next one: this long on average. */
const THINKING_MS = 2000;

/** `refused`: holds of pieces that other customers hold. */
export type Played = Latencies & { refused: number };

/** That many customers at once, each going through the widget's journeys again and again. */
export async function playSessions(server: Server, sessions: number, seconds: number): Promise<Played> {
  const pool = new Pool(server.address, { connections: sessions });
  const times: number[] = [];
  let [failed, refused] = [0, 0];
  const until = performance.now() + seconds * 1000;
  const play = async (n: number): Promise<void> => {
    while (performance.now() < until)
      for (const call of journey(n)) {
        await wait(-Math.log(1 - Math.random()) * THINKING_MS);
        if (performance.now() > until) return;
        const started = performance.now();
        const status = await post(pool, call);
        if (status === 409) refused++;
        else if (!isFine(status)) failed++;
        times.push(performance.now() - started);
      }
  };
  await Promise.all(Array.from({ length: sessions }, (_, n) => play(n)));
  await pool.close();
  return { ...percentiles(times), calls: times.length, failed, refused };
}

// Finding and keeping pieces, then following an order; half of the customers ask for a stylist.
function journey(n: number): Call[] {
  const sessionId = randomUUID();
  const order = orderNumber(n);
  const say = (path: string, body: object): Call => ({ path, body: () => ({ sessionId, ...body }) });
  const items = [{ id: `SKU-${n}` }, { id: `SKU-${n + 1}` }];
  return [
    CALLS.products,
    CALLS.products,
    say(CALLS.shortlist.path, { items }),
    say('/api/concierge/capsule', { shortlist: items }),
    say(CALLS['order status'].path, { orderId: order }),
    say('/api/concierge/order-updates', { orderNumber: order, contact: `customer${n}@example.com` }),
    ...(n % 2 === 0 ? [say('/api/concierge/stylist', { email: 'ada@example.com', notes: 'A ring' })] : []),
    say(CALLS.csat.path, { rating: 'good' }),
  ];
}
