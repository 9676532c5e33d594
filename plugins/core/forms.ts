import fp from 'fastify-plugin';

const MAX_BYTES = 16 * 1024;

/** Reads forms as browsers, mailboxes and Twilio send them. Of a field that comes twice, the last counts. */
export default fp(
  async (app) => {
    app.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: MAX_BYTES },
      async (_request: unknown, body: string) => Object.fromEntries(new URLSearchParams(body)),
    );
  },
  { name: 'forms', fastify: '5.x' },
);
