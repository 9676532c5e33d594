import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  PROTOCOL_VERSION_META_KEY,
} from '@modelcontextprotocol/server';
import type { FastifyRequest } from 'fastify';

export const JSON_TYPE = 'application/json';

interface PlainCall {
  id: string | number;
  name: string;
  given: Record<string, unknown>;
  /** In the protocol before 2026-07-28. */
  isEarlier: boolean;
}

/**
 * A call of a tool in which there is nothing for the protocol to decide, which is nearly every message. What differs in anything is left to
 * the official server, which says what is wrong with it: its objects and the check of each message by zod cost more than a search.
 */
export function readPlainCall({ headers, body }: FastifyRequest): PlainCall | undefined {
  const { accept = '' } = headers;
  if (!accept.includes(JSON_TYPE) || !accept.includes('text/event-stream')) return undefined;
  if (!isObject(body) || body.jsonrpc !== '2.0' || body.method !== 'tools/call') return undefined;
  const { id, params } = body;
  if ((typeof id !== 'string' && !Number.isSafeInteger(id)) || !isObject(params)) return undefined;
  const { name, arguments: given = {}, _meta: meta, ...others } = params;
  if (typeof name !== 'string' || !isObject(given) || Object.keys(others).length > 0) return undefined;
  const version = headers['mcp-protocol-version'];
  const isEarlier = meta === undefined && (version === undefined || EARLIER_VERSIONS.has(String(version)));
  if (!isEarlier && !(isWhole(meta) && version === LATEST_VERSION)) return undefined;
  if (!isEarlier && (headers['mcp-method'] !== 'tools/call' || headers['mcp-name'] !== name))
    return undefined;
  return { id: id as string | number, name, given, isEarlier };
}

const EARLIER_VERSIONS: ReadonlySet<string> = new Set(['2025-03-26', '2025-06-18', '2025-11-25']);
const LATEST_VERSION = '2026-07-28';

/** What each message says of its client since then, and no more. */
function isWhole(meta: unknown): boolean {
  if (!isObject(meta) || Object.keys(meta).length !== 3) return false;
  const { [CLIENT_INFO_META_KEY]: client, [CLIENT_CAPABILITIES_META_KEY]: capabilities } = meta;
  return (
    meta[PROTOCOL_VERSION_META_KEY] === LATEST_VERSION &&
    isObject(client) &&
    typeof client.name === 'string' &&
    typeof client.version === 'string' &&
    isObject(capabilities) &&
    Object.values(capabilities).every(isObject)
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
