import type { FastifyInstance, InjectOptions } from 'fastify';
import { STAFF_KEY } from '../helper.js';

/** An operation of the API document, with the bodies that it gives as examples. */
interface Operation {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  examples: unknown[];
}

interface Described {
  requestBody?: { content?: Record<string, { examples?: Record<string, { value: unknown }> }> };
}

/** Every operation of the document that needs a key. */
export function operationsOf(app: FastifyInstance): Operation[] {
  const document = app.swagger() as { paths?: Record<string, Record<string, Described>> };
  return Object.entries(document.paths ?? {})
    .filter(([path]) => path.startsWith('/api/'))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { requestBody }]) => ({
        method: method.toUpperCase() as Operation['method'],
        path,
        examples: Object.values(requestBody?.content?.['application/json']?.examples ?? {}).map(
          ({ value }) => value,
        ),
      })),
    );
}

/** A call of an operation with the key of the staff. Its path parameters are the one given. */
export const requestOf = (
  { method, path }: Operation,
  { body, parameter = 'x', query = '' }: { body?: unknown; parameter?: string; query?: string },
): InjectOptions => ({
  method,
  url: path.replace(/\{\w+\}/g, encodeURIComponent(parameter)) + query,
  headers: { authorization: `Bearer ${STAFF_KEY}`, 'content-type': 'application/json' },
  ...(method !== 'GET' && { payload: typeof body === 'string' ? body : JSON.stringify(body ?? {}) }),
});

type Place = (string | number)[];

/** Where the texts and numbers of a body stand. */
export function leavesOf(value: unknown, at: Place = []): Place[] {
  if (value === null || typeof value !== 'object') return [at];
  return Object.entries(value).flatMap(([name, inner]) =>
    leavesOf(inner, [...at, Array.isArray(value) ? Number(name) : name]),
  );
}

/** The body with another value at that place. */
export function withValue(body: unknown, [first, ...rest]: Place, value: unknown): unknown {
  if (first === undefined) return value;
  if (Array.isArray(body))
    return body.map((inner, index) => (index === first ? withValue(inner, rest, value) : inner));
  const fields = body as Record<string, unknown>;
  return { ...fields, [first]: withValue(fields[first], rest, value) };
}
