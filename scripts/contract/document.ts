import type { ApiDocument, Operation } from '../../plugins/core/openapi/complete.js';

const METHODS = new Set(['get', 'put', 'post', 'delete', 'patch']);

/** A document, with the parts that the rules look at. */
export interface ContractDocument extends ApiDocument {
  tags?: { name: string }[];
  security?: unknown[];
}

export interface Described extends Operation {
  summary?: string;
  tags?: string[];
}

export function operationsOf(
  document: ContractDocument,
): { name: string; path: string[]; operation: Described }[] {
  return Object.entries(document.paths ?? {}).flatMap(([url, operations]) =>
    Object.entries(operations)
      .filter(([method]) => METHODS.has(method))
      .map(([method, operation]) => ({
        name: `${method.toUpperCase()} ${url}`,
        path: ['paths', url, method],
        operation,
      })),
  );
}

/** What a reference within the document stands for; anything else is itself. */
export function resolve(document: object, part: unknown): unknown {
  const ref = (part as { $ref?: string } | null)?.$ref;
  if (ref === undefined) return part;
  const names = ref.slice(2).split('/');
  return names.reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], document);
}
