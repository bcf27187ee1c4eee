/** What a scenario asks for, in its attack and in its control alike. */
import type { ScriptItem } from '../../../src/script/script.ts';
import type { Forgery } from '../../../src/tls/records/forgery.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { Circumstances } from './attempt-plan.ts';

/** Whether the client gets one. Its control has shown then that it logs in with it. */
export const takesCertificate = ({ needs }: Scenario): boolean => needs.includes('external');

/** It is about the streams that a server takes. */
export const callsServer = ({ needs }: Scenario, { server }: Circumstances) =>
  server === true && needs.includes('s2s-listener');

export function injectedIqs(script: readonly ScriptItem[]): string[] {
  return script.flatMap(({ do: { inject } }) => inject?.xml?.match(/<iq\b.*?<\/iq>/s) ?? []).slice(0, 1);
}

export const forgeries = (script: readonly ScriptItem[]): Forgery[] =>
  script.flatMap(({ do: { forge } }) => forge ?? []);
