import { Type } from '@sinclair/typebox';
import { ApiError, ERRORS, type ErrorCode } from '../src/platform/http/errors.js';
import { problemOf } from '../src/platform/http/problem.js';
import { FieldError, refTo } from './common.js';

export const Problem = Type.Object(
  {
    type: Type.String({ description: 'A URN that names the kind of problem.' }),
    title: Type.String({ description: 'The same for every occurrence of a code.' }),
    status: Type.Integer({ description: 'The HTTP status again.' }),
    detail: Type.String({ description: 'What happened, in a sentence.' }),
    message: Type.String({ description: 'The same sentence as `detail`.' }),
    code: Type.String({ enum: Object.keys(ERRORS), description: 'For programs to decide by.' }),
    requestId: Type.String({ description: 'Names this request in the log of the service.' }),
    reason: Type.Optional(Type.String({ description: 'A finer reason within the code.' })),
    errors: Type.Optional(Type.Array(FieldError)),
  },
  {
    $id: 'Problem',
    description: 'RFC 9457 problem details.',
  },
);

/** What each answer that is not 2xx means, whichever call it answers, and the codes that any call may answer with. */
export const PROBLEMS = {
  400: {
    name: 'BadRequest',
    meaning: 'The request is not valid; the detail says what to correct.',
    codes: ['request.invalid', 'request.malformed'],
  },
  401: {
    name: 'Unauthorized',
    meaning: 'No bearer key, or not a valid one.',
    codes: ['auth.missing_key', 'auth.invalid_key'],
  },
  403: { name: 'Forbidden', meaning: 'The key does not have the scope.', codes: ['auth.missing_scope'] },
  404: { name: 'NotFound', meaning: 'Not found.', codes: [] },
  405: {
    name: 'MethodNotAllowed',
    meaning: 'The path does not take that method; `Allow` lists those it does.',
    codes: ['route.method_not_allowed'],
  },
  408: {
    name: 'RequestTimeout',
    meaning: 'The request took too long to arrive.',
    codes: ['request.timeout'],
  },
  409: {
    name: 'Conflict',
    meaning:
      'The state of things does not allow it, and the detail is a sentence for the customer; or the same request is still being performed, and `Retry-After` says when to ask again.',
    codes: ['idempotency.in_flight'],
  },
  413: {
    name: 'ContentTooLarge',
    meaning: 'The request is larger than is accepted.',
    codes: ['request.too_large'],
  },
  415: {
    name: 'UnsupportedMediaType',
    meaning: 'The content type is not supported.',
    codes: ['request.unsupported_media_type'],
  },
  422: {
    name: 'UnprocessableContent',
    meaning: 'The idempotency key came with another request before.',
    codes: ['idempotency.mismatch'],
  },
  429: {
    name: 'TooManyRequests',
    meaning: 'Too many requests; `Retry-After` says when to come back.',
    codes: ['rate_limit.exceeded'],
  },
  431: {
    name: 'RequestHeaderFieldsTooLarge',
    meaning: 'The address with its query, or the headers, are larger than 16 KB.',
    codes: ['request.headers_too_large'],
  },
  500: { name: 'InternalServerError', meaning: 'A fault on our side.', codes: ['internal'] },
  503: {
    name: 'ServiceUnavailable',
    meaning: 'The service, or something that it needs, is away; `Retry-After` says when to come back.',
    codes: ['service.unavailable', 'feature.disabled'],
  },
} as const satisfies Record<number, { name: string; meaning: string; codes: readonly ErrorCode[] }>;

export type ProblemStatus = keyof typeof PROBLEMS;

/** Examples of problem documents, by their codes. */
export const problemExamples = (codes: readonly ErrorCode[]) =>
  Object.fromEntries(codes.map((code) => [code, { summary: ERRORS[code].title, value: exampleOf(code) }]));

const exampleOf = (code: ErrorCode) => {
  const detail = code === 'request.invalid' ? '`priceMin` is not a number.' : `${ERRORS[code].title}.`;
  const errors = code === 'request.invalid' ? [{ path: '/priceMin', message: 'is not a number' }] : undefined;
  return problemOf(new ApiError(code, detail, { errors }), '6f9619ff-8b86-4d01-b42d-00cf4fc964ff');
};

/**
 * The problem documents that the handler of a route itself may answer with, by their codes. Those that come from what stands before
 * every handler (keys, limits, validation, idempotency) are added to the API document by themselves.
 */
export function problems(...codes: ErrorCode[]) {
  const statuses = [...new Set(codes.map((code) => ERRORS[code].status))] as ProblemStatus[];
  return Object.fromEntries(
    statuses.map((status) => {
      const examples = problemExamples(codes.filter((code) => ERRORS[code].status === status));
      return [
        status,
        {
          description: PROBLEMS[status].meaning,
          content: { 'application/problem+json': { schema: refTo(Problem), examples } },
        },
      ];
    }),
  );
}
