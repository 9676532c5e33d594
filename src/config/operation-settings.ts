import { Type } from '@sinclair/typebox';
import { parseFlags, readFlagsFile } from './flags-file.js';
import { listOf, tryReading, type Values } from './read-setting.js';

/** What is switched off, what is watched, and when calls are refused to save the others. */
export const Operation = {
  CONCIERGE_DISABLED: Type.String({
    default: '',
    description: 'Features that are switched off, comma separated, such as `capsule,inspiration`.',
  }),
  CONCIERGE_ROLLOUT: Type.String({
    default: '',
    description: 'Features that only a part of the sessions has, comma separated, such as `stylist=25%`.',
  }),
  CONCIERGE_FLAGS_FILE: Type.Optional(
    Type.String({
      description:
        'File that says the same in place of both, and is read again when it changes: `{ "disabled": ["capsule"], "rollout": { "stylist": 25 } }`.',
    }),
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: Type.Optional(
    Type.String({
      pattern: '^https?://',
      description:
        'OpenTelemetry collector that takes traces over HTTP; without one there are none, and they cost nothing.',
    }),
  ),
  OTEL_EXPORTER_OTLP_HEADERS: Type.String({
    default: '',
    description: 'Headers for the collector, such as a key: `name=value`, comma separated.',
  }),
  OTEL_SERVICE_NAME: Type.String({
    default: 'concierge-service',
    description: 'Name of the service in traces.',
  }),
  OTEL_TRACES_SAMPLER_ARG: Type.Number({
    default: 1,
    minimum: 0,
    maximum: 1,
    description:
      'Part of the requests that is traced, from 0 to 1; a caller that sends a `traceparent` decides for itself.',
  }),
  OVERLOAD_EVENT_LOOP_DELAY_MS: Type.Integer({
    default: 250,
    minimum: 0,
    description: 'Calls are refused while the event loop is later than this, in milliseconds; 0 for never.',
  }),
  OVERLOAD_IN_FLIGHT: Type.Integer({
    default: 1000,
    minimum: 0,
    description: 'Calls that one process works on at once; what is beyond is refused. 0 for no limit.',
  }),
};

export function readOperationSettings(env: Values<typeof Operation>, problems: string[]) {
  const flagsFile = env.CONCIERGE_FLAGS_FILE;
  const flags = tryReading('CONCIERGE_DISABLED or CONCIERGE_ROLLOUT', problems, () =>
    parseFlags(env.CONCIERGE_DISABLED, env.CONCIERGE_ROLLOUT),
  );
  return {
    flags: flags ?? new Map<string, number>(),
    // read again while the service runs: it has to be right when it starts
    flagsFile: tryReading('CONCIERGE_FLAGS_FILE', problems, () =>
      flagsFile ? readFlagsFile(flagsFile) : undefined,
    ),
    tracing: tracing(env),
    overload: { eventLoopDelayMs: env.OVERLOAD_EVENT_LOOP_DELAY_MS, inFlight: env.OVERLOAD_IN_FLIGHT },
  };
}

const tracing = (env: Values<typeof Operation>) =>
  env.OTEL_EXPORTER_OTLP_ENDPOINT
    ? {
        endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT,
        headers: pairsOf(env.OTEL_EXPORTER_OTLP_HEADERS),
        serviceName: env.OTEL_SERVICE_NAME,
        share: env.OTEL_TRACES_SAMPLER_ARG,
      }
    : undefined;

/** `a=1,b=2` */
const pairsOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    listOf(text).map((pair) => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    }),
  );
