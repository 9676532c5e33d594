import type { IncomingMessage, ServerResponse } from 'node:http';
import { S3Error } from './errors.js';
import type { Store } from './store.js';
import { allowChildren, childrenOf, parseXml, textOf, type XmlNode } from './xml.js';

const METHODS = ['GET', 'PUT', 'HEAD', 'POST', 'DELETE'];

interface CorsRule {
  origins: string[];
  methods: string[];
  headers: string[];
  exposed: string[];
  maxAge: string | null;
}

interface CorsRequest {
  origin: string;
  method: string;
  headers: string[];
}

export function readCors(root: XmlNode): CorsRule[] {
  allowChildren(root, 'CORSRule');
  const rules = childrenOf(root, 'CORSRule').map(readRule);
  if (rules.length === 0 || rules.length > 100) throw new S3Error('MalformedXML');
  return rules;
}

/** Lets a page of another origin read the answer, if a rule of the bucket allows it. */
export function applyCors(
  store: Store,
  bucket: string,
  message: IncomingMessage,
  response: ServerResponse,
): boolean {
  const { origin } = message.headers;
  const xml = store.buckets.get(bucket)?.configurations.get('cors');
  if (!origin || !xml) return false;
  const isPreflight = message.method === 'OPTIONS';
  const asked = {
    origin,
    method: (isPreflight ? header(message, 'access-control-request-method') : message.method) ?? '',
    headers: isPreflight ? splitList(header(message, 'access-control-request-headers')) : [],
  };
  const rule = readCors(parseXml(xml)).find((candidate) => allows(candidate, asked));
  if (!rule) return false;
  const isForAll = rule.origins.includes('*');
  response.setHeader('access-control-allow-origin', isForAll ? '*' : origin);
  if (!isForAll) response.setHeader('access-control-allow-credentials', 'true');
  response.setHeader('access-control-allow-methods', rule.methods.join(', '));
  response.setHeader('vary', 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method');
  if (asked.headers.length > 0) response.setHeader('access-control-allow-headers', asked.headers.join(', '));
  if (rule.exposed.length > 0) response.setHeader('access-control-expose-headers', rule.exposed.join(', '));
  if (isPreflight && rule.maxAge !== null) response.setHeader('access-control-max-age', rule.maxAge);
  return true;
}

function readRule(node: XmlNode): CorsRule {
  allowChildren(
    node,
    'ID',
    'AllowedOrigin',
    'AllowedMethod',
    'AllowedHeader',
    'ExposeHeader',
    'MaxAgeSeconds',
  );
  const texts = (name: string) => childrenOf(node, name).map((child) => child.text.trim());
  const rule = {
    origins: texts('AllowedOrigin'),
    methods: texts('AllowedMethod'),
    headers: texts('AllowedHeader'),
    exposed: texts('ExposeHeader'),
    maxAge: textOf(node, 'MaxAgeSeconds'),
  };
  const isComplete = rule.origins.length > 0 && rule.methods.length > 0;
  if (!isComplete || !/^\d*$/.test(rule.maxAge ?? '')) throw new S3Error('MalformedXML');
  if (!rule.methods.every((method) => METHODS.includes(method))) throw new S3Error('InvalidRequest');
  return rule;
}

function allows(rule: CorsRule, asked: CorsRequest): boolean {
  const areHeadersAllowed = asked.headers.every((name) =>
    rule.headers.some((pattern) => matches(pattern, name)),
  );
  const isOriginAllowed = rule.origins.some((pattern) => matches(pattern, asked.origin));
  return isOriginAllowed && rule.methods.includes(asked.method) && areHeadersAllowed;
}

/** A pattern holds at most one `*`. */
function matches(pattern: string, value: string): boolean {
  const [start = '', end] = pattern.toLowerCase().split('*');
  const text = value.toLowerCase();
  if (end === undefined) return text === start;
  return text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end);
}

function header(message: IncomingMessage, name: string): string | undefined {
  return message.headersDistinct[name]?.join(',');
}

function splitList(text = ''): string[] {
  const names = text.split(',').map((name) => name.trim().toLowerCase());
  return names.filter((name) => name !== '');
}
