import { Value } from '@sinclair/typebox/value';
import type { FastifyPluginAsync } from 'fastify';
import type { AirtableSettings } from '../../src/connectors/crm/airtable.js';
import { AirtableError, AirtablePing, isFromAirtable } from '../../src/connectors/crm/news/airtable-news.js';
import { isFromZendesk, readZendesk } from '../../src/connectors/crm/news/zendesk-news.js';
import type { ZendeskSettings } from '../../src/connectors/crm/zendesk.js';
import { AIRTABLE_PING_PATH, createAirtableTaking } from '../../src/domain/stylist/take-airtable-news.js';
import { takeCrmNews } from '../../src/domain/stylist/take-crm-news.js';
import { ApiError } from '../../src/platform/http/errors.js';
import { rawBody } from '../core/json-bodies.js';

interface CrmNewsOptions {
  zendesk?: ZendeskSettings | undefined;
  airtable?: AirtableSettings | undefined;
  timeoutMs: number;
}

const HIDDEN = { schema: { hide: true } };

const refused = () => new ApiError('webhook.signature_invalid', 'The signature is not that of the sender.');

/** The way back from the CRM: what the staff does there is what the dashboard says of a ticket. */
const crmNews: FastifyPluginAsync<CrmNewsOptions> = async (app, { zendesk, airtable, timeoutMs }) => {
  const { stylistTickets, crmCursors } = app.collections;
  await app.register(rawBody);

  const zendeskSecrets = zendesk?.webhookSecrets ?? [];
  if (zendeskSecrets.length > 0)
    app.post('/internal/webhooks/zendesk', HIDDEN, async ({ headers, body, rawBody: raw }) => {
      if (!isFromZendesk(zendeskSecrets, headers, raw)) throw refused();
      const news = readZendesk(body);
      return { ok: true, outcome: news ? await takeCrmNews(stylistTickets, news, app.now()) : 'ignored' };
    });

  const airtableSecrets = airtable?.webhookSecrets ?? [];
  if (!airtable || airtableSecrets.length === 0) return;
  const { take } = createAirtableTaking({
    airtable,
    timeoutMs,
    tickets: stylistTickets,
    cursors: crmCursors,
    now: app.now,
  });
  app.post(AIRTABLE_PING_PATH, HIDDEN, async ({ headers, body, rawBody: raw }, reply) => {
    if (!isFromAirtable(airtableSecrets, headers['x-airtable-content-mac'], raw)) throw refused();
    if (!Value.Check(AirtablePing, body) || body.base.id !== airtable.baseId) throw refused();
    try {
      await take(body.webhook.id);
    } catch (error) {
      if (!(error instanceof AirtableError)) throw error;
      // Airtable pings again, and its payloads stay for a week
      throw new ApiError('service.unavailable', 'Airtable cannot be asked at the moment.', { cause: error });
    }
    return reply.code(204).send();
  });
};

export default crmNews;
