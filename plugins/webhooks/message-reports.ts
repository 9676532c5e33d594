import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { readPostmark } from '../../src/connectors/reports/postmark.js';
import {
  type MessageReport,
  type ReportSettings,
  TWILIO_STATUS_PATH,
} from '../../src/connectors/reports/report.js';
import { isFromSendgrid, readSendgrid } from '../../src/connectors/reports/sendgrid.js';
import { createSns, isSnsMessage, readSes } from '../../src/connectors/reports/ses.js';
import { readTwilioStatus } from '../../src/connectors/reports/twilio-status.js';
import { takeReports } from '../../src/domain/messages/message-fates.js';
import { ApiError } from '../../src/platform/http/errors.js';
import { rawBody } from '../core/json-bodies.js';
import { type TwilioOptions, twilioFormReader } from './signatures.js';

/** SendGrid gathers many events in a call. */
const BODY_LIMIT_BYTES = 1024 * 1024;
const HIDDEN = { schema: { hide: true }, bodyLimit: BODY_LIMIT_BYTES };
const DONE = { ok: true };

const refused = () =>
  new ApiError('webhook.signature_invalid', 'The signature or the password is not that of the sender.');

const take = (app: FastifyInstance, reports: MessageReport[]): Promise<void> =>
  takeReports(reports, {
    fates: app.repositories.messageFates,
    suppressions: app.suppressions,
    subscriptions: app.repositories.subscriptions,
    onNew: ({ vendor, state }) => app.metrics.messages.inc({ vendor, state }),
    now: app.now,
  });

/** What became of text messages; our messages name this address. */
export const twilioStatus: FastifyPluginAsync<TwilioOptions> = async (app, options) => {
  const readForm = twilioFormReader(options);
  app.post<{ Querystring: { delivery?: string } }>(
    TWILIO_STATUS_PATH,
    { schema: { hide: true } },
    async (request, reply) => {
      const fields = Object.entries(readForm(request)).map(([name, value]) => [name, [value].flat()[0]]);
      const report = readTwilioStatus(Object.fromEntries(fields), request.query.delivery, app.now());
      if (report) await take(app, [report]);
      return reply.code(204).send();
    },
  );
};

/** What became of mail, as the sender of it reports: each route is there when its sender is set up. */
export const mailReports: FastifyPluginAsync<ReportSettings> = async (
  app,
  { sesTopics, postmarkLogins, sendgridKeys },
) => {
  await app.register(rawBody);

  if (sesTopics.length > 0) {
    const sns = createSns();
    app.post('/internal/webhooks/mail/ses', HIDDEN, async ({ body }) => {
      // anyone has a topic, and SNS signs for all of them
      if (!isSnsMessage(body) || !sesTopics.includes(body.TopicArn)) throw refused();
      const isSigned = await sns.hasSigned(body).catch((cause) => {
        throw unavailable(cause);
      });
      if (!isSigned) throw refused();
      if (body.Type === 'Notification') await take(app, readSes(body, app.now()));
      else if (body.Type === 'SubscriptionConfirmation')
        await sns.confirm(body).catch((cause) => {
          throw unavailable(cause);
        });
      return DONE;
    });
  }

  // Postmark signs nothing: it calls with the name and the password that stand in the address it was given
  if (postmarkLogins.length > 0) {
    const expected = postmarkLogins.map((login) =>
      Buffer.from(`Basic ${Buffer.from(login).toString('base64')}`),
    );
    app.post('/internal/webhooks/mail/postmark', HIDDEN, async ({ headers, body }) => {
      const given = Buffer.from(headers.authorization ?? '');
      if (!expected.some((one) => given.length === one.length && timingSafeEqual(given, one)))
        throw refused();
      await take(app, readPostmark(body, app.now()));
      return DONE;
    });
  }

  if (sendgridKeys.length > 0)
    app.post('/internal/webhooks/mail/sendgrid', HIDDEN, async ({ headers, body, rawBody: raw }) => {
      if (!isFromSendgrid(sendgridKeys, headers, raw)) throw refused();
      await take(app, readSendgrid(body));
      return DONE;
    });
};

const unavailable = (cause: unknown) =>
  new ApiError('service.unavailable', 'Amazon SNS cannot be asked at the moment.', { cause });
