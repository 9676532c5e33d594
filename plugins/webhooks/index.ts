import type { FastifyInstance } from 'fastify';
import type { Config } from '../../src/config/load.js';
import auth from '../core/auth.js';
import forms from '../core/forms.js';
import signedWebhooks from '../core/signed-webhooks.js';
import { mailReports, twilioStatus } from './message-reports.js';
import orderStatus from './order-status.js';
import twilioInbound from './twilio-inbound.js';

/**
 * What other systems tell us. All of it is signed, each in the way of its sender; none is limited, for they send in bursts, and none takes
 * an idempotency key: a message has an id of its own.
 */
export default async function webhooks(app: FastifyInstance, config: Config): Promise<void> {
  // the shop's systems: a bearer key as well
  await app.register(async (shop) => {
    await shop.register(auth);
    await shop.register(signedWebhooks, { keys: config.connectors.orderWebhookKeys ?? [] });
    await shop.register(orderStatus, { shop: config.shop });
  });

  // Twilio has no key of ours: its signature is the proof
  const { inbound } = config.subscriptions;
  if (inbound)
    await app.register(async (twilio) => {
      await twilio.register(forms);
      await twilio.register(twilioInbound, inbound);
      await twilio.register(twilioStatus, inbound);
    });

  const { reports } = config.connectors;
  if (reports) await app.register(mailReports, reports);
}
