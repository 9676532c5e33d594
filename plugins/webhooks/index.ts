import type { FastifyInstance } from 'fastify';
import type { Config } from '../../src/config/load.js';
import { renderSms } from '../../src/connectors/templates/fit-sms-segment.js';
import auth from '../core/auth.js';
import forms from '../core/forms.js';
import brazeSubscription from './braze-subscription.js';
import crmNews from './crm-news.js';
import { mailReports, twilioStatus } from './message-reports.js';
import orderStatus from './order-status.js';
import signedWebhooks from './signatures.js';
import supportNews from './support-news.js';
import twilioInbound from './twilio-inbound.js';

/**
 * What other systems tell us. All of it is signed, each in the way of its sender, or has a key of ours; none is limited, for they send in bursts, and none takes
 * an idempotency key: a message has an id of its own.
 */
export default async function webhooks(app: FastifyInstance, config: Config): Promise<void> {
  // the shop's systems: a bearer key as well
  await app.register(async (shop) => {
    await shop.register(auth);
    await shop.register(signedWebhooks, { keys: config.connectors.orderWebhookKeys ?? [] });
    await shop.register(orderStatus, { shop: config.shop });
    await shop.register(supportNews);
  });

  await app.register(async (braze) => {
    await braze.register(auth);
    await braze.register(brazeSubscription);
  });

  // Twilio has no key of ours: its signature is the proof
  const { inbound } = config.subscriptions;
  const { messages, shop } = config.connectors;
  const help = renderSms(messages['subscription.help'].sms ?? '', { shop: shop.name, contact: shop.contact });
  if (inbound)
    await app.register(async (twilio) => {
      await twilio.register(forms);
      await twilio.register(twilioInbound, { ...inbound, help });
      await twilio.register(twilioStatus, inbound);
    });

  const { reports, zendesk, airtable, timeoutMs } = config.connectors;
  await app.register(crmNews, { zendesk, airtable, timeoutMs });
  if (reports) await app.register(mailReports, reports);
}
