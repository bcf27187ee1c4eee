/** The receiving entity of a control: what the scenario offers in clear inside TLS, what it presents repaired. */
import { credential } from '../../../src/pki/credentials/index.ts';
import { actionsOf } from '../../../src/script/script.ts';
import { CALLS } from '../../../src/services/call.ts';
import { POSH_DOCUMENTS } from '../../../src/services/posh.ts';
import type { ResolvedEntity, Scenario } from '../../scenario/scenario.ts';
import { GOOD } from './base.ts';

export function controlEntity(scenario: Scenario): ResolvedEntity {
  return {
    ...insideTls(scenario.entity),
    domain: domainKindOf(scenario),
    credential: repaired(scenario),
    // What nobody would accept without the document, and everybody who goes by it.
    ...(scenario.entity.posh !== null && {
      posh: POSH_DOCUMENTS[scenario.entity.posh].honest,
      credential: 'self-signed-proved',
    }),
    // What it presents is good for both.
    ...(scenario.entity.secondDomain && { credential: 'valid-second-domain' }),
    call: CALLS[scenario.entity.call].honest,
    ...(scenario.entity.dane !== null && provedByDane(scenario.entity.dane)),
    tls: versionsBelow(scenario),
  };
}

/** The same by DANE: the one kind of record that everybody has to know, or a CA of the domain's own where the scenario has one. */
function provedByDane({ tlsa }: NonNullable<ResolvedEntity['dane']>): Pick<ResolvedEntity, 'dane' | 'credential'> {
  return tlsa.some((record) => record.startsWith('2 '))
    ? { dane: { tlsa: ['2 0 1'], insecure: [] }, credential: 'private-ca-proved' }
    : { dane: { tlsa: ['3 1 1'], insecure: [] }, credential: 'self-signed-proved' };
}

/** Every way to log in that is offered in clear is offered inside TLS instead, and no other. */
export function insideTls(entity: ResolvedEntity): ResolvedEntity {
  const { mechanisms, sasl2, iqAuth, dialback } = entity;
  if (mechanisms.clear.length === 0 && sasl2.clear.length === 0 && !iqAuth.clear && !dialback.clear) return entity;
  return {
    ...entity,
    mechanisms: { clear: [], tls: mechanisms.clear },
    sasl2: { clear: [], tls: sasl2.clear },
    iqAuth: { clear: false, tls: iqAuth.clear },
    dialback: { clear: false, tls: dialback.clear },
  };
}

/** Where nothing is done to the client, a domain of another kind is what the scenario is about. */
function domainKindOf({ script, entity }: Scenario) {
  return script.length === 0 ? GOOD.domain : entity.domain;
}

/** The accept twin of what the script presents, or of the entity's own credential. */
export function repaired({ entity, script, given }: Scenario): string {
  if (given) return given.credential.twin;
  const presented = actionsOf(script).find(({ name }) => name === 'present');
  if (presented) return twinOf(String(presented.params));
  // One that nothing is wrong with is part of the setting: an RSA key, say, for suites that take one.
  return credential(entity.credential).defect === null ? entity.credential : twinOf(entity.credential);
}

export function twinOf(name: string): string {
  const { twin, defect } = credential(name);
  return twin ?? (defect === null ? 'valid' : name);
}

/** What is done to the records of a handshake takes a version, which the script sets: that much is no attack. */
function versionsBelow({ entity, script }: Scenario): ResolvedEntity['tls'] {
  const everywhere = script.filter(({ connection }) => connection === undefined).map((item) => item.do);
  const [hidden] = everywhere.filter(
    ({ rewrite }) => rewrite && 'hide' in rewrite && rewrite.hide === SUPPORTED_VERSIONS,
  );
  if (hidden) return { ...entity.tls, max: 'TLSv1.2' };
  if (!script.some(({ do: { rewrite, renegotiate } }) => rewrite ?? renegotiate)) return entity.tls;
  const { min, max } = everywhere.find(({ negotiate }) => negotiate)?.negotiate ?? {};
  return { min: min ?? entity.tls.min, max: max ?? entity.tls.max };
}

/** Without this extension there is no TLS 1.3. */
const SUPPORTED_VERSIONS = 43;
