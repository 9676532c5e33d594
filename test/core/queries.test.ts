import { randomUUID } from 'node:crypto';
import type { FastifyInstance, InjectOptions } from 'fastify';
import type { CommandStartedEvent, Db, Document } from 'mongodb';
import t from 'tap';
import { seedCatalogue, seedCreators, seedOrders } from '../../scripts/seed.js';
import { signatureHeaders } from '../../src/connectors/webhooks/signature.js';
import { build, database, STAFF_KEY } from '../helper.js';
import { form, PNG } from '../images.js';

/*
 * Every operation of the API document is called with its examples and with each of its query parameters; what the calls ask the
 * database is explained afterwards. A new endpoint is found by itself: it needs examples (which the contract demands), and path
 * parameters named like the fields in which other answers give their values.
 */

interface Schema {
  type?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  minimum?: number;
  pattern?: string;
  format?: string;
  examples?: unknown[];
}
interface Parameter {
  name: string;
  in: string;
  example?: unknown;
  schema: Schema;
}
interface Operation {
  operationId: string;
  parameters?: (Parameter | { $ref: string })[];
  requestBody?: {
    content: Record<string, { example?: unknown; examples?: Record<string, { value: unknown }> }>;
  };
}
type Fields = Record<string, unknown>;
interface Call {
  id: string;
  method: string;
  path: string;
  operation: Operation;
}

const SIGNING_KEY = Buffer.alloc(32, 7);
const AUTHORIZATION = { authorization: `Bearer ${STAFF_KEY}` };
/** What a call finds may be what another one makes. */
const ROUNDS = 2;
const MAX_OF_A_KIND = 3;

/** What only works on what the other examples have made. */
const MORE_EXAMPLES: Record<string, Fields[]> = { advanceReturn: [{ status: 'approved', by: 'Ada' }] };

/** Not answered with 2xx here, but after its look-up. */
const REFUSED: Record<string, string> = { confirmOrderUpdates: 'its code is only in a text message' };

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every object of an answer, also those in others. */
function objectsIn(value: unknown): Fields[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  return isFields(value) ? [value, ...Object.values(value).flatMap(objectsIn)] : [];
}

const parametersOf = (operation: Operation, where: string): Parameter[] =>
  (operation.parameters ?? []).flatMap((one) => ('in' in one && one.in === where ? [one] : []));

const examplesOf = ({ operationId, requestBody }: Operation): unknown[] => {
  const content = requestBody?.content['application/json'];
  const more = MORE_EXAMPLES[operationId] ?? [];
  const values = [...Object.values(content?.examples ?? {}).map(({ value }) => value), ...more];
  return content?.example === undefined ? values : [content.example, ...values];
};

/** Values of a query parameter: all of an enumeration, else one that fits. */
function valuesFor({ name, example, schema }: Parameter, seen: Fields[]): string[] {
  const known = seen.find((fields) => typeof fields[name] === 'string')?.[name];
  const kinds = [schema, ...(schema.anyOf ?? [])];
  const listed = kinds.flatMap(({ enum: values = [], const: value, examples = [] }) => [
    ...values,
    value,
    ...examples,
  ]);
  const given = [known, example, ...listed].filter((value) => value !== undefined && value !== '');
  if (given.length > 0) return given.map(String);
  const { type, minimum, format } = kinds.find(({ type }) => type !== undefined) ?? {};
  if (type === 'boolean') return ['true'];
  if (type === 'integer' || type === 'number') return [String(minimum ?? 1)];
  return [format === 'date' ? '2026-01-01' : format === 'date-time' ? '2026-01-01T00:00:00Z' : 'ring'];
}

