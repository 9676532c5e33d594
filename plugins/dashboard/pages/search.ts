import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { present } from '../../../src/lib/values/text.js';
import { signedIn } from '../signed-session.js';

const Query = Type.Object({ q: Type.Optional(Type.String({ maxLength: 254 })) });

/** One field for whatever someone has at hand: a number, an address, a telephone number, a name. */
const searchPages: FastifyPluginAsyncTypebox = async (app) => {
  app.get('/dashboard/search', { schema: { hide: true, querystring: Query } }, async (request, reply) => {
    const viewer = signedIn(request);
    const typed = present(request.query.q);
    const groups = typed ? await app.dashboard.search(viewer, typed) : [];
    const [first, ...others] = groups.flatMap(({ results }) => results);
    // what only one thing can be meant by is that thing
    if (first && others.length === 0) return reply.redirect(first.path, 303);
    return reply.view('search', { groups, typed: typed ?? '', title: 'Search', section: '' });
  });
};

export default searchPages;
