/** Enough to say what has been made. A vendor that repeats what it was sent is allowed more. */
const MAX_RESPONSE_BYTES = 64 * 1024;
const USER_AGENT = 'concierge-service';

export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  headers: Record<string, string>;
  body?: string | Uint8Array;
  maxResponseBytes?: number;
}

/** `body` is the JSON of the answer; undefined when it is none, or too large. */
export type Reply =
  | { answered: true; status: number; retryAfter: string | null; body: unknown }
  | { answered: false; reason: string };

/** The value of an `Authorization` header with a name and a password. */
export const basicAuth = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;

/** No answer in time. */
export const silentFor = (timeoutMs: number): string =>
  `no answer within ${timeoutMs} ms; if it lasts, see its log or status page`;
export const INTERRUPTED = 'interrupted before there was an answer: nothing to do, it goes again';

/** Why there was no answer at all, by the code of the error. */
export function unreached(code: string): string {
  const reason = `no connection${code ? ` (${code})` : ''}`;
  if (/HEADERS?_OVERFLOW/.test(code)) return `no answer that can be read (${code}): check the address`;
  if (/^(ENOTFOUND|EAI_AGAIN)$/.test(code)) return `${reason}: check the name of the host`;
  if (/CERT|SIGNED|SSL|TLS|EPROTO/.test(code)) return `${reason}: check its certificate`;
  return `${reason}: check address, network and firewall`;
}

/**
 * One HTTP call, never longer than `timeoutMs`, never to another host than it was sent to: a redirect is an answer like any other.
 * What fails is a value with a reason made here, because the message of an error can repeat a header or an address.
 */
export async function send(call: Call, timeoutMs: number, signal: AbortSignal): Promise<Reply> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const { url, headers, maxResponseBytes = MAX_RESPONSE_BYTES, ...rest } = call;
  try {
    const response = await fetch(url, {
      ...rest,
      headers: { accept: 'application/json', 'user-agent': USER_AGENT, ...headers },
      redirect: 'manual',
      signal: AbortSignal.any([signal, timeout]),
    });
    const retryAfter = response.headers.get('retry-after');
    const body = parsed(await readBounded(response, maxResponseBytes));
    return { answered: true, status: response.status, retryAfter, body };
  } catch (error) {
    if (signal.aborted) return { answered: false, reason: INTERRUPTED };
    if (timeout.aborted) return { answered: false, reason: silentFor(timeoutMs) };
    return { answered: false, reason: unreached(codeOf(error)) };
  }
}

// Leaving the loop early cancels the rest of the body.
async function readBounded(response: Response, maxBytes: number): Promise<string | undefined> {
  if (!response.body) return undefined;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.byteLength;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string | undefined): unknown {
  try {
    return text ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return /^[A-Z][A-Z0-9_]{1,40}$/.test(code) ? code : '';
}

/** Whether a host is this machine, which alone is spoken to in the clear. */
export const isLocal = (host: string): boolean =>
  host === 'localhost' || /^\[?::1\]?$/.test(host) || /^127\.\d+\.\d+\.\d+$/.test(host);

/** What is wrong with the address of a service; nothing when it can be used. */
export function problemWith(address: string): string | undefined {
  if (!URL.canParse(address)) return 'it is no address';
  const { username, password, protocol, hostname } = new URL(address);
  if (username || password) return 'credentials are not part of it';
  if (protocol !== 'https:' && !(protocol === 'http:' && isLocal(hostname)))
    return 'only https is used beyond this machine';
  return undefined;
}
