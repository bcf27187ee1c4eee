/** What the script made of a handshake, as Mallory's end of TLS takes it. */
import type { ChannelPlan } from '../tls/channel.ts';
import { type Negotiate, negotiateIn } from './actions/negotiate.ts';
import type { HandshakePlan } from './moment.ts';

/** @param alpn the protocols that a correct peer knows on this transport */
export function channelPlanOf(plan: HandshakePlan, alpn: string[]): ChannelPlan {
  const { minVersion, maxVersion, ciphers, signatureAlgorithms, groups, dhBits } = plan;
  return {
    alpn: plan.alpn ?? alpn,
    ...(minVersion && { minVersion }),
    ...(maxVersion && { maxVersion }),
    ...(ciphers && { ciphers }),
    ...(signatureAlgorithms && { signatureAlgorithms }),
    ...(groups && { groups }),
    ...(dhBits && { dhBits }),
    ...(plan.extendedMasterSecret === false && { extendedMasterSecret: false }),
    ...(plan.encryptThenMac === false && { encryptThenMac: false }),
  };
}

/** As the action makes it of a peer that has no preferences: to be tried out before the run. */
export function channelPlanFor(wanted: Negotiate): ChannelPlan {
  const plan: HandshakePlan = { credential: '', minVersion: null, maxVersion: null, ciphers: null, instead: null };
  negotiateIn(plan, wanted);
  return channelPlanOf(plan, []);
}
