/** How deep a chain of causes is told. */
const MAX_CAUSES = 3;
const MAX_LETTERS = 500;

/** An error as the log has it: what kind, what it says, and where, but nothing else that hangs on it, such as a document or a request. */
export function loggedError(error: unknown, depth = 0): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: scrub(String(error)) };
  const { name, message, stack, cause } = error;
  const { code, codeName, status } = error as { code?: unknown; codeName?: unknown; status?: unknown };
  return {
    type: name,
    message: scrub(message),
    code: isPlain(code) ? code : undefined,
    codeName: isPlain(codeName) ? codeName : undefined,
    status: isPlain(status) ? status : undefined,
    stack: stack && placesIn(stack, message),
    cause: cause !== undefined && depth < MAX_CAUSES ? loggedError(cause, depth + 1) : undefined,
  };
}

const isPlain = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number';

// A stack begins with the message, which may have lines of any form, and has what it says nowhere else.
function placesIn(stack: string, message: string): string {
  const at = stack.indexOf(message);
  const places = at < 0 ? stack : stack.slice(at + message.length);
  return places
    .split('\n')
    .filter((line) => line.trimStart().startsWith('at '))
    .join('\n');
}

/**
 * The text without what a message may repeat of what a customer has sent, or of how we get in somewhere. Every step looks at each letter a
 * bounded number of times: texts of customers end up in messages, and a long one must not keep the process busy.
 */
const scrub = (text: string): string =>
  withoutKeyValues(text)
    .replace(/[^\s"'<>]+/g, (word) => (ADDRESS.test(word) ? withoutAddress(word) : word))
    .replace(/\+\d[\d ().-]{6,}\d/g, '[phone]')
    .replace(/\b(bearer|basic) +\S+/gi, '$1 […]')
    .replace(/\b(X-Amz-(?:Signature|Credential|Security-Token))=[^&\s"']+/gi, '$1=[…]')
    .slice(0, MAX_LETTERS);

// not a package, which begins with it
const ADDRESS = /.(?:@|%40)./i;

const KEY_VALUES = 'dup key: {';

// What MongoDB repeats of a document whose key is taken: up to the last brace, since texts in it may have braces of their own.
function withoutKeyValues(text: string): string {
  const from = text.indexOf(KEY_VALUES);
  if (from < 0) return text;
  const end = text.lastIndexOf('}');
  return `${text.slice(0, from)}dup key: {…}${end < from ? '' : text.slice(end + 1)}`;
}

// `smtp://user:password@host/path`, else an address with or without what stands around it, such as `mailto:` and a comma.
function withoutAddress(word: string): string {
  const at = word.lastIndexOf('@');
  const scheme = word.indexOf('://');
  if (scheme >= 0 && scheme < at) return `${word.slice(0, scheme + 3)}[credentials]${word.slice(at)}`;
  return word
    .split(/([,;:/()=?&])/)
    .map((part) => (ADDRESS.test(part) ? '[email]' : part))
    .join('');
}

/** Why a process cannot start, in a sentence for whoever operates it: it is shown without a stack. */
export class StartError extends Error {}

/** What a folder says that cannot be written. */
const UNWRITABLE = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENOSPC']);

/** Why a process has not started, as it is shown: in a sentence where the reason is a usual one. `port` names the setting of its port. */
export function describeStartFailure(error: unknown, what: string, port = 'PORT'): string {
  if (error instanceof StartError) return error.message;
  const { code = '', syscall, path, ...rest } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE')
    return `Port ${rest.port} is taken: another program, perhaps another copy of this one, listens there. Set ${port} to a free one.`;
  if (code === 'EACCES' && syscall === 'listen')
    return `Port ${rest.port} may not be listened on by this user. Set ${port} to one above 1023.`;
  if (UNWRITABLE.has(code) && path)
    return `${path} cannot be written (${code}). Give this user a folder that can be, or name one by DATA_DIR.`;
  return `${what} could not start: ${error}`;
}
