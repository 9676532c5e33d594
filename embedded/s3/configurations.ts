import type { IncomingMessage, ServerResponse } from 'node:http';
import { readText } from './body.js';
import { type S3Code, S3Error } from './errors.js';
import { type Call, sendEmpty, sendXml } from './request.js';
import type { Store } from './store.js';
import { childrenOf, parseXml, textsOf, type XmlNode } from './xml.js';

const CORS = 'cors';

/** What is kept for a bucket as it was sent and given back, by its parameter. Only CORS is applied as well. */
export const CONFIGURATIONS: Readonly<Record<string, readonly [root: string, missing: S3Code]>> = {
  [CORS]: ['CORSConfiguration', 'NoSuchCORSConfiguration'],
  lifecycle: ['LifecycleConfiguration', 'NoSuchLifecycleConfiguration'],
  encryption: ['ServerSideEncryptionConfiguration', 'ServerSideEncryptionConfigurationNotFoundError'],
  publicAccessBlock: ['PublicAccessBlockConfiguration', 'NoSuchPublicAccessBlockConfiguration'],
};

export async function putConfiguration(call: Call, parameter: string): Promise<void> {
  const xml = await readText(call);
  const root = parseXml(xml, CONFIGURATIONS[parameter]?.[0]);
  if (parameter === CORS) readRules(root);
  call.store.configure(call.store.bucket(call.request.bucket), { [parameter]: xml });
  sendEmpty(call, 200);
}

export function getConfiguration(call: Call, parameter: string): void {
  const xml = call.store.bucket(call.request.bucket).configurations[parameter];
  if (xml === undefined) throw new S3Error(CONFIGURATIONS[parameter]?.[1] ?? 'NotImplemented');
  sendXml(call, xml);
}

interface CorsRule {
  origins: string[];
  methods: string[];
  headers: string[];
  exposed: string[];
  maxAge: string | undefined;
}

interface CorsRequest {
  origin: string;
  method: string;
  headers: string[];
}

/** Lets a page of another origin read the answer if a rule of the bucket allows it, and tells whether one does. */
export function applyCors(
  store: Store,
  bucket: string,
  message: IncomingMessage,
  response: ServerResponse,
): boolean {
  const xml = store.buckets.get(bucket)?.configurations[CORS];
  const asked = readAsked(message);
  if (!asked || xml === undefined) return false;
  const rules = readRules(parseXml(xml, CONFIGURATIONS[CORS]?.[0]));
  const rule = rules.find((candidate) => allows(candidate, asked));
  if (!rule) return false;
  const isForAll = rule.origins.includes('*');
  response.setHeader('access-control-allow-origin', isForAll ? '*' : asked.origin);
  if (!isForAll) response.setHeader('access-control-allow-credentials', 'true');
  response.setHeader('access-control-allow-methods', rule.methods.join(', '));
  response.setHeader('vary', 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method');
  if (asked.headers.length > 0) response.setHeader('access-control-allow-headers', asked.headers.join(', '));
  if (rule.exposed.length > 0) response.setHeader('access-control-expose-headers', rule.exposed.join(', '));
  if (rule.maxAge) response.setHeader('access-control-max-age', rule.maxAge);
  return true;
}

/** What a preflight asks for, or what the request itself does; null if it does not come from a page. */
function readAsked({ method = '', headers }: IncomingMessage): CorsRequest | null {
  const { origin } = headers;
  if (!origin) return null;
  if (method !== 'OPTIONS') return { origin, method, headers: [] };
  const names = (headers['access-control-request-headers'] ?? '').split(',').map((name) => name.trim());
  return {
    origin,
    method: headers['access-control-request-method'] ?? '',
    headers: names.filter((name) => name !== ''),
  };
}

function readRules(root: XmlNode): CorsRule[] {
  return childrenOf(root, 'CORSRule').map((rule) => ({
    origins: textsOf(rule, 'AllowedOrigin'),
    methods: textsOf(rule, 'AllowedMethod'),
    headers: textsOf(rule, 'AllowedHeader'),
    exposed: textsOf(rule, 'ExposeHeader'),
    maxAge: textsOf(rule, 'MaxAgeSeconds')[0],
  }));
}

function allows(rule: CorsRule, { origin, method, headers }: CorsRequest): boolean {
  const isAllowed = (patterns: string[], value: string) => patterns.some((one) => matches(one, value));
  return (
    isAllowed(rule.origins, origin) &&
    rule.methods.includes(method) &&
    headers.every((name) => isAllowed(rule.headers, name))
  );
}

/** A pattern holds at most one `*`. */
function matches(pattern: string, value: string): boolean {
  const [start = '', end] = pattern.toLowerCase().split('*');
  const text = value.toLowerCase();
  if (end === undefined) return text === start;
  return text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end);
}
