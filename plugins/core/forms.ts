import formbody from '@fastify/formbody';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { invalid } from '../../src/platform/http/errors.js';

interface FormsOptions {
  bodyLimit?: number;
  /** A field that may come more than once: all of it is kept, with spaces between. */
  list?: string;
}

const BODY_LIMIT_BYTES = 16 * 1024;

/** Reads forms as browsers, mailboxes and Twilio send them. Of another field that comes twice, the last counts. */
export default fp<FormsOptions>(
  async (app, { bodyLimit = BODY_LIMIT_BYTES, list }) => {
    await app.register(formbody, {
      bodyLimit,
      parser: (body) => {
        const fields = new URLSearchParams(body);
        if (list && fields.has(list)) fields.set(list, fields.getAll(list).join(' '));
        return Object.fromEntries(fields);
      },
    });
    // a mailbox that unsubscribes with one click may send its one field so (RFC 8058)
    app.addContentTypeParser(
      'multipart/form-data',
      { parseAs: 'buffer', bodyLimit },
      async (request: FastifyRequest, body: Buffer) => fieldsOf(body, request.headers['content-type']),
    );
  },
  { name: 'forms', fastify: '5.x' },
);

/** The fields of such a form that are texts; a file is none of what is asked for. */
async function fieldsOf(body: Buffer, contentType = ''): Promise<Record<string, string>> {
  try {
    const form = await new Response(new Uint8Array(body), {
      headers: { 'content-type': contentType },
    }).formData();
    return Object.fromEntries(
      [...form].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
    );
  } catch {
    throw invalid('', 'This form cannot be read.');
  }
}
