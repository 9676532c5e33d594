import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { FastifyInstance } from 'fastify';
import t, { type Test } from 'tap';
import { parse } from 'yaml';
import { asForm, createConciergeClient } from '../clients/typescript/index.js';
import { seedCatalogue, seedOrders } from '../scripts/seed.js';
import { WIDGET_SCOPES } from '../src/platform/keys/keys.js';
import { build, call, database, KEY } from './helper.js';
import { form, PNG } from './images.js';

interface Operation {
  operationId: string;
  security?: { bearerKey?: string[] }[];
  requestBody?: {
    content: Record<string, { example?: unknown; examples?: Record<string, { value: unknown }> }>;
  };
}

async function seeded(t: Test) {
  const db = await database(t);
  await Promise.all([seedCatalogue(db), seedOrders(db, new Date())]);
  return build(t, { db });
}

/** Calls that take up what an earlier one has answered with: they have tests of their own. */
const TAKE_UP = ['/api/concierge/order-updates/confirm'];

const upload = (app: FastifyInstance) =>
  app.inject({
    method: 'POST',
    url: '/api/concierge/inspiration',
    ...form({ authorization: `Bearer ${KEY}` }, [
      { name: 'sessionId', value: 's-widget' },
      { name: 'file', fileName: 'ring.png', type: 'image/png', body: PNG },
    ]),
  });

t.test("widget: every example of the widget's calls is answered with 2xx", async (t) => {
  const { app } = await seeded(t);
  const document = parse(await readFile(new URL('../openapi.yaml', import.meta.url), 'utf8'));
  let examples = 0;
  for (const [path, operations] of Object.entries<{ post?: Operation }>(document.paths)) {
    const scope = operations.post?.security?.[0]?.bearerKey?.[0];
    // the key of the widget, and nothing that has to be made first
    if (!WIDGET_SCOPES.some((one) => one === scope) || path.includes('{') || TAKE_UP.includes(path)) continue;
    const content = operations.post?.requestBody?.content['application/json'];
    const values = Object.values(content?.examples ?? {}).map(({ value }) => value);
    for (const value of content?.example ? [content.example, ...values] : values) {
      examples++;
      const response = await call(app, path, value);
      t.ok(
        response.statusCode >= 200 && response.statusCode < 300,
        `${path} ${JSON.stringify(value)}: ${response.statusCode}`,
      );
    }
  }
  t.ok(examples >= 14, `${examples} examples`);
  t.equal((await upload(app)).statusCode, 201, 'the upload');
});

