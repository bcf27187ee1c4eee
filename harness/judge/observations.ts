/** The observations that a scenario may name under `expect`, and those that are never right, in the order of reports. */
import { CLAIMS } from './claims.ts';
import { CONNECTIONS } from './connections.ts';
import { CREDENTIAL_OBSERVATIONS } from './credential-observations.ts';
import { HANDSHAKE_OBSERVATIONS } from './handshake-observations.ts';
import { HELLO_OBSERVATIONS } from './hello-observations.ts';
import { NAME_OBSERVATIONS } from './name-observations.ts';
import type { ObservationRule } from './observation-rule.ts';
import { RESUMPTION } from './resumption.ts';
import { S2S_OBSERVATIONS } from './s2s-observations.ts';
import { SASL_OBSERVATIONS } from './sasl-observations.ts';
import { SESSION_OBSERVATIONS } from './session-observations.ts';
import { STREAM_OBSERVATIONS } from './stream-observations.ts';

export const OBSERVATIONS: Readonly<Record<string, ObservationRule>> = {
  ...CREDENTIAL_OBSERVATIONS,
  ...HANDSHAKE_OBSERVATIONS,
  ...STREAM_OBSERVATIONS,
  ...RESUMPTION,
  ...HELLO_OBSERVATIONS,
  ...CONNECTIONS,
  ...NAME_OBSERVATIONS,
  ...SASL_OBSERVATIONS,
  ...S2S_OBSERVATIONS,
  ...SESSION_OBSERVATIONS,
  ...CLAIMS,
};
