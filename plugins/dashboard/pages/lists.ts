import { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type Static, Type } from '@sinclair/typebox';
import { LIST_NAMES, LISTS, MAX_ROWS } from '../../../src/dashboard/lists/lists.js';
import { addDays } from '../../../src/lib/calendar.js';
import { present } from '../../../src/lib/values/text.js';
import { AskedPeriod } from './period.js';
import { signedIn } from './signed-in.js';

const Params = Type.Object({
  name: Type.Unsafe<(typeof LIST_NAMES)[number]>({ type: 'string', enum: LIST_NAMES }),
});
const USUAL_DAYS = 30;

/** All tickets, returns, holds, ratings or orders of a period, to look at and as a file: what a bar of a plot stands for. */
const listsPages: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/dashboard/lists/:name',
    { schema: { hide: true, params: Params, querystring: AskedPeriod } },
    async (request, reply) => {
      const { name } = request.params;
      const period = periodOf(request.query);
      const rows = await app.dashboard.lists.rows(signedIn(request), name, period);
      const list = { ...LISTS[name], id: name };
      return reply.view('list', {
        ...period,
        rows,
        list,
        most: MAX_ROWS,
        lists: LISTS,
        title: list.name,
        section: 'insights',
      });
    },
  );

  app.get(
    '/dashboard/lists/:name/csv',
    { schema: { hide: true, params: Params, querystring: AskedPeriod } },
    async (request, reply) => {
      const { name } = request.params;
      const period = periodOf(request.query);
      await app.audit(request, {
        action: 'dashboard.exported',
        target: name,
        by: signedIn(request).name,
        details: period,
      });
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${name}-${period.from}-${period.to}.csv"`)
        .send(Readable.from(app.dashboard.lists.file(signedIn(request), name, period)));
    },
  );

  function periodOf({ from, to }: Static<typeof AskedPeriod>) {
    const last = present(to) ?? app.calendar.dayOf(app.now());
    return { from: present(from) ?? addDays(last, 1 - USUAL_DAYS), to: last };
  }
};

export default listsPages;
