/** The profile: what makes two controls equal, so that they are run once. */
import { createHash } from 'node:crypto';
import type { ResolvedEntity } from '../../scenario/scenario.ts';
import type { AttemptPlan } from './attempt-plan.ts';
import { GOOD } from './base.ts';
import { forgeries } from './wants.ts';

/** What makes two controls equal, as a text. */
export function profileOf(plan: AttemptPlan): string {
  const { transport, via, receiving, entity, endpoints, given, session, afterBind, until, dialled } = plan;
  const parts = [
    `${transport},${via}`,
    ...(receiving === 'simulated' ? [] : [receiving]),
    session,
    ...(entity.dialback.tls ? ['dialback'] : []),
    ...(entity.bidi.tls ? ['bidi'] : []),
    ...(entity.posh === null ? [] : [`posh=${entity.posh}`]),
    ...(entity.secondDomain ? ['second-domain'] : []),
    ...(entity.dane === null ? [] : [`dane=${[...entity.dane.tlsa, ...entity.dane.insecure].join('+')}`]),
    ...(entity.domain === 'ordinary' ? [] : [`domain=${entity.domain}`]),
    entity.credential,
    `${entity.tls.min}-${entity.tls.max}${areByScript(plan) ? ' by script' : ''}`,
    `sasl=${entity.mechanisms.tls.join('+') || 'none'}`,
    ...(entity.sasl2.tls.length > 0 ? [`sasl2=${entity.sasl2.tls.join('+')}`] : []),
    ...(entity.iqAuth.tls ? ['iq-auth'] : []),
    ...entity.extensions,
    ...plan.probes,
    ...(plan.calls ? [entity.call === 'key' ? 'called' : `called=${entity.call}`] : []),
    ...Object.entries(endpoints).map(
      ([name, one]) => `${name}=${[one.transport, one.credential].filter(Boolean).join(':')}`,
    ),
    ...(given ? [`for ${given.domain} beside ${digestOf(given.trusted)}`] : []),
    ...(until && until.connection > 1 ? ['reconnects'] : []),
    ...afterBind.map((xml) => `answers ${xml}`),
    ...forgeries(plan.script).map((forgery) =>
      ['forged', ...Object.entries(forgery).map((one) => one.join('='))].join(' '),
    ),
    ...(dialled.length > 0 ? [`names ${dialled.join('+')}`] : []),
  ];
  return parts.join(' ');
}

/**
 * The script would have set these versions, and not the scenario's server: a client that does not offer them has answered
 * the attack, and is not unable. So a control for the one says nothing for the other.
 */
export const areByScript = ({ entity, scenario }: AttemptPlan): boolean =>
  isOther(entity.tls, scenario.entity.tls) && isOther(entity.tls, GOOD.tls);

const isOther = (one: ResolvedEntity['tls'], other: ResolvedEntity['tls']) =>
  one.min !== other.min || one.max !== other.max;

/** Of the CAs that a client is to trust besides. */
const digestOf = (trusted: string[]) =>
  trusted.length === 0
    ? 'no other CA'
    : `CAs ${createHash('sha256').update(trusted.join('\n')).digest('hex').slice(0, 16)}`;
