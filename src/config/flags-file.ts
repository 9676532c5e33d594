import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Scope } from '../platform/keys/keys.js';
import { listOf } from './read-setting.js';

/** What can be switched off or given to a part of the sessions only, as it is called in the paths; by the scope that its calls need. */
const FEATURE_OF: Partial<Record<Scope, string>> = {
  'products:read': 'products',
  'catalogue:read': 'catalogue',
  'orders:read': 'orders',
  'returns:write': 'returns',
  'capsules:write': 'capsule',
  'stylist:write': 'stylist',
  'feedback:write': 'csat',
  'shortlists:write': 'shortlist',
  'inspiration:write': 'inspiration',
  'subscriptions:write': 'order-updates',
  'sessions:read': 'sessions',
  'sessions:write': 'sessions',
  'events:write': 'events',
  'dashboard:read': 'dashboard',
  'dashboard:write': 'dashboard',
  webhooks: 'webhooks',
};

const FEATURES: readonly string[] = [...new Set(Object.values(FEATURE_OF))];

export const featureOf = (scope: Scope | undefined): string | undefined => scope && FEATURE_OF[scope];

/** Which part of the sessions has a feature, from 0 to 100; all of them have one that is not there. */
export type Flags = ReadonlyMap<string, number>;

/** A file of flags as it was read, to tell later whether it has changed. */
export interface ReadFlagsFile {
  path: string;
  text: string;
  flags: Flags;
}

const FlagsFile = Type.Object(
  {
    disabled: Type.Optional(Type.Array(Type.String())),
    rollout: Type.Optional(Type.Record(Type.String(), Type.Number({ minimum: 0, maximum: 100 }))),
  },
  { additionalProperties: false },
);

/**
 * Reads `capsule,inspiration` and `stylist=25%`.
 * @throws Error with a sentence that says what is wrong.
 */
export function parseFlags(disabled: string, rollout: string): Flags {
  const shares = listOf(rollout).map((part): [string, number] => {
    const [, feature = '', percent] = /^([\w-]+)\s*=\s*(\d{1,3}(?:\.\d+)?)\s*%$/.exec(part) ?? [];
    if (percent === undefined || Number(percent) > 100) throw new Error(`${part} is not such as capsule=25%`);
    return [feature, Number(percent)];
  });
  return flagsOf(listOf(disabled), shares);
}

/**
 * Reads `{ "disabled": ["capsule"], "rollout": { "stylist": 25 } }`.
 * @throws Error with a sentence that says what is wrong, and where.
 */
export function parseFlagsFile(text: string): Flags {
  const content: unknown = JSON.parse(text);
  const wrong = Value.Errors(FlagsFile, content).First();
  if (wrong) throw new Error(`${wrong.path || 'the whole'}: ${wrong.message}`);
  const { disabled = [], rollout = {} } = Value.Cast(FlagsFile, content);
  return flagsOf(disabled, Object.entries(rollout));
}

export function readFlagsFile(path: string): ReadFlagsFile {
  const text = readFileSync(path, 'utf8');
  return { path, text, flags: parseFlagsFile(text) };
}

function flagsOf(disabled: string[], rollout: [string, number][]): Flags {
  const flags = new Map([...rollout, ...disabled.map((feature): [string, number] => [feature, 0])]);
  const unknown = [...flags.keys()].find((feature) => !FEATURES.includes(feature));
  if (unknown !== undefined) throw new Error(`${unknown} is none of ${FEATURES.join(', ')}`);
  return flags;
}

/** Whether someone, a session as a rule, has a feature: always the same for the same one, and more of them when the share grows. */
export function hasFeature(flags: Flags, feature: string, who: string): boolean {
  const share = flags.get(feature) ?? 100;
  if (share === 0 || share === 100) return share === 100;
  return drawOf(`${feature} ${who}`) < share;
}

// Evenly from 0 to 100. Of each feature another draw, so that not always the same sessions go first.
const drawOf = (text: string): number =>
  (createHash('sha256').update(text).digest().readUInt32BE() / 2 ** 32) * 100;
