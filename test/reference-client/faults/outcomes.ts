/** What shows that a client has fallen for an attack. */
import { type Outcome, said, wasOnline } from '../support.ts';

export const givesAwayInClear = (outcome: Outcome) =>
  said(outcome).some((o) => o.phase === 'clear' && o.credential !== undefined);

export const answersInside = (outcome: Outcome) =>
  said(outcome).some((o) => o.phase !== 'clear' && o.iq?.id === 'canary');

export const usesPlain = (outcome: Outcome) => said(outcome).some((o) => o.mechanism === 'PLAIN');

export const handshakes = ({ observations }: Outcome) => observations.filter((o) => o.type === 'handshake');

export const logins = (outcome: Outcome) => said(outcome).filter(({ name }) => name === 'auth').length;

export const hellos = ({ observations }: Outcome) =>
  observations.flatMap((o) => (o.layer === 'tls' && o.type === 'client-hello' ? [o] : []));

export const isRefused = (outcome: Outcome) => !wasOnline(outcome) && outcome.error !== null;

export const records = ({ observations }: Outcome) => observations.filter((o) => o.type === 'record');
