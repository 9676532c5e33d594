import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import t, { type Test } from 'tap';
import { loggerOptions } from '../../src/platform/http/server-options.js';
import { readTraceparent } from '../../src/platform/tracing/span.js';
import { build, call } from '../helper.js';

const SHORTLIST = '/api/concierge/shortlist';
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';

interface Sent {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: { key: string; value: object }[];
  status?: object;
}

/** A collector that keeps what it is sent. */
async function collector(t: Test) {
  const spans: Sent[] = [];
  const calls: { url: string | undefined; key: unknown; body: unknown }[] = [];
  const server = createServer(async (request, response) => {
    const body = (await json(request)) as { resourceSpans: { scopeSpans: { spans: Sent[] }[] }[] };
    calls.push({ url: request.url, key: request.headers['x-key'], body });
    for (const { scopeSpans } of body.resourceSpans) for (const one of scopeSpans) spans.push(...one.spans);
    response.end('{}');
  }).listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await once(server, 'listening');
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, spans, calls };
}

t.test('tracing: a span for each request, and below it for each command of the database', async (t) => {
  const { endpoint, spans, calls } = await collector(t);
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_HEADERS: 'x-key=secret,x-other=1' };
  const { app } = await build(t, { env });
  const body = { sessionId: 'marked-session', items: [{ id: 'marked-piece' }] };
  const traceparent = `00-${TRACE}-${CALLER}-01`;
  // one after the other: of requests at the same moment one sends what is asked together, and has it in its span
  await call(app, SHORTLIST, body, { traceparent, 'x-request-id': 'traced-request-1' });
  await call(app, SHORTLIST, { ...body, sessionId: 'another' });
  await call(app, SHORTLIST, body, { traceparent: `00-${TRACE}-${CALLER}-00` });
  await app.close();

  t.match(calls[0], { url: '/v1/traces', key: 'secret' });
  t.match(JSON.stringify(calls[0]?.body), '"service.name","value":{"stringValue":"concierge-service"}');
  const requests = spans.filter(({ kind }) => kind === 2);
  t.equal(requests.length, 2, 'not the one whose caller does not record it');
  const [traced] = requests.filter(({ traceId }) => traceId === TRACE);
  t.match(traced, {
    parentSpanId: CALLER,
    name: `POST ${SHORTLIST}`,
    attributes: [{}, {}, { value: { intValue: '200' } }, { value: { stringValue: 'traced-request-1' } }],
  });
  for (const request of requests) {
    const below = spans.filter(({ parentSpanId }) => parentSpanId === request.spanId);
    t.ok(below.length > 0, 'each request has its own');
    for (const span of below) {
      t.match(span, { traceId: request.traceId, kind: 3, name: /^\w+ \w+$/ });
      t.ok(BigInt(span.startTimeUnixNano) >= BigInt(request.startTimeUnixNano));
      t.ok(BigInt(span.endTimeUnixNano) >= BigInt(span.startTimeUnixNano));
    }
  }
  t.notMatch(JSON.stringify(calls), /marked/, 'nothing of what is in them');
});

t.test('tracing: a collector that is away is told once, and nobody waits for it', async (t) => {
  const lines: string[] = [];
  const stream = { write: (line: string) => lines.push(line) };
  const { app } = await build(t, {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' },
    logger: { ...loggerOptions({ level: 'warn' }), stream },
  });
  for (let n = 0; n < 3; n++)
    t.equal((await call(app, SHORTLIST, { sessionId: 's', items: [] })).statusCode, 200);
  await app.close();
  t.equal(lines.filter((line) => line.includes('traces cannot be handed over')).length, 1);
});

t.test('tracing: without a collector there is nothing of it', async (t) => {
  const { app } = await build(t);
  t.notOk(app.hasPlugin('tracing'));
  t.notOk(app.hasRequestDecorator('span'));
});

t.test('tracing: what is no traceparent', async (t) => {
  for (const header of [
    undefined,
    '',
    `00-${TRACE}-${CALLER}`,
    `01-${TRACE}-${CALLER}-01`,
    `00-${'0'.repeat(32)}-${CALLER}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${CALLER}-01`,
  ])
    t.equal(readTraceparent(header), undefined, String(header));
  t.same(readTraceparent(`00-${TRACE}-${CALLER}-03`), { traceId: TRACE, spanId: CALLER, sampled: true });
});