t.test('widget: one customer, from first call to last, with what the current widget sends', async (t) => {
  const { app, db } = await seeded(t);
  const baseUrl = await app.listen({ host: '127.0.0.1', port: 0 });
  const client = createConciergeClient({ baseUrl, apiKey: KEY });
  const sessionId = 'b2f4c1d8-0f5f-4a58-9a52-6d0e6e5a1f10';
  // what the widget sends beyond what an endpoint knows
  const extra = {
    requestId: 'shortlist-6f9619ff',
    originIntent: 'find_product',
    source: 'widget',
    action: { type: 'save' },
  };

  const looked = { category: 'ring', priceMax: 5000, priceLt: 5000, readyToShip: false };
  const found = await client.POST('/api/concierge/products', { body: { ...looked, ...extra } });
  t.ok(Array.isArray(found.data) && found.data.length > 0, 'a bare array');
  const cards = (found.data ?? [])
    .slice(0, 2)
    .map((card) => ({ ...card, reason: 'Fits the brief', score: 0.93 }));

  const list = await client.POST('/api/concierge/shortlist', {
    body: { sessionId, items: cards, ...extra },
  });
  t.equal(list.data?.totalItems, 2);
  const wish = { sessionId, shortlist: cards, shortlistId: list.data?.shortlistId ?? '', customerEmail: '' };
  const hold = await client.POST('/api/concierge/capsule', { body: { ...wish, ...extra } });
  t.has(hold.data, { ok: true, shortlistCount: 2 });

  const status = await client.POST('/api/concierge/orders/status', {
    body: { orderId: 'gg-12006', sessionId, ...extra },
  });
  t.equal(status.data?.reference, 'GG-12006');
  const rma = await client.POST('/api/concierge/orders/returns', {
    body: { option: 'return', sessionId, notes: '', ...extra },
  });
  t.has(rma.data, { ok: true, orderNumber: 'GG-12006' }, 'the order that the session has just looked up');
  const updates = await client.POST('/api/concierge/order-updates', {
    body: { sessionId, orderNumber: 'GG-12004', ...extra },
  });
  t.has(updates.data, { ok: true, channel: 'email' }, 'to the address of the order');

  const image = new File([new Uint8Array(PNG)], 'ring.png', { type: 'image/png' });
  const upload = await client.POST('/api/concierge/inspiration', {
    body: { sessionId, file: image },
    bodySerializer: asForm,
  });
  t.match(upload.data, { originalFileName: 'ring.png', moderationStatus: 'pending_review' });
  const ticket = await client.POST('/api/concierge/stylist', {
    body: { sessionId, name: '', email: 'ada@example.com', notes: '', phone: '', ...extra },
  });
  const rated = { sessionId, rating: 'needs_follow_up' as const, notes: '', orderNumber: 'GG-12006' };
  const rating = await client.POST('/api/analytics/csat', {
    params: { header: { 'idempotency-key': 'widget-csat-1' } },
    body: { ...rated, ...extra },
  });
  t.equal(rating.data?.score, 2);

  const ticketId = ticket.data?.ok ? ticket.data.ticketId : 'none';
  const stored = await db.collection('stylistTickets').findOne({ ticketId });
  t.equal(stored?.shortlist.length, 2, 'the ticket has what the session saved');
  t.equal(stored?.orderNumber, 'GG-12004', 'and the order that it last acted on');
  const order = await db.collection('orders').findOne({ orderNumber: 'GG-12006' });
  t.match(order, { status: 'return_pending', csatRating: 2 });

  const unknown = await client.POST('/api/concierge/orders/status', { body: { orderId: 'GG-99999' } });
  t.equal(unknown.error?.code, 'order.not_found', 'a refusal is typed as well');
  t.equal(unknown.response.headers.get('x-request-id'), unknown.error?.requestId);
});

const MAX_PACKED_BYTES = 80_000;

t.test('the packed client: installed elsewhere, the script of its README compiles and runs', async (t) => {
  const { app } = await seeded(t);
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  const folder = await mkdtemp(join(tmpdir(), 'concierge-client-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const inFolder = (command: string, args: string[]) =>
    promisify(execFile)(command, args, {
      cwd: folder,
      env: { ...process.env, CONCIERGE_API_KEY: KEY, NODE_OPTIONS: '' },
    });

  const client = resolve('clients/typescript');
  const packed = await inFolder('npm', ['pack', '--json', client]);
  const [{ filename, size }] = JSON.parse(packed.stdout);
  t.ok(size < MAX_PACKED_BYTES, `${size} bytes`);
  const { dependencies, version } = JSON.parse(await readFile(join(client, 'package.json'), 'utf8'));
  const service = JSON.parse(await readFile('package.json', 'utf8'));
  t.same(dependencies, { 'openapi-fetch': service.devDependencies['openapi-fetch'] }, 'one dependency');
  t.equal(version, service.version);

  const modules = ['openapi-fetch', 'openapi-typescript-helpers'].map((name) =>
    resolve('node_modules', name),
  );
  const readme = await readFile(join(client, 'README.md'), 'utf8');
  const script = /```ts\n([\s\S]+?)```/.exec(readme)?.[1] ?? '';
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(join(folder, 'try.ts'), script.replace('https://concierge.example', address));
  await inFolder('npm', ['install', '--offline', '--no-audit', '--no-fund', `./${filename}`, ...modules]);
  await inFolder(process.execPath, [
    resolve('node_modules/typescript/bin/tsc'),
    ...['--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2023', '--lib', 'es2023,dom'],
    ...['--types', 'node', '--typeRoots', resolve('node_modules/@types'), 'try.ts'],
  ]);
  const { stdout } = await inFolder(process.execPath, ['try.js']);
  t.match(stdout, /\[\n?\s*'.+: \d+/, 'the pieces');
  t.match(stdout, /3 pieces are on the list/);
  t.match(stdout, /^RMA-/m, 'the RMA');
  t.match(stdout, /inspiration\/insp_.+\/picture/, 'the address of the image');
});
