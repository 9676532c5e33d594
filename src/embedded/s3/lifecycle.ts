import { S3Error } from './errors.js';
import type { Bucket } from './records.js';
import type { Store } from './store.js';
import { deleteUpload } from './uploads.js';
import { allowChildren, childOf, childrenOf, parseXml, requireText, textOf, type XmlNode } from './xml.js';

const DAY_MS = 24 * 3600 * 1000;
/** An upload that nobody has finished by then was forgotten, whether a rule of the bucket says so or not. */
const ABANDONED_MS = DAY_MS;

interface LifecycleRule {
  isEnabled: boolean;
  prefix: string;
  expirationMs: number | null;
  abortUploadMs: number | null;
}

export function readLifecycle(root: XmlNode): LifecycleRule[] {
  allowChildren(root, 'Rule');
  const rules = childrenOf(root, 'Rule').map(readRule);
  if (rules.length === 0) throw new S3Error('MalformedXML');
  return rules;
}

/** Removes what has outlived its rule, and uploads that were abandoned. */
export function applyLifecycle(store: Store, now: number): void {
  for (const bucket of store.buckets.values()) {
    const xml = bucket.configurations.get('lifecycle');
    const rules = xml === undefined ? [] : readLifecycle(parseXml(xml)).filter((rule) => rule.isEnabled);
    for (const rule of rules) expireObjects(store, bucket, rule, now);
    abortUploads(store, bucket, rules, now);
  }
}

function expireObjects(store: Store, bucket: Bucket, rule: LifecycleRule, now: number): void {
  if (rule.expirationMs === null) return;
  for (const { key, modified } of bucket.objects.values()) {
    if (key.startsWith(rule.prefix) && now - modified >= rule.expirationMs) store.deleteObject(bucket, key);
  }
}

function abortUploads(store: Store, bucket: Bucket, rules: readonly LifecycleRule[], now: number): void {
  for (const upload of bucket.uploads.values()) {
    const limits = rules
      .filter((rule) => upload.key.startsWith(rule.prefix))
      .map((rule) => rule.abortUploadMs);
    const limit = Math.min(ABANDONED_MS, ...limits.filter((ms) => ms !== null));
    if (!upload.isCompleting && now - upload.initiated >= limit) deleteUpload(store.files, bucket, upload);
  }
}

function readRule(node: XmlNode): LifecycleRule {
  // Former versions never exist here, so that a rule about them is obeyed by itself.
  const about = ['Expiration', 'AbortIncompleteMultipartUpload', 'NoncurrentVersionExpiration'];
  allowChildren(node, 'ID', 'Status', 'Filter', 'Prefix', ...about);
  if (!about.some((name) => childOf(node, name))) throw new S3Error('MalformedXML');
  const status = requireText(node, 'Status');
  if (status !== 'Enabled' && status !== 'Disabled') throw new S3Error('MalformedXML');
  return {
    isEnabled: status === 'Enabled',
    prefix: readPrefix(node),
    expirationMs: readDays(childOf(node, 'Expiration'), 'Days'),
    abortUploadMs: readDays(childOf(node, 'AbortIncompleteMultipartUpload'), 'DaysAfterInitiation'),
  };
}

function readPrefix(rule: XmlNode): string {
  const filter = childOf(rule, 'Filter') ?? rule;
  if (filter !== rule) allowChildren(filter, 'Prefix', 'And');
  const and = childOf(filter, 'And');
  if (and) allowChildren(and, 'Prefix');
  return textOf(and ?? filter, 'Prefix') ?? '';
}

function readDays(node: XmlNode | null, name: string): number | null {
  if (!node) return null;
  allowChildren(node, name);
  const days = requireText(node, name);
  if (!/^[1-9]\d{0,8}$/.test(days))
    throw new S3Error('InvalidArgument', `${name} must be a positive integer.`);
  return Number(days) * DAY_MS;
}
