import { ERRORS } from '../../src/platform/http/errors.js';
import { toApiError } from '../../src/platform/http/problem.js';

/** What a page says of an error. */
export function pageErrorOf(error: unknown): { status: number; title: string; detail: string } {
  if (isForgery(error))
    return {
      status: 403,
      title: 'This form is out of date',
      detail: 'Nothing was done. Go back, reload the page, and try once more.',
    };
  const { code, status, message } = toApiError(error);
  return { status, title: ERRORS[code].title, detail: message };
}

const isForgery = (error: unknown): boolean =>
  String((error as { code?: unknown } | undefined)?.code).startsWith('FST_CSRF_');
