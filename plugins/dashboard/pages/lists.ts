import { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type Static, Type } from '@sinclair/typebox';
import { LIST_NAMES, LISTS, listsFor, MAX_ROWS } from '../../../src/dashboard/lists/lists.js';
import { addDays } from '../../../src/lib/calendar.js';
import { present } from '../../../src/lib/values/text.js';
import { signedIn } from '../signed-session.js';
import { AskedPeriod } from './insights.js';

const Params = Type.Object({
  name: Type.Unsafe<(typeof LIST_NAMES)[number]>({ type: 'string', enum: LIST_NAMES }),
});
const Narrowed = Type.Object({
  ...AskedPeriod.properties,
  by: Type.Optional(Type.String({ maxLength: 100 })),
  action: Type.Optional(Type.String({ maxLength: 100 })),
  target: Type.Optional(Type.String({ maxLength: 200 })),
});
const USUAL_DAYS = 30;

/** All tickets, returns, holds, ratings or orders of a period, to look at and as a file: what a bar of a plot stands for. */
const listsPages: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/dashboard/lists/:name',
    { schema: { hide: true, params: Params, querystring: Narrowed } },
    async (request, reply) => {
      const { name } = request.params;
      const viewer = signedIn(request);
      const wish = wishOf(request.query);
      const [rows, staff] = await Promise.all([
        app.dashboard.lists.rows(viewer, name, wish),
        app.dashboard.staff.names(),
      ]);
      const list = { ...LISTS[name], id: name };
      return reply.view('list', {
        ...wish,
        rows,
        list,
        staff,
        most: MAX_ROWS,
        lists: listsFor(viewer),
        title: list.name,
        section: 'insights',
      });
    },
  );

  app.get(
    '/dashboard/lists/:name/csv',
    { schema: { hide: true, params: Params, querystring: Narrowed } },
    async (request, reply) => {
      const { name } = request.params;
      const viewer = signedIn(request);
      const wish = wishOf(request.query);
      const { chosen, ...period } = wish;
      const lines = app.dashboard.lists.file(viewer, name, wish);
      await app.audit(request, {
        action: 'dashboard.exported',
        target: name,
        by: viewer.name,
        details: { ...period, ...chosen },
      });
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${name}-${period.from}-${period.to}.csv"`)
        .send(Readable.from(lines));
    },
  );

  function wishOf({ from, to, by, action, target }: Static<typeof Narrowed>) {
    const last = present(to) ?? app.calendar.dayOf(app.now());
    const chosen = { by: present(by), action: present(action), target: present(target) };
    return { from: present(from) ?? addDays(last, 1 - USUAL_DAYS), to: last, chosen };
  }
};

export default listsPages;
