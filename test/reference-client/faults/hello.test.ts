/** Attacks that show what a ClientHello offers. */
import { OBSERVATIONS } from '../../../harness/judge/observations.ts';
import { viewOf } from '../../../harness/judge/view.ts';
import type { Outcome, Setting } from '../support.ts';
import { type Attack, exposed } from './exposed.ts';
import type { helloFaults } from './hello.ts';

/** No attack at all: the judge's own table says what is wrong with the hello. Over direct TLS ALPN is asked for, too. */
const audited = (name: string): [Setting, (outcome: Outcome) => boolean] => [
  { transport: 'direct' },
  ({ observations }) => {
    const to = observations.flatMap((o) =>
      o.type === 'stream-open' && o.from === 'client' ? [o.attributes.to] : [],
    )[0];
    return (OBSERVATIONS[name]?.find(viewOf(observations), { canary: '', domain: to ?? '' }) ?? []).length > 0;
  },
];

exposed({
  'offers-static-rsa': audited('offers-static-rsa'),
  'prefers-static-rsa': audited('prefers-no-forward-secrecy'),
  'offers-dhe': audited('offers-dhe'),
  'cbc-without-etm': audited('offers-cbc-without-etm'),
  'cbc-only': audited('offers-no-recommended-suite'),
  'offers-small-curve': audited('offers-small-curve'),
  'offers-obsolete-group': audited('offers-obsolete-group'),
  'offers-no-p-256': audited('offers-no-p-256'),
  'offers-no-x25519': audited('offers-no-x25519'),
  'offers-sha-1': audited('offers-sha-1-signatures'),
  'no-extended-master-secret': audited('lacks-extended-master-secret'),
  'no-sni': audited('sends-no-server-name'),
  'other-sni': audited('sends-other-server-name'),
  'sni-with-dot': audited('sends-malformed-server-name'),
  'no-alpn': audited('offers-no-alpn'),
  'other-alpn': audited('offers-other-alpn'),
  'hello-ssl-2': audited('offers-ssl-2'),
  'hello-ssl-3': audited('offers-ssl-3'),
  'hello-tls-1.1-only': audited('offers-no-tls-1.2'),
  'hello-fallback-scsv': audited('offers-fallback-scsv'),
  'hello-export': audited('offers-export'),
  'hello-des': audited('offers-des'),
  'hello-rc4': audited('offers-rc4'),
  'hello-3des': audited('offers-3des'),
  'hello-static-dh': audited('offers-static-dh'),
  'hello-md5': audited('offers-md5-signatures'),
  'hello-no-signature-algorithms': audited('offers-no-signature-algorithms'),
  'hello-no-sha-256': audited('offers-no-sha-256-signatures'),
  'hello-compression': audited('offers-compression-with-tls-1.3'),
  'hello-no-renegotiation-info': audited('lacks-renegotiation-info'),
  'hello-truncated-hmac': audited('offers-truncated-hmac'),
  'hello-heartbeat': audited('offers-heartbeat'),
  'hello-early-data': audited('offered-early-data'),
  'hello-sni-address': audited('sends-ip-as-server-name'),
} satisfies Record<keyof typeof helloFaults, Attack>);
