import { PROBLEMS, type ProblemStatus, problemExamples } from '../../../schemas/problem.js';
import { REMEMBERED_HOURS } from '../../../src/platform/idempotency/idempotency.js';
import { SCOPES } from '../../../src/platform/keys/keys.js';

/** What the API document says once and refers to from every operation. */

export const INFO = {
  title: 'Concierge Service',
  version: '0.2.0',
  summary: "Backend of a jewellery shop's concierge widget",
  description: [
    'Recommends pieces, tells where an order is, starts returns and resizes, holds capsules of pieces, brings in a stylist, and keeps ratings, shortlists, inspiration images and order-update subscriptions.',
    'Every call carries a bearer key, whose scopes say what it may call. Every answer that is not 2xx is an RFC 9457 problem document with a `code` and a `requestId`, also where no operation is reached: 404 for an unknown path, 405 for a method that a path does not take, 408 and 431 for a request that comes too slowly or with too large headers.',
    'Fields that a request has beyond those documented are ignored; an empty text counts as not given. Answers may gain fields, and lists of values such as `code` may grow, within a version.',
  ].join('\n\n'),
  contact: { name: 'The maintainers of the Concierge Service' },
  license: { name: 'MIT', identifier: 'MIT' },
};

/** In the order in which the page groups them: who calls. */
export const TAGS = [
  {
    name: 'Widget',
    description: 'What the concierge widget calls, by way of the server of the shop: its nine actions.',
  },
  { name: 'Shop', description: 'What the pages and the systems of the shop call, and the links in mails.' },
  { name: 'Staff', description: 'What the staff see and do. Needs keys of their own.' },
  {
    name: 'Operations',
    description: 'For those who run the service: health, and requests about personal data.',
  },
  {
    name: 'Webhooks',
    description: "What the service sends to the shop's own services, signed as in Standard Webhooks.",
  },
];

const text = (description: string) => ({ description, schema: { type: 'string' } });
const seconds = (description: string) => ({ description, schema: { type: 'integer', minimum: 0 } });

/** By the name under which components have them; `header` is how they are called on the wire. */
export const HEADERS = {
  RequestId: {
    header: 'x-request-id',
    ...text('Names this request in the log: the one sent, or a new one.'),
  },
  RateLimit: {
    header: 'ratelimit',
    ...text('What is left of the limit that is nearest to its end, such as `"session";r=58;t=42`.'),
  },
  RateLimitPolicy: {
    header: 'ratelimit-policy',
    ...text('The limits that count this call, such as `"session";q=60;w=60`.'),
  },
  RetryAfter: { header: 'retry-after', ...seconds('After how many seconds to ask again.') },
  WwwAuthenticate: { header: 'www-authenticate', ...text('What the key lacks (RFC 6750).') },
  Allow: { header: 'allow', ...text('The methods that the path takes.') },
  IdempotencyReplayed: {
    header: 'idempotency-replayed',
    description: '`true` when the answer is that of an earlier request with the same key.',
    schema: { type: 'string', enum: ['true'] },
  },
};
export type HeaderName = keyof typeof HEADERS;

/** Without examples: a page that tries calls out would send the same key with each of them. */
export const PARAMETERS = {
  RequestId: {
    name: 'x-request-id',
    in: 'header',
    description:
      'Names the request in logs and in the answer: 8 to 128 letters, digits, `.`, `:`, `_` or `-`. Anything else is replaced by a new one.',
    schema: { type: 'string' },
  },
  IdempotencyKey: {
    name: 'idempotency-key',
    in: 'header',
    description: `Made again with the same key, a request is not performed again but answered as it was, for ${REMEMBERED_HOURS} hours. A key belongs to its client, route, path and session. The older name \`x-idempotency-key\` and the field \`idempotencyKey\` serve as well.`,
    schema: { type: 'string', minLength: 8, maxLength: 255, pattern: '^[\\x21-\\x7e]{8,255}$' },
  },
};
export type ParameterName = keyof typeof PARAMETERS;

export const SECURITY_SCHEMES = {
  bearerKey: {
    type: 'http' as const,
    scheme: 'bearer',
    description: `A key in \`CONCIERGE_API_KEY\`, or one of \`CONCIERGE_API_KEYS_FILE\` with the scope that the operation names. Scopes: ${SCOPES.map((scope) => `\`${scope}\``).join(', ')}.`,
  },
};

const HEADERS_OF: Partial<Record<ProblemStatus, HeaderName>> = {
  401: 'WwwAuthenticate',
  403: 'WwwAuthenticate',
  405: 'Allow',
  409: 'RetryAfter',
  429: 'RetryAfter',
  503: 'RetryAfter',
};

export const headerRefs = (...names: HeaderName[]) =>
  Object.fromEntries(names.map((name) => [HEADERS[name].header, { $ref: `#/components/headers/${name}` }]));

/** The headers of an answer of that status, whichever call it answers. */
export const headersOf = (status: number) => {
  const own = HEADERS_OF[status as ProblemStatus];
  return headerRefs('RequestId', ...(own ? [own] : []));
};

export const PROBLEM_RESPONSES = Object.fromEntries(
  Object.entries(PROBLEMS).map(([status, { name, meaning, codes }]) => [
    name,
    {
      description: meaning,
      headers: headersOf(Number(status)),
      content: {
        'application/problem+json': {
          schema: { $ref: '#/components/schemas/Problem' },
          examples: problemExamples(codes),
        },
      },
    },
  ]),
);
