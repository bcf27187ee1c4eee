import { defineAction } from '../action.ts';
import { consumed } from '../delivery.ts';
import { STREAM_POINTS } from '../points.ts';

/**
 * Asks for a new handshake (HelloRequest) before what the point writes, and shows this credential in it. TLS 1.2 only:
 * let `negotiate` see to that.
 */
export const renegotiate = defineAction<string>({
  points: STREAM_POINTS.filter((point) => !['connect', 'proceed', 'tls-handshake'].includes(point)),
  params: (z) => z.string(),
  apply(moment, credential) {
    if (moment.phase === 'clear') return false;
    moment.outputs.unshift({ kind: 'tls', step: { kind: 'renegotiate', credential } });
    return true;
  },
  delivered: consumed,
});
