import { ApiError } from '../http/errors.js';
import type { Policy } from './policies.js';

/** A policy that applies to a request, and where its caller stands. */
export interface Standing {
  policy: Policy;
  remaining: number;
  /** Until all is there again. */
  leftMs: number;
  isExceeded: boolean;
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
  let policies = '';
  let left = '';
  for (const { policy, remaining, leftMs } of standings) {
    const comma = left && ', ';
    policies += comma + policy.header;
    left += `${comma}"${policy.name}";r=${remaining};t=${secondsOf(leftMs)}`;
  }
  return { 'ratelimit-policy': policies, ratelimit: left };
}
