import { Type } from '@sinclair/typebox';
import { ERRORS } from '../src/platform/http/errors.js';
import { refTo } from './common.js';

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
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          path: Type.String({ description: 'JSON pointer to the field.' }),
          message: Type.String(),
        }),
      ),
    ),
  },
  {
    $id: 'Problem',
    description: 'RFC 9457 problem details.',
    examples: [
      {
        type: 'urn:concierge:problem:request.invalid',
        title: 'The request is not valid',
        status: 400,
        detail: '`priceMin` is not a number.',
        message: '`priceMin` is not a number.',
        code: 'request.invalid',
        requestId: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff',
        errors: [{ path: '/priceMin', message: 'is not a number' }],
      },
    ],
  },
);

/** What each answer that is not 2xx means, whichever call it answers. */
export const PROBLEMS = {
  400: { name: 'BadRequest', meaning: 'The request is not valid; the detail says what to correct.' },
  401: { name: 'Unauthorized', meaning: 'No bearer key, or not a valid one.' },
  403: { name: 'Forbidden', meaning: 'The key does not have the scope.' },
  404: { name: 'NotFound', meaning: 'Not found.' },
  405: {
    name: 'MethodNotAllowed',
    meaning: 'The path does not take that method; `Allow` lists those it does.',
  },
  408: { name: 'RequestTimeout', meaning: 'The request took too long to arrive.' },
  409: {
    name: 'Conflict',
    meaning:
      'The state of things does not allow it, and the detail is a sentence for the customer; or the same request is still being performed, and `Retry-After` says when to ask again.',
  },
  413: { name: 'ContentTooLarge', meaning: 'The request is larger than is accepted.' },
  415: { name: 'UnsupportedMediaType', meaning: 'The content type is not supported.' },
  422: { name: 'UnprocessableContent', meaning: 'The idempotency key came with another request before.' },
  429: { name: 'TooManyRequests', meaning: 'Too many requests; `Retry-After` says when to come back.' },
  500: { name: 'InternalServerError', meaning: 'A fault on our side.' },
  503: {
    name: 'ServiceUnavailable',
    meaning: 'The service, or something that it needs, is away; `Retry-After` says when to come back.',
  },
} as const;

export type ProblemStatus = keyof typeof PROBLEMS;

/**
 * The problem documents that the handler of a route itself may answer with. Those that come from what stands before every
 * handler (keys, limits, validation, idempotency) are added to the API document by themselves.
 */
export function problems(...statuses: ProblemStatus[]) {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: PROBLEMS[status].meaning,
        content: { 'application/problem+json': { schema: refTo(Problem) } },
      },
    ]),
  );
}
