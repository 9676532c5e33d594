import type { Attributes, EndedSpan } from './span.js';

interface ExporterOptions {
  /** Where the collector takes OTLP over HTTP; `/v1/traces` is added. */
  endpoint: string;
  headers: Record<string, string>;
  serviceName: string;
  /** Called with what went wrong when spans could not be handed over, once until it works again. */
  onFailure: (error: Error) => void;
}

const SEND_INTERVAL_MS = 2000;
const BATCH = 512;
/** While the collector is away or slow, no more than these wait; what comes then is dropped. */
const MAX_WAITING = 4096;
const TIMEOUT_MS = 5000;

/** Hands spans to a collector, in batches, beside the requests. */
export function createExporter({ endpoint, headers, serviceName, onFailure }: ExporterOptions) {
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  let waiting: EndedSpan[] = [];
  let sending = Promise.resolve();
  let hasFailed = false;
  const timer = setInterval(() => void flush(), SEND_INTERVAL_MS);
  timer.unref();

  function add(span: EndedSpan): void {
    if (waiting.length < MAX_WAITING) waiting.push(span);
    if (waiting.length === BATCH) void flush();
  }

  function flush(): Promise<void> {
    sending = sending.then(async () => {
      while (waiting.length > 0) {
        const batch = waiting.slice(0, BATCH);
        waiting = waiting.slice(BATCH);
        await send(batch);
      }
    });
    return sending;
  }

  async function send(spans: EndedSpan[]): Promise<void> {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(toOtlp(spans, serviceName)),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`The collector answers ${response.status}`);
      hasFailed = false;
    } catch (error) {
      if (!hasFailed) onFailure(error as Error);
      hasFailed = true;
    }
  }

  async function close(): Promise<void> {
    clearInterval(timer);
    await flush();
  }

  return { add, flush, close };
}

const toOtlp = (spans: EndedSpan[], serviceName: string) => ({
  resourceSpans: [
    {
      resource: { attributes: toAttributes({ 'service.name': serviceName, 'process.pid': process.pid }) },
      scopeSpans: [{ scope: { name: 'concierge-service' }, spans: spans.map(toSpan) }],
    },
  ],
});

const FAILED = { code: 2 };

const toSpan = ({ startedAt, endedAt, attributes, failed, ...span }: EndedSpan) => ({
  ...span,
  startTimeUnixNano: String(startedAt),
  endTimeUnixNano: String(endedAt),
  attributes: toAttributes(attributes),
  status: failed ? FAILED : undefined,
});

const toAttributes = (attributes: Attributes) =>
  Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
  }));
