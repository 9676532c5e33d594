import { ApiError } from '../errors.js';
import type { Count, Counter, Hit } from './counter.js';
import type { Caller, Policy } from './policies.js';

/** A policy that applies to a request, and where the caller stands. */
export interface Standing extends Count {
  policy: Policy;
  key: string;
}

/** Counts a request, or only looks, against all policies that apply to it, at once. */
export async function standingsOf(
  counter: Counter,
  policies: readonly Policy[],
  caller: Caller,
  amount: Hit['amount'],
): Promise<Standing[]> {
  const applying = policies.flatMap((policy) => {
    const key = policy.keyOf(caller);
    return key === undefined ? [] : [{ policy, key: `${policy.name} ${key}` }];
  });
  if (applying.length === 0) return [];
  const hits = applying.map(({ policy, key }) => ({ key, windowMs: policy.windowMs, amount }));
  const counts = await counter.count(hits);
  return applying.map((one, index) => ({ ...one, ...(counts[index] ?? { count: 0, leftMs: 0 }) }));
}

const secondsOf = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));

/** The refusal of a request that is beyond some of the policies that apply to it. */
export function tooMany(exceeded: Standing[], applying: Standing[]): ApiError {
  const wait = Math.max(...exceeded.map(({ leftMs }) => secondsOf(leftMs)));
  return new ApiError('rate_limit.exceeded', `Too many requests. Please try again in ${wait} s.`, {
    headers: { ...headersOf(applying), 'retry-after': String(wait) },
    reason: exceeded[0]?.policy.name,
  });
}

/**
 * The limits that apply and what is left of them, as draft-ietf-httpapi-ratelimit-headers has it: q requests in w seconds; r are
 * left, for t seconds.
 */
export function headersOf(standings: Standing[]): Record<string, string> {
  if (standings.length === 0) return {};
  const list = (item: (standing: Standing) => string) => standings.map(item).join(', ');
  return {
    'ratelimit-policy': list(
      ({ policy: { name, max, windowMs } }) => `"${name}";q=${max};w=${windowMs / 1000}`,
    ),
    ratelimit: list(
      ({ policy: { name, max }, count, leftMs }) =>
        `"${name}";r=${Math.max(0, max - count)};t=${secondsOf(leftMs)}`,
    ),
  };
}
