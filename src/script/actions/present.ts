import { credentials } from '../../pki/credentials/index.ts';
import { STATUS_REQUEST } from '../../tls/channel.ts';
import type { Delivery, DeliveryView } from '../action.ts';
import { defineAction } from '../action.ts';
import { consumed } from '../delivery.ts';

/** Shows another credential of the credential table. */
export const present = defineAction<string>({
  points: ['tls-handshake'],
  params: (z) => z.string(),
  apply(moment, credential) {
    if (!moment.handshake) return false;
    moment.handshake.credential = credential;
    return true;
  },
  delivered: certificateSeen,
});

/**
 * The whole flight was written, and the ClientHello is of the kind that the client sent in its control; or the client
 * has gone on with a session that it offered, where no certificate is shown. The run has probed that this machine can
 * show it, so that a handshake without a way to do so is the ClientHello's doing.
 */
export function certificateSeen(view: DeliveryView): Delivery {
  const own = view.observations.filter((o) => 'connection' in o && o.connection === view.action.connection);
  const inTls = own.filter((o) => o.layer === 'tls');
  const refused = inTls.filter((o) => o.type === 'failed').find(({ from }) => from === 'mallory');
  const hello = inTls.filter((o) => o.type === 'client-hello').findLast(({ n }) => n <= view.action.n);
  const flight = inTls.filter((o) => o.type === 'flight').at(-1);

  if (hello && view.controlHello !== null && hello.kind !== view.controlHello)
    return { state: 'unlike-control', why: 'the ClientHello is not of the kind that the client sent in its control' };
  if (flight) {
    const unasked = credentials[flight.credential]?.aboutStaple && !hello?.hello.extensions.includes(STATUS_REQUEST);
    return unasked ? { state: 'not-offered', why: 'the ClientHello asks for no OCSP response' } : consumed(view);
  }
  if (inTls.some((o) => o.type === 'handshake' && o.resumed)) return consumed(view);
  if (refused?.how === 'not-offered')
    return { state: 'not-offered', why: `the ClientHello does not offer it (${refused.message})` };
  return {
    state: 'too-slow',
    why: refused
      ? `the TLS handshake ended before the certificate was shown: ${refused.message}`
      : 'the client left before the certificate was shown whole',
  };
}
