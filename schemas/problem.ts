import { Type } from '@sinclair/typebox';
import { ERRORS } from '../src/errors.js';
import { refTo } from './common.js';

export const Problem = Type.Object(
  {
    type: Type.String({ description: 'A URN that names the kind of problem.' }),
    title: Type.String({ description: 'The same for every occurrence of a code.' }),
    status: Type.Integer({ description: 'The HTTP status again.' }),
    detail: Type.String({ description: 'What happened, in a sentence.' }),
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
  { $id: 'Problem', description: 'RFC 9457 problem details.' },
);

const MEANINGS: Record<number, string> = {
  400: 'The request is not valid; the detail says what to correct.',
  401: 'No bearer key, or not a valid one.',
  403: 'The key does not have the scope.',
  404: 'Not found.',
  405: 'The path does not take that method; `Allow` lists those it does.',
  409: 'The state of things does not allow it; the detail is a sentence for the customer.',
  413: 'The request is larger than is accepted.',
  415: 'The content type is not supported.',
  422: 'The idempotency key came with another request before.',
  429: 'Too many requests; `Retry-After` says when to come back.',
  500: 'A fault on our side.',
  503: 'The service, or something that it needs, is away; `Retry-After` says when to come back.',
};

type ProblemStatus = 404 | 409 | 422;

/** The answers of a route that are problem documents: those of every route, and those given. */
export function problems(...statuses: ProblemStatus[]) {
  const all = [...statuses, 400, 401, 403, 413, 415, 429, 500, 503].sort();
  return Object.fromEntries(
    all.map((status) => [
      status,
      {
        description: MEANINGS[status],
        content: { 'application/problem+json': { schema: refTo(Problem) } },
      },
    ]),
  );
}
