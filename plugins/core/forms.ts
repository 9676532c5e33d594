import formbody from '@fastify/formbody';
import fp from 'fastify-plugin';

export interface FormsOptions {
  bodyLimit?: number;
}

const BODY_LIMIT_BYTES = 16 * 1024;

/** Reads forms as browsers, mailboxes and Twilio send them. Of a field that comes twice, the last counts. */
export default fp<FormsOptions>(
  async (app, { bodyLimit = BODY_LIMIT_BYTES }) => {
    await app.register(formbody, {
      bodyLimit,
      parser: (body) => Object.fromEntries(new URLSearchParams(body)),
    });
  },
  { name: 'forms', fastify: '5.x' },
);