/** Calls everything; gives back which operations were never answered with 2xx, and with what instead. */
async function callEverything(app: FastifyInstance): Promise<Map<string, string>> {
  const document = (await app.inject({ url: '/openapi.json' })).json();
  const calls: Call[] = Object.entries<Record<string, Operation>>(document.paths).flatMap(
    ([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => ({
        id: operation.operationId,
        method,
        path,
        operation,
      })),
  );
  // what removes what others need comes last, and once
  const removes = ({ id, method }: Call) => method === 'delete' || /eras|remove|forget/i.test(id);
  const order = ['post', 'put', 'get', 'patch', 'delete'];
  const rank = (one: Call) => (removes(one) ? order.length : order.indexOf(one.method));
  calls.sort((a, b) => rank(a) - rank(b));
  const failed = new Map(calls.map(({ id }) => [id, 'was not called: no value is known for its path']));
  const done = new Set<string>();
  const seen: Fields[] = [];

  async function send(id: string, options: InjectOptions): Promise<void> {
    const headers = { ...AUTHORIZATION, 'idempotency-key': randomUUID(), ...options.headers };
    // what writes comes twice: a repeat is looked up in its own way
    for (const _ of options.method === 'GET' ? [1] : [1, 2]) {
      const response = await app.inject({ ...options, headers });
      if (response.statusCode >= 300) {
        failed.set(
          id,
          `${options.method} ${options.url}: ${response.statusCode} ${response.body.slice(0, 300)}`,
        );
        return;
      }
      done.add(id);
      if (/json/.test(String(response.headers['content-type']))) {
        const objects = objectsIn(response.json());
        seen.unshift(...objects, ...objects.flatMap(linkOf));
      }
    }
  }

  async function perform({ id, method, path, operation }: Call, round: number): Promise<void> {
    if (id === 'showInspiration') {
      // an address of ours, as an upload has answered it
      const shown = seen.find(({ url }) => typeof url === 'string' && url.includes('/picture?'))?.url;
      if (shown) await send(id, { method: 'GET', url: String(shown).replace(/^https?:\/\/[^/]+/, '') });
      return;
    }
    // each link has a token of its own kind
    const rmaId = seen.find((fields) => typeof fields.rmaId === 'string')?.rmaId;
    const subscriptionId = seen.find((fields) => typeof fields.subscriptionId === 'string')?.subscriptionId;
    if (/returns\/confirm$/.test(path)) seen.unshift({ token: app.proofSigning.tokenOf(String(rmaId)) });
    if (/unsubscribe$/.test(path)) seen.unshift(...linkOf({ subscriptionId }));
    for (const target of targets(path, operation)) {
      const url = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(String(target[name])));
      const options = { method: method.toUpperCase() as 'GET', url };
      if (operation.requestBody?.content['multipart/form-data'])
        await send(id, {
          ...options,
          ...form({}, [
            // that of the example which takes an image over
            { name: 'sessionId', value: '7c9e6679-7425-40de-944b-e07fc1f90ae7' },
            { name: 'file', fileName: 'ring.png', type: 'image/png', body: PNG },
          ]),
        });
      const bodies = examplesOf(operation);
      for (const body of bodies) await send(id, signed(options, adapted(body, target, seen)));
      if (bodies.length > 0) continue;
      await send(id, options);
      if (round < ROUNDS) continue;
      for (const parameter of parametersOf(operation, 'query'))
        for (const value of valuesFor(parameter, seen))
          await send(id, { ...options, url: `${url}?${new URLSearchParams({ [parameter.name]: value })}` });
    }
  }

  /** The fields for the path, from what has been answered: some of each kind. */
  function targets(path: string, operation: Operation): Fields[] {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
    if (names.length === 0) return [{}];
    const found = new Map<string, Fields>();
    const kinds = new Map<string, number>();
    for (const fields of seen) {
      const values = names.map((name) => fields[name]);
      if (values.some((value) => typeof value !== 'string') || found.has(values.join())) continue;
      const kind = String(operation.operationId && names.length > 1 ? values[0] : '');
      if ((kinds.get(kind) ?? 0) >= MAX_OF_A_KIND) continue;
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      found.set(values.join(), fields);
    }
    return [...found.values()];
  }

  // what only a message has
  function linkOf({ subscriptionId }: Fields): Fields[] {
    const token = typeof subscriptionId === 'string' && app.signing.tokenOf(subscriptionId);
    return token ? [{ token }] : [];
  }

  for (let round = 1; round <= ROUNDS; round++)
    for (const one of calls) if (!removes(one) || round === ROUNDS) await perform(one, round);
  // what tells of a removal
  for (const one of calls) if (!done.has(one.id)) await perform(one, ROUNDS);
  for (const id of [...done, ...Object.keys(REFUSED)]) failed.delete(id);
  return failed;
}

