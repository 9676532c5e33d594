/** Every error that the API can answer with. `title` is the same for all occurrences of a code; `detail` says what happened. */
export const ERRORS = {
  'request.invalid': { status: 400, title: 'The request is not valid' },
  'request.malformed': { status: 400, title: 'The request cannot be read' },
  'request.timeout': { status: 408, title: 'The request took too long to arrive' },
  'request.too_large': { status: 413, title: 'The request is too large' },
  'request.headers_too_large': { status: 431, title: 'The request headers are too large' },
  'request.unsupported_media_type': { status: 415, title: 'The content type is not supported here' },
  'auth.missing_key': { status: 401, title: 'A bearer key is required' },
  'auth.invalid_key': { status: 401, title: 'The bearer key is not valid' },
  'route.not_found': { status: 404, title: 'There is nothing at this path' },
  'route.method_not_allowed': { status: 405, title: 'This path does not take that method' },
  'auth.missing_scope': { status: 403, title: 'The key does not allow this' },
  'idempotency.mismatch': { status: 422, title: 'The idempotency key belongs to another request' },
  'idempotency.in_flight': { status: 409, title: 'The request is being performed' },
  'rate_limit.exceeded': { status: 429, title: 'Too many requests' },
  'webhook.signature_invalid': { status: 401, title: 'The signature is not valid' },
  'webhook.not_configured': { status: 503, title: 'Webhooks are not set up' },
  'session.not_found': { status: 404, title: 'No such session' },
  'product.not_found': { status: 404, title: 'No such product' },
  'order.not_found': { status: 404, title: 'No such order' },
  'return.not_found': { status: 404, title: 'No such RMA' },
  'return.link_invalid': { status: 400, title: 'The link is not valid' },
  'return.step_not_allowed': { status: 409, title: 'The RMA cannot take that step' },
  'capsule.empty': { status: 400, title: 'There is nothing to hold' },
  'subscription.not_found': { status: 404, title: 'No such subscription' },
  'subscription.link_invalid': { status: 400, title: 'The link is not valid' },
  'capsule.not_found': { status: 404, title: 'No such capsule' },
  'capsule.change_not_allowed': { status: 409, title: 'The capsule cannot be changed like that' },
  'subscription.consent_required': { status: 400, title: 'Consent is required' },
  'upload.no_file': { status: 400, title: 'There is no file' },
  'upload.no_session': { status: 400, title: 'The session is not named' },
  'upload.empty': { status: 400, title: 'The file is empty' },
  'upload.several_files': { status: 400, title: 'There is more than one file' },
  'upload.truncated': { status: 400, title: 'The upload ended too early' },
  'upload.type_mismatch': { status: 415, title: 'The file is not of the type that it claims' },
  'upload.not_an_image': { status: 415, title: 'The file is not an image that we take' },
  'upload.not_received': { status: 409, title: 'The upload has not arrived' },
  'upload.size_mismatch': { status: 400, title: 'The file is not as large as announced' },
  'inspiration.not_found': { status: 404, title: 'No such image' },
  'upload.too_large': { status: 413, title: 'The file is too large' },
  'erasure.not_found': { status: 404, title: 'No such erasure' },
  'dashboard.not_found': { status: 404, title: 'There is no such thing' },
  'dashboard.stale': { status: 409, title: 'Someone else was faster' },
  'dashboard.not_allowed': { status: 409, title: 'This cannot be done now' },
  'dashboard.signed_out': { status: 401, title: 'You are signed out' },
  'feature.disabled': { status: 503, title: 'This is switched off' },
  'service.unavailable': { status: 503, title: 'The service cannot answer at the moment' },
  internal: { status: 500, title: 'Something went wrong on our side' },
} as const;

export type ErrorCode = keyof typeof ERRORS;

export interface FieldError {
  /** JSON pointer into the request, such as `/contact/email`. */
  path: string;
  message: string;
}

interface ApiErrorOptions {
  errors?: FieldError[];
  headers?: Record<string, string>;
  /** A finer reason within the code, such as `window_passed`. */
  reason?: string | undefined;
  cause?: unknown;
}

/** An answer that is not 2xx. Thrown anywhere below a route; rendered as a problem document in one place. */
export class ApiError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly errors: FieldError[] | undefined;
  readonly headers: Record<string, string>;
  readonly reason: string | undefined;

  constructor(code: ErrorCode, detail: string, options: ApiErrorOptions = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ApiError';
    this.code = code;
    this.status = ERRORS[code].status;
    this.errors = options.errors;
    this.headers = options.headers ?? {};
    this.reason = options.reason;
  }
}

/** A 400 that points at one field. */
export const invalid = (path: string, message: string) =>
  new ApiError('request.invalid', message, { errors: [{ path, message }] });
