import type { FastifyError } from 'fastify';
import { isDatabaseAway } from '../mongodb/client.js';
import { ApiError, ERRORS, type ErrorCode, type FieldError } from './errors.js';

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';
const RETRY_AFTER = { 'retry-after': '2' };

/** An error of the framework, told by its code, and what it is to the caller. */
const FRAMEWORK: Record<string, [code: ErrorCode, detail: string]> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['request.too_large', 'The body is larger than is accepted here.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'request.unsupported_media_type',
    'The content type of the body is not one that this path takes.',
  ],
  FST_INVALID_MULTIPART_CONTENT_TYPE: [
    'request.unsupported_media_type',
    'The body has to be multipart/form-data.',
  ],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['request.malformed', 'The body is empty, and JSON is expected.'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['request.malformed', 'The body is not valid JSON.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    'request.malformed',
    'The body is not as long as its Content-Length says.',
  ],
  FST_ERR_BAD_URL: ['request.malformed', 'The path is not a valid URL.'],
  FST_ERR_MAX_PARAM_LENGTH: ['route.not_found', 'There is nothing at this path.'],
};

/** What any error is to the caller. What is not known by name is a fault of ours and says nothing of the inside. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (isDatabaseAway(error)) return unavailable(error);
  const { code, statusCode, validation } = error as Partial<FastifyError>;
  if (validation) return invalidRequest(validation, (error as FastifyError).validationContext);
  const known = FRAMEWORK[code ?? ''];
  if (known) return new ApiError(...known, { cause: error });
  // a file outside of the folder that is served is a 403 to the framework; to the caller there is none
  if (statusCode === 403 || statusCode === 404)
    return new ApiError('route.not_found', 'There is nothing at this path.', { cause: error });
  // a JSON body with `__proto__` or `constructor.prototype` in it, among others
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new ApiError('request.malformed', 'The request cannot be read.', { cause: error });
  return new ApiError(
    'internal',
    'Something went wrong on our side. The request id helps us to find out what.',
    { cause: error },
  );
}

/** A 503: the service, or something that it needs, is away for the moment. Without a cause there is nothing to look into. */
export const unavailable = (cause?: unknown): ApiError =>
  new ApiError('service.unavailable', 'The service cannot answer at the moment. Please try again shortly.', {
    headers: RETRY_AFTER,
    cause,
  });

/** The body of an answer that is not 2xx (RFC 9457). */
export function problemOf({ code, message, errors, reason }: ApiError, requestId: string) {
  const { status, title } = ERRORS[code];
  return {
    type: `urn:concierge:problem:${code}`,
    title,
    status,
    detail: message,
    message,
    code,
    requestId,
    reason,
    errors,
  };
}

type Validation = NonNullable<FastifyError['validation']>;

function invalidRequest(validation: Validation, context: string | undefined): ApiError {
  // of the ways in which none of several forms fits, the last one says so of the whole
  const failure = validation.at(-1);
  const path = `${failure?.instancePath ?? ''}${missingField(failure?.params)}`;
  const message = messageOf(failure);
  const errors: FieldError[] = [{ path, message }];
  const where = path === '' ? `The ${context ?? 'request'}` : `\`${path.slice(1).replaceAll('/', '.')}\``;
  return new ApiError('request.invalid', `${where} ${message}.`, { errors });
}

const missingField = (params: Record<string, unknown> | undefined): string =>
  typeof params?.missingProperty === 'string' ? `/${params.missingProperty}` : '';

function messageOf(failure: Validation[number] | undefined): string {
  if (failure?.keyword === 'required') return 'is required';
  const expected = (failure as { parentSchema?: { description?: string } } | undefined)?.parentSchema
    ?.description;
  if (failure?.keyword === 'enum')
    return `is not right: expected one of ${(failure.params.allowedValues as string[]).filter(Boolean).join(', ')}`;
  if (['anyOf', 'oneOf', 'not'].includes(failure?.keyword ?? '') && expected)
    return `is not right: expected ${expected.replace(/\.$/, '')}`;
  if (failure?.keyword === 'pattern') return 'has characters, or a form, that is not accepted';
  return failure?.message ?? 'is not valid';
}