/** An action is on the version that the answers have shown, a link has a token of ours. */
function adapted(body: unknown, { version }: Fields, seen: Fields[]): unknown {
  if (!isFields(body)) return body;
  const token = seen.find((fields) => 'token' in fields)?.token;
  const ticketId = seen.find((fields) => typeof fields.ticketId === 'string')?.ticketId;
  return {
    ...body,
    ...('ticketId' in body && ticketId !== undefined && { ticketId }),
    ...('version' in body && version !== undefined && { version }),
    ...('token' in body && token !== undefined && { token }),
  };
}

/** As JSON, and signed as those calls want it that the shop's systems make. */
function signed(options: InjectOptions, value: unknown): InjectOptions {
  const payload = JSON.stringify(value);
  const signature = signatureHeaders([SIGNING_KEY], { id: randomUUID(), at: new Date(), body: payload });
  return { ...options, headers: { 'content-type': 'application/json', ...signature }, payload };
}

const READS = ['find', 'aggregate', 'count', 'distinct', 'findAndModify', 'update', 'delete'];
/** Of the driver's own making, and what an explanation does not take. */
const NOT_EXPLAINED = [
  'lsid',
  '$db',
  'txnNumber',
  'writeConcern',
  'readConcern',
  'maxTimeMS',
  '$clusterTime',
];

/** Records each kind of query once. */
function recordQueries(db: Db): Map<string, Document> {
  const queries = new Map<string, Document>();
  const add = (command: Document): void => {
    const plain = Object.fromEntries(
      Object.entries(command).filter(([name]) => !NOT_EXPLAINED.includes(name)),
    );
    const shape = shapeOf(plain);
    if (!queries.has(shape)) queries.set(shape, plain);
  };
  db.client.on('commandStarted', ({ commandName, command }: CommandStartedEvent) => {
    if (!READS.includes(commandName)) return;
    const list = commandName === 'update' ? 'updates' : commandName === 'delete' ? 'deletes' : undefined;
    if (!list) return add(command);
    for (const statement of command[list]) add({ ...command, [list]: [statement] });
  });
  return queries;
}

/** Two queries that differ in their values only are one. */
function shapeOf(command: Document): string {
  const [name = ''] = Object.keys(command);
  return `${name} ${command[name]} ${JSON.stringify(command, (key, value) => {
    if (key === name || key === 'u' || key === 'update' || key === 'projection') return undefined;
    return typeof value === 'object' ? value : typeof value;
  })}`;
}

function readsAll({ stage, inputStage }: Document): boolean {
  if (stage === 'COLLSCAN') return true;
  // the first few of all, whatever they are, are read and no others
  const { stage: source, filter = {} } = inputStage ?? {};
  if (stage === 'LIMIT' && source === 'COLLSCAN' && Object.keys(filter).length === 0) return false;
  return inputStage !== undefined && readsAll(inputStage);
}

t.test('queries: no request reads a whole collection', async (t) => {
  const db = await database(t);
  await Promise.all([seedCatalogue(db), seedCreators(db), seedOrders(db, new Date())]);
  const env = {
    // a collector, so that the driver tells of its commands; nothing is sent to it
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    OTEL_TRACES_SAMPLER_ARG: '0',
    LINK_SECRET: 'a secret for links',
    // nothing is sent: the dispatcher is off
    SMTP_URL: 'smtp://127.0.0.1:9',
    EMAIL_FROM: 'care@example.com',
    ORDER_WEBHOOK_SECRET: `whsec_${SIGNING_KEY.toString('base64')}`,
  };
  const { app } = await build(t, { db, staff: true, env });
  // it reads the shop's products as a whole, beside the requests
  app.catalogue.stop();
  const queries = recordQueries(app.database);
  const failed = await callEverything(app);
  t.same(Object.fromEntries(failed), {}, 'each operation is answered with 2xx at least once');

  const isScan = async (query: Document) => {
    const { queryPlanner } = await db.command({ explain: query, verbosity: 'queryPlanner' });
    return readsAll(queryPlanner.winningPlan);
  };
  t.ok(queries.size > 20, `${queries.size} kinds of queries`);
  for (const [shape, query] of queries) t.notOk(await isScan(query), shape);
  t.ok(await isScan({ find: 'orders', filter: { 'payment.method': 'card' }, limit: 1 }), 'a scan is seen');
  t.ok(await isScan({ find: 'orders', sort: { total: 1 }, limit: 1 }), 'also one to sort');
});
