import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import {
  type FastifyBaseLogger,
  type FastifyHttpOptions,
  type FastifyServerOptions,
  LogController,
  type RawServerDefault,
} from 'fastify';
import { destination, type LoggerOptions } from 'pino';
import { loggedError } from '../../lib/log-error.js';
import { within } from './client-address.js';
import { buildSerializer, buildValidator } from './compile-schemas.js';
import { ApiError, type ErrorCode } from './errors.js';
import { PROBLEM_TYPE, problemOf, toApiError } from './problem.js';
import { SECURITY_HEADERS } from './security-headers.js';

/** An inbound request id that can stand in a header, a log line and a support ticket as it is. */
const SANE_REQUEST_ID = /^[\w.:-]{8,128}$/;

const BODY_LIMIT_BYTES = 1024 * 1024;
const HEADER_LIMIT_BYTES = 16 * 1024;
/** How often connections are looked at that have taken too long. */
const POLL_INTERVAL_MS = 5000;
/** A connection on which nothing moves, in either direction, for longer than any answer takes. */
const SILENCE_MS = 90_000;
const LOG_FLUSH_MS = 100;
const LOG_FLUSH_BYTES = 12 * 1024;

interface ServerSettings {
  http: {
    /** The proxies whose `X-Forwarded-*` is believed. */
    trustProxy: false | readonly string[];
    /** For a request to arrive. */
    requestTimeoutMs: number;
  };
}

/** The options of the HTTP server, the same for the service and for the tests. */
export function serverOptions(
  { http }: ServerSettings,
  logger: FastifyServerOptions['logger'],
): FastifyHttpOptions<RawServerDefault> {
  return {
    ...(logger && { logger }),
    trustProxy: http.trustProxy && within(http.trustProxy),
    bodyLimit: BODY_LIMIT_BYTES,
    // what the start waits for (an index that is built, the catalogue) has a limit of its own, and says by name what has not come
    pluginTimeout: 0,
    // slow clients do not hold a connection for longer
    requestTimeout: http.requestTimeoutMs,
    connectionTimeout: SILENCE_MS,
    http: {
      maxHeaderSize: HEADER_LIMIT_BYTES,
      headersTimeout: Math.ceil(http.requestTimeoutMs / 3),
      connectionsCheckingInterval: Math.min(POLL_INTERVAL_MS, http.requestTimeoutMs),
    },
    // one line a request, written when it has been answered, by the request-id plugin
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    childLoggerFactory: (log, bindings, options) =>
      new RequestLog(() => log.child(bindings, options)) as unknown as FastifyBaseLogger,
    requestIdHeader: false,
    genReqId: (request) => {
      const given = request.headers['x-request-id'];
      return typeof given === 'string' && SANE_REQUEST_ID.test(given) ? given : randomUUID();
    },
    schemaController: { compilersFactory: { buildValidator, buildSerializer } },
    // a path parameter is an id: nothing here is longer
    routerOptions: { maxParamLength: 200 },
    // what still comes while the server closes is answered like the rest: the balancer has been told by /health/ready
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    frameworkErrors: (error, request, reply) => {
      const apiError = toApiError(error);
      const headers = { ...SECURITY_HEADERS, 'x-request-id': request.id, 'content-type': PROBLEM_TYPE };
      reply.raw.writeHead(apiError.status, headers).end(JSON.stringify(problemOf(apiError, request.id)));
    },
    clientErrorHandler: answerUnreadable,
  };
}

const UNREADABLE: Record<string, [code: ErrorCode, detail: string]> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['request.timeout', 'The request did not arrive in time.'],
  HPE_HEADER_OVERFLOW: ['request.headers_too_large', 'The headers are larger than is accepted.'],
};

// What is not HTTP never reaches a route: it is answered on the bare socket.
function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return;
  const [code, detail] = UNREADABLE[error.code ?? ''] ?? [
    'request.malformed',
    'The request is not valid HTTP.',
  ];
  const apiError = new ApiError(code, detail);
  const requestId = randomUUID();
  const body = JSON.stringify(problemOf(apiError, requestId));
  const head = [
    `HTTP/1.1 ${apiError.status} ${STATUS_CODES[apiError.status]}`,
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestId}`,
    ...Object.entries(SECURITY_HEADERS).map(([name, value]) => `${name}: ${value}`),
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

const LOG_METHODS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent', 'child'] as const;

/** The log of a request, with its id: made when something is logged, for few requests do. To make it took as long as writing a line. */
class RequestLog {
  make: () => FastifyBaseLogger;
  made: FastifyBaseLogger | undefined;

  constructor(make: () => FastifyBaseLogger) {
    this.make = make;
    this.made = undefined;
  }

  get log(): FastifyBaseLogger {
    this.made ??= this.make();
    return this.made;
  }

  get level(): string {
    return this.log.level;
  }
}
for (const name of LOG_METHODS)
  Object.defineProperty(RequestLog.prototype, name, {
    value(this: RequestLog, ...args: unknown[]) {
      return Reflect.apply(this.log[name], this.log, args);
    },
  });

/** Production logs: JSON, one line an event, without secrets and personal data. */
export const loggerOptions = ({ level }: { level: string }): LoggerOptions => ({
  level,
  // the request line is made of chosen fields only; this is a second line of defence
  serializers: { err: loggedError },
  redact: ['req.headers.authorization', 'headers.authorization', '*.email', '*.phone', '*.notes'],
});

/** Lines go out together, within 100 ms, and at the end of the process: a write for each took 6 % of the processor's time, and each wakes a thread. */
export const logStream = () =>
  destination({ dest: 1, sync: false, minLength: LOG_FLUSH_BYTES, periodicFlush: LOG_FLUSH_MS });
