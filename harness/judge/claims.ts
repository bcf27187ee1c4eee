/**
 * What a client says of its connection, held against the wire (RFC 7590, section 3.6). Standard output may come late, so
 * that a claim is only held to be wrong where it fits nothing that has happened so far.
 */
import { outcomeOf } from './outcome.ts';
import { pick, type View } from './view.ts';

export const CLAIMS = {
  'claimed-online': {
    says: () => 'It says that it was online, and no session was ever established.',
    find(view: View) {
      const { claim, exit } = view;
      const claimed = claim?.result === 'online' || (claim === null && exit?.code === 0 && !exit.ours);
      return claimed && exit !== null && outcomeOf(view) !== 'online' ? [exit.n] : [];
    },
  },
  'claimed-other-tls': {
    says: () => 'It names a TLS version or cipher suite that was not negotiated.',
    find: (view: View) =>
      claims(view, ({ tls, before }) => {
        if (before.length === 0) return false;
        const version = numberOf(tls.version);
        // Only IANA's names are the same everywhere.
        const cipher = tls.cipher?.startsWith('TLS_') ? tls.cipher : null;
        return (
          (version !== null && !before.some((o) => numberOf(o.version) === version)) ||
          (cipher !== null && !before.some((o) => o.cipher === cipher))
        );
      }),
  },
  'claimed-other-certificate': {
    says: () => 'It names a certificate that it was not shown.',
    find: (view: View) =>
      claims(view, ({ fingerprint, before, refused }) => {
        if (fingerprint === null || before.length === 0 || refused) return false;
        return !before.some((o) => o.certificateSha256 === fingerprint);
      }),
  },
  'claimed-certificate-changed': {
    says: () => 'It says that the certificate has changed, and it was the same all the time.',
    find: (view: View) =>
      claims(view, ({ tls, before, refused }) => {
        if (tls.certificate_changed !== true || before.length === 0 || refused) return false;
        return new Set(before.map((o) => o.certificateSha256)).size === 1;
      }),
  },
  'claimed-certificate-unchanged': {
    says: () => 'It says that the certificate is the same as before, and it was another.',
    find: (view: View) =>
      claims(view, ({ tls, fingerprint, accepted, isLast }) => {
        if (tls.certificate_changed !== false) return false;
        // Without a fingerprint only a claim for each session tells which of them is meant.
        const meant = fingerprint ?? (isLast ? accepted.at(-1) : undefined);
        return accepted.includes(meant ?? '') && accepted.every((one, n) => one !== meant || isAnother(accepted, n));
      }),
  },
  'claimed-other-verification': {
    says: () => 'It says that the certificate was verified in a way that was not there.',
    // Mallory serves neither DNS nor HTTPS, and a client has no dialback.
    find: (view: View) => claims(view, ({ tls }) => /dane|posh|dialback/i.test(tls.verified_by ?? '')),
  },
};

type Handshake = ReturnType<typeof pick<'tls', 'handshake'>>[number];

interface Claimed {
  tls: NonNullable<NonNullable<View['claim']>['tls']>;
  /** As `certificateSha256` is written. */
  fingerprint: string | null;
  /** The handshakes that were complete before. */
  before: Handshake[];
  /** Some certificate was shown in a handshake that was not completed: the client may speak of that one. */
  refused: boolean;
  /** The certificates of the sessions so far, one for each. */
  accepted: string[];
  /** There was a claim for each session, and this one is for the last. */
  isLast: boolean;
}

function claims(view: View, test: (the: Claimed) => boolean): number[] {
  const all = pick(view.observations, 'process', 'claim').filter(({ claim }) => claim.tls !== undefined);
  const handshakes = pick(view.observations, 'tls', 'handshake');
  const bound = pick(view.observations, 'xmpp', 'bound');
  const flights = pick(view.observations, 'tls', 'flight');
  return all
    .filter(({ n, claim: { tls = {} } }, index) => {
      const before = handshakes.filter((o) => o.n < n);
      const online = before.filter((o) => bound.some(({ connection, n: at }) => connection === o.connection && at < n));
      return test({
        tls,
        fingerprint: tls.certificate_sha256?.toLowerCase().replaceAll(/[^0-9a-f]/g, '') ?? null,
        before,
        refused: flights.some(({ connection }) => !handshakes.some((o) => o.connection === connection)),
        accepted: online.map((o) => o.certificateSha256 ?? ''),
        isLast: index === all.length - 1 && all.length >= online.length,
      });
    })
    .map((o) => o.n);
}

const isAnother = (accepted: readonly string[], n: number) => n > 0 && accepted[n - 1] !== accepted[n];

/** `1.3` of TLSv1.3, TLS 1.3 and the like; null: who knows. */
const numberOf = (version: string | undefined) => /(?:^|[^\d.])(1\.[0-3])$/.exec(version?.trim() ?? '')?.[1] ?? null;
