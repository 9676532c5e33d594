import { randomBytes } from 'node:crypto';

/** As OTLP numbers them. */
export const KIND = { server: 2, client: 3 } as const;

/** Where a span stands in its trace. */
export interface SpanContext {
  traceId: string;
  spanId: string;
}

export type Attributes = Record<string, string | number>;

/** Work that has begun. */
export interface Span extends SpanContext {
  parentSpanId?: string;
  kind: (typeof KIND)[keyof typeof KIND];
  name: string;
  startedAt: bigint;
}

/** Work that is over. */
export interface EndedSpan extends Span {
  endedAt: bigint;
  attributes: Attributes;
  failed: boolean;
}

const newId = (bytes: number): string => randomBytes(bytes).toString('hex');

// The wall clock at the start, and from there on one that never goes back.
const ORIGIN = BigInt(Math.round(performance.timeOrigin * 1e6));
const nowNanoseconds = (): bigint => ORIGIN + BigInt(Math.round(performance.now() * 1e6));

export function startSpan(name: string, kind: Span['kind'], parent: SpanContext | undefined): Span {
  return {
    traceId: parent?.traceId ?? newId(16),
    spanId: newId(8),
    parentSpanId: parent?.spanId,
    kind,
    name,
    startedAt: nowNanoseconds(),
  };
}

export const endSpan = (span: Span, attributes: Attributes, failed: boolean): EndedSpan => ({
  ...span,
  endedAt: nowNanoseconds(),
  attributes,
  failed,
});

const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** The caller's span and whether the caller records it (W3C `traceparent`); undefined for what is not one. */
export function readTraceparent(header: unknown): (SpanContext & { sampled: boolean }) | undefined {
  const [, traceId, spanId, flags] = (typeof header === 'string' && TRACEPARENT.exec(header)) || [];
  if (!traceId || !spanId || !flags) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}
