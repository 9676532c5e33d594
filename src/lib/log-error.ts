/** How deep a chain of causes is told. */
const MAX_CAUSES = 3;
const MAX_LETTERS = 500;

// What a message may repeat of what a customer has sent, or of how we get in somewhere.
const SCRUBBED: [RegExp, string][] = [
  [/dup key: \{.*\}/gs, 'dup key: {…}'],
  // before addresses, which it looks like
  [/(\w+:\/\/)[^\s/@]+@/g, '$1[credentials]@'],
  [/[^\s@"'<>:/]+@[^\s@"'<>]+\.[a-z]{2,}/gi, '[email]'],
  [/\+\d[\d ().-]{6,}\d/g, '[phone]'],
  [/\b(bearer|basic) +\S+/gi, '$1 […]'],
  [/\b(X-Amz-(?:Signature|Credential|Security-Token))=[^&\s"']+/gi, '$1=[…]'],
];

/** An error as the log has it: what kind, what it says, and where, but nothing else that hangs on it, such as a document or a request. */
export function loggedError(error: unknown, depth = 0): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: scrub(String(error)) };
  const { name, message, stack, cause } = error;
  const { code, codeName, status } = error as { code?: unknown; codeName?: unknown; status?: unknown };
  return {
    type: name,
    message: scrub(message),
    ...(isPlain(code) && { code }),
    ...(isPlain(codeName) && { codeName }),
    ...(isPlain(status) && { status }),
    // its first lines are the message again
    stack: stack
      ?.split('\n')
      .filter((line) => /^\s+at /.test(line))
      .join('\n'),
    ...(cause !== undefined && depth < MAX_CAUSES && { cause: loggedError(cause, depth + 1) }),
  };
}

const isPlain = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number';

const scrub = (text: string): string =>
  SCRUBBED.reduce((scrubbed, [pattern, instead]) => scrubbed.replace(pattern, instead), text).slice(
    0,
    MAX_LETTERS,
  );
