/** The faults that try again in a worse way, within one login. A correct client tries once. */
import type { Plan } from './attempt.ts';
import { type Fault, type Has, switchedOn } from './faults.ts';
import type { Refusal } from './refusal.ts';

/** How to connect after this refusal; null: no more. `secured`: TLS was up. */
type Fallback = (refusal: Refusal, plan: Plan, secured: boolean) => Plan | null;

const inClear = (plan: Plan): Plan => ({ ...plan, clear: true });

const LOWER = { 'TLSv1.3': 'TLSv1.2', 'TLSv1.2': 'TLSv1.1', 'TLSv1.1': 'TLSv1', TLSv1: null } as const;

const fallbacks: Partial<Record<Fault, Fallback>> = {
  'alert-in-clear': ({ reason }, plan) => (reason === 'tls-failed' ? inClear(plan) : null),
  'reset-in-clear': ({ reason }, plan, secured) =>
    reason === 'tls-lost' || (reason === 'lost' && !secured) ? inClear(plan) : null,
  'stall-in-clear': ({ reason }, plan) => (reason === 'tls-stalled' ? inClear(plan) : null),
  'falls-back-to-clear': (_refusal, plan) => inClear(plan),
  'tls-1.2-on-retry': ({ reason }, plan) =>
    plan.maxVersion === 'TLSv1.3' && reason.startsWith('tls-') ? { ...plan, maxVersion: 'TLSv1.2' } : null,
  'lower-version-on-retry': ({ reason }, plan) => {
    const maxVersion = LOWER[plan.maxVersion];
    return maxVersion && reason.startsWith('tls-') ? { ...plan, maxVersion } : null;
  },
  'follows-redirect': ({ redirect }, plan) => {
    const next = redirectedTo(redirect, plan);
    return next && { ...next, redirected: true };
  },
};

/** Where a redirect leads to, with the same domain to verify. */
export function redirectedTo(redirect: string | null, plan: Plan): Plan | null {
  const [, v6, v4, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(redirect ?? '') ?? [];
  const host = v6 ?? v4;
  return host ? { ...plan, host, port: Number(port ?? plan.port) } : null;
}

export function fallBack(has: Has, ...failed: Parameters<Fallback>): Plan | null {
  const [{ reason }, plan] = failed;
  if (reason === 'aborted') return null;
  if (reason === 'probed') return plan;
  for (const next of switchedOn(fallbacks, has)) {
    const found = next(...failed);
    if (found) return found;
  }
  return null;
}
