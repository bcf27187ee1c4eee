/**
 * The named faults of the reference client. Each is one thing that a real client was seen, or can be imagined, to do
 * wrong; a scenario's `caught-by` names those that it must expose. Against a good server every one of them logs in.
 */
import { certificatesFaults } from './faults/certificates.ts';
import { claimsFaults } from './faults/claims.ts';
import { dnsFaults } from './faults/dns.ts';
import { fallbackFaults } from './faults/fallback.ts';
import { helloFaults } from './faults/hello.ts';
import { injectionFaults } from './faults/injection.ts';
import { interopFaults } from './faults/interop.ts';
import { redirectsFaults } from './faults/redirects.ts';
import { resumptionFaults } from './faults/resumption.ts';
import { saslFaults } from './faults/sasl.ts';
import { serverFaults } from './faults/servers.ts';
import { strippingFaults } from './faults/stripping.ts';
import { tlsFaults } from './faults/tls.ts';

export { serverFaults };

export const faults = {
  ...strippingFaults,
  ...injectionFaults,
  ...saslFaults,
  ...tlsFaults,
  ...helloFaults,
  ...fallbackFaults,
  ...redirectsFaults,
  ...dnsFaults,
  ...certificatesFaults,
  ...resumptionFaults,
  ...claimsFaults,
  ...interopFaults,
};

export type ClientFault = keyof typeof faults;
export type ServerFault = keyof typeof serverFaults;
export type Fault = ClientFault | ServerFault;

export type Has = (fault: Fault) => boolean;

/** What a table has for the faults that are switched on, in its order. */
export function switchedOn<T>(table: Partial<Record<Fault, T>>, has: Has): T[] {
  return (Object.entries(table) as [Fault, T][]).flatMap(([fault, row]) => (has(fault) ? [row] : []));
}

/** What some faults are, once there was a good login. */
const ON_RECONNECT: Partial<Record<Fault, Fault>> = {
  'optional-when-not-required': 'optional-on-reconnect',
  'sasl-before-tls': 'sasl-on-reconnect',
  'iq-auth-in-clear': 'iq-auth-on-reconnect',
  'legacy-header-in-clear': 'legacy-on-reconnect',
  'failure-in-clear': 'failure-on-reconnect',
  'keeps-buffer': 'keeps-buffer-on-reconnect',
  'tls-1.0': 'tls-1.0-on-reconnect',
};

/** The same faults, and those that only a client shows which `wasOnline`. */
export function withThoseOnReconnect(has: Has, wasOnline: () => boolean): Has {
  return (fault) => {
    const later = ON_RECONNECT[fault];
    return has(fault) || (later !== undefined && wasOnline() && has(later));
  };
}
