/** What a client makes of a TLS handshake that is weak, changed on the way, or forged; and what it tries after one. */
import type { ObservationRule } from './observation-rule.ts';
import { pick, type View } from './view.ts';

export const HANDSHAKE_OBSERVATIONS: Readonly<Record<string, ObservationRule>> = {
  'negotiated-weak': {
    says: () => 'It completed a TLS handshake that it should have refused.',
    find: (view) =>
      handshakes(view)
        .filter((o) => o.peer === 'weak' || o.peer === 'untrusted' || !o.encrypted)
        .map((o) => o.n),
  },
  'sent-key-exchange': {
    says: () => 'It went on with the key exchange of a handshake that it had to abort.',
    find: (view) => recordsBehind(view, 'client-key-exchange'),
  },
  'answered-heartbeat': {
    says: () => 'It answered a heartbeat that it had never agreed to.',
    find: (view) => recordsBehind(view, 'heartbeat'),
  },
  'accepted-forgery': {
    says: (view) => `It went on with a forged handshake that it had to abort${lastForged(view)}.`,
    find: (view) => acceptances(view).map((o) => o.n),
  },
  'accepted-unoffered': {
    says: (view) => `It went on with what it had not offered${lastForged(view)}.`,
    find: (view) => acceptances(view, false).map((o) => o.n),
  },
  'went-on': {
    says: () => 'It went on with the handshake.',
    find: (view) => acceptances(view).map((o) => o.n),
  },
  'weaker-tls-on-retry': {
    says: () => 'After a failed handshake it came back with a lower TLS version.',
    find: weakerOnRetry,
  },
  'retried-without-scsv': {
    says: () => 'After a failed handshake it came back with a lower TLS version and without TLS_FALLBACK_SCSV.',
    find: retriedWithoutScsv,
  },
  'tls-established': {
    says: () => 'It completed a TLS handshake.',
    find: (view) => handshakes(view).map((o) => o.n),
  },
};

export const handshakes = (view: View) => pick(view.observations, 'tls', 'handshake');

/** Behind what the script did to the handshake, or first put into it. */
function recordsBehind(view: View, name: string): number[] {
  const rewritten = pick(view.observations, 'tls', 'rewritten').filter((o) => o.impossible === undefined);
  return pick(view.observations, 'tls', 'record')
    .filter((o) => o.name === name && rewritten.some((r) => r.connection === o.connection && r.n < o.n))
    .map((o) => o.n);
}

/** The records by which a client accepts what was forged. `offered`: only where that was, or was not, in its ClientHello. */
export function acceptances(view: View, offered?: boolean) {
  const forged = pick(view.observations, 'tls', 'forged').filter((o) => offered === undefined || o.offered === offered);
  return pick(view.observations, 'tls', 'record').filter((o) =>
    forged.some((f) => f.connection === o.connection && f.n < o.n && f.awaits === o.name),
  );
}

function lastForged(view: View): string {
  const forged = pick(view.observations, 'tls', 'forged').at(-1);
  return forged ? ` (${forged.version}, ${forged.cipher})` : '';
}

/** TLS 1.2 after 1.3 is no fall (RFC 9325, section 3.1.3): only what must not be negotiated at all is. */
function weakerOnRetry(view: View): number[] {
  const hellos = pick(view.observations, 'tls', 'client-hello');
  const highest = (hello: { versions: number[] }) => Math.max(0, ...hello.versions);
  const first = hellos[0] ? highest(hellos[0].hello) : 0;
  return hellos.filter((o) => highest(o.hello) < Math.min(first, TLS_1_2)).map((o) => o.n);
}

const TLS_1_2 = 0x0303;

/** RFC 7507, section 4. A hello of the same connection is the answer to a HelloRetryRequest. */
function retriedWithoutScsv(view: View): number[] {
  const hellos = pick(view.observations, 'tls', 'client-hello');
  const highest = (hello: { versions: number[] }) => Math.max(0, ...hello.versions);
  const first = hellos[0] ? highest(hellos[0].hello) : 0;
  return hellos
    .filter((o) => highest(o.hello) < first && !o.hello.cipherSuites.includes(FALLBACK_SCSV))
    .map((o) => o.n);
}

const FALLBACK_SCSV = 0x5600;
