import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { Config } from '../../src/config/load.js';
import { type Proof, proofOf } from '../../src/domain/orders/proof.js';
import type { Session } from '../../src/domain/sessions/session.js';
import { readEmail } from '../../src/lib/values/email.js';
import { orderNumberForm } from '../../src/lib/values/order-number.js';
import type { Subject } from './count-requests.js';

/** What is asked for: an order by its number, or the orders of an email address. */
interface LookUp<Found> {
  /** Its number or address, as typed. */
  asked: Pick<Subject, 'order' | 'email'>;
  /** Whether a postal code came with it that can be right or wrong. */
  hasCode: boolean;
  find: () => Promise<Found | null>;
  /** The number of what was found. */
  numberOf: (found: Found) => string;
}

declare module 'fastify' {
  interface FastifyInstance {
    /** What the caller has shown of an order, by the session that the call names and by its key; a session that is at hand is not read again. */
    proofOf: (
      request: FastifyRequest,
      orderNumber: string,
      session?: Pick<Session, 'sessionId' | 'verifiedOrders'> | null,
    ) => Promise<Proof>;
    /**
     * Looks an order up, unless the caller has asked for too many, or has missed too often, or the order's or the address's codes have been
     * guessed at too often by anyone. What was never refused: a right look-up of a caller who has done nothing wrong, and a session's second
     * look at an order that it has proved, however often others have guessed.
     * @throws ApiError 429.
     */
    lookUp: <Found>(request: FastifyRequest, lookUp: LookUp<Found>) => Promise<Found | null>;
  }
}

type OrderLookUpsOptions = Pick<Config['orders'], 'proof'>;

/** What waits, waits for this long; so many at once, for a flood of them would use up the places of the others. */
const SLOW_MS = 1000;
const MAX_SLOW = 64;

/**
 * Whether a caller has proved an order; and limits on looking orders up: against walking numbers and guessing postal codes, and never
 * against those who know theirs.
 */
export default fp<OrderLookUpsOptions>(
  async (app, { proof }) => {
    app.decorate('proofOf', async ({ sessionId, clientKey }, orderNumber, session) => {
      const scopes = clientKey?.scopes ?? [];
      const known =
        session === undefined && sessionId ? await app.sessions.findOrders(sessionId) : (session ?? null);
      return proofOf({ session: known, scopes }, orderNumber, proof);
    });

    const { differentOrders, misses, wrongCodes, allMisses } = app.policies;
    let slow = 0;

    app.decorate('lookUp', async (request, { asked, hasCode, find, numberOf }) => {
      // one order has one count, however it is written
      const subject = {
        order: orderNumberForm(asked.order),
        email: readEmail(asked.email) ?? asked.email?.toLowerCase(),
      };
      await app.countAgainst(request, differentOrders, subject);
      // counted before it is known whether it misses, and given back when it does not: many guesses at once are no way around a limit
      await app.countAgainst(request, misses);
      const codes = hasCode ? wrongCodes : [];
      let barred: { error: unknown } | undefined;
      try {
        await app.countAgainst(request, codes, subject);
      } catch (error) {
        barred = { error };
      }
      const found = await find().catch(async (error) => {
        await Promise.all([app.uncount(request, misses), app.uncount(request, codes, subject)]);
        throw error;
      });
      if (barred && !(found && (await hasProved(request, numberOf(found))))) {
        await app.uncount(request, misses);
        throw barred.error;
      }
      if (found) await Promise.all([app.uncount(request, misses), app.uncount(request, codes, subject)]);
      else await missed();
      return found;
    });

    const hasProved = async (request: FastifyRequest, orderNumber: string): Promise<boolean> =>
      (await app.proofOf(request, orderNumber)) === 'proved';

    /** Told to those who watch the service and, beyond what customers mistype, answered slowly. */
    async function missed(): Promise<void> {
      app.metrics.orderMisses.inc();
      const [policy] = allMisses;
      if (!policy) return;
      const { name: limit, windowMs } = policy;
      const [{ count } = { count: 0 }] = await app.limitCounter.count([
        { limit, of: 'all', windowMs, amount: 1 },
      ]);
      if (count === policy.max + 1)
        app.log.warn(
          { misses: count },
          'many orders are asked for that are not there: someone may be guessing',
        );
      if (count <= policy.max || slow >= MAX_SLOW) return;
      slow += 1;
      await sleep(SLOW_MS).finally(() => {
        slow -= 1;
      });
    }
  },
  {
    name: 'order-look-ups',
    fastify: '5.x',
    dependencies: ['count-requests', 'sessions', 'session-id', 'measure-requests'],
  },
);
