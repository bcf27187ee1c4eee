/** The faults that try again in a worse way, within one login. A correct client only goes where it is sent inside TLS. */
import type { Plan } from './attempt.ts';
import { type Fault, type Has, switchedOn } from './faults.ts';
import type { Refusal } from './refusal.ts';

/** How to connect after this refusal; null: no more. `secured`: TLS was up; `first`: as it was told. */
type Fallback = (refusal: Refusal, plan: Plan, secured: boolean, first: Plan) => Plan | null;

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
  'dialback-after-failed-external': ({ reason }, plan) => (reason === 'login' ? { ...plan, byDialback: true } : null),
  'refused-in-clear': ({ reason }, _plan, _secured, first) => (reason === 'unreachable' ? inClear(first) : null),
  'follows-redirect': ({ redirect }, plan) => {
    const next = redirectedTo(redirect, plan);
    return next && { ...next, redirected: true };
  },
};

/** Where a redirect leads to, with the same domain to verify. */
export function redirectedTo(redirect: string | null, plan: Plan): Plan | null {
  const [, v6, v4, digits] = /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::(\d+))?$/i.exec(redirect?.trim() ?? '') ?? [];
  const host = v6 ?? v4;
  const port = Number(digits ?? plan.port);
  return host && port < 65_536 ? { ...plan, host, port, address: host } : null;
}

/** RFC 6120, section 4.9.3.19: "at least 2 but no more than 5". */
const MOST_REDIRECTS = 5;
/** More than enough to be seen. */
const ENDLESSLY = 12;

/** Where a correct client goes on within one login: only inside TLS nobody else can have sent it there. */
export function followed(has: Has, { redirect }: Refusal, first: Plan, hops: number): Plan | null {
  const most = has('follows-endlessly') ? ENDLESSLY : has('follows-no-redirect') ? 0 : MOST_REDIRECTS;
  return hops < most ? redirectedTo(redirect, first) : null;
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
