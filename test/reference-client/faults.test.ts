/** Each fault with one attack that shows it, which the correct client withstands; and with a good server, which it does not. */
import test from 'ava';
import { OBSERVATIONS } from '../../harness/judge/observations.ts';
import { viewOf } from '../../harness/judge/view.ts';
import type { Script } from '../../src/index.ts';
import type { Do } from '../../src/script/actions/index.ts';
import type { RewriteData } from '../../src/script/actions/rewrite.ts';
import type { Forgery } from '../../src/tls/records/forgery.ts';
import { NS } from '../../src/xmpp/namespaces.ts';
import { referenceClient } from './client.ts';
import { type ClientFault, faults } from './faults.ts';
import { meet, type Outcome, type Setting, said, wasOnline } from './support.ts';

const TLS_OFFERS = ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'];
const IDN = 'b\u00fccher.im.xmpp.test';
const inClear = (...clear: string[]): NonNullable<Setting['entity']> => ({ mechanisms: { clear, tls: TLS_OFFERS } });
const features = (...change: object[]): Script => change.map((what) => ({ on: 'features', in: 'clear', do: what }));
const feature = (xml: string) => features({ add: xml });
const at = (on: 'header' | 'proceed' | 'tls-handshake' | 'online', what: object, connection?: number | string) => [
  { on, do: what, ...(connection && { connection }), ...(on === 'header' && { in: 'clear' as const }) },
];
const insideTls = (on: 'features' | 'challenge' | 'success', what: object): Script => [{ on, in: 'tls', do: what }];
const saslFailure = `<failure xmlns='${NS.sasl}'><not-authorized/></failure>`;
const ping = "<iq type='get' id='{canary}'><ping xmlns='urn:xmpp:ping'/></iq>";
const plainOffer = `<stream:features xmlns:stream='${NS.streams}'><mechanisms xmlns='${NS.sasl}'><mechanism>PLAIN</mechanism></mechanisms></stream:features>`;
const header = `<?xml version='1.0'?><stream:stream xmlns='${NS.client}' xmlns:stream='${NS.streams}' id='x' version='1.0'>`;
const lossThenStrip: Script = [
  ...at('online', { close: 'instead' }, 1),
  { on: 'features', in: 'clear', connection: '2+', do: { remove: 'starttls' } },
];

const loss = at('online', { close: 'instead' }, 1);
const later = (what: object, connection = '2+') => at('tls-handshake', what, connection);
const redirect = `<stream:error><see-other-host xmlns='${NS.streamErrors}'>{endpoint.elsewhere}</see-other-host></stream:error>`;
/** Offered in clear next to starttls and required. */
const offered: Setting = { session: 'stay', entity: inClear('SCRAM-SHA-256', 'PLAIN') };
const away: Do = { replace: redirect, close: 'after' };
const srv = (...records: string[]): Script => [{ on: 'lookup', do: { answer: { type: 'SRV', with: records } } }];
/** Nothing but a URL is left. */
const txt = (scheme: 'ws' | 'wss'): Setting => ({
  byDns: true,
  endpoints: { web: { credential: 'host-name-only', ...(scheme === 'wss' && { transport: 'direct' }) } },
  script: [
    { on: 'lookup', do: { answer: { type: 'SRV', with: 'nxdomain' } } },
    { on: 'lookup', do: { answer: { name: '{domain}', with: 'none' } } },
    {
      on: 'lookup',
      do: {
        answer: { type: 'TXT', with: [`_xmpp-client-websocket=${scheme}://xmpp1.hosting.test:{endpoint.web.port}/ws`] },
      },
    },
  ],
});

/** A login, a loss, and one more login. */
const again: Setting = { session: 'stay', script: loss };

const fast: NonNullable<Setting['entity']> = {
  mechanisms: { clear: [], tls: [] },
  sasl2: { clear: [], tls: ['SCRAM-SHA-256'] },
  extensions: ['fast'],
};
const fastOffer = `<authentication xmlns='${NS.sasl2}'><mechanism>SCRAM-SHA-256</mechanism><inline><fast xmlns='${NS.fast}'><mechanism>HT-SHA-256-NONE</mechanism></fast></inline></authentication>`;
const resumable: NonNullable<Setting['entity']> = { extensions: ['stream-management'] };
const lossOfSession: Script = [{ on: 'enabled', connection: 1, do: { close: 'after' } }];
const loginsAreTwo = ({ observations }: Outcome) =>
  observations.filter(({ type }) => type === 'authenticated').length > 1;

const givesAwayInClear = (outcome: Outcome) =>
  said(outcome).some((o) => o.phase === 'clear' && o.credential !== undefined);
const answersInside = (outcome: Outcome) => said(outcome).some((o) => o.phase !== 'clear' && o.iq?.id === 'canary');
const inTls = (what: Do): Script => [{ on: 'features', in: 'tls', do: what }];
const rewriting = (version: 'TLSv1.2' | 'TLSv1.3', rewrite: RewriteData): Script =>
  at('tls-handshake', { negotiate: { min: version, max: version }, rewrite });
const inserting = (record: { type: number; octets: string; repeat?: number; times?: number }): Script =>
  rewriting('TLSv1.2', { insert: { ...record, before: 'server-hello-done' } });
const sends = (name: string) => (outcome: Outcome) =>
  outcome.observations.some((o) => o.type === 'record' && o.name === name);
const usesPlain = (outcome: Outcome) => said(outcome).some((o) => o.mechanism === 'PLAIN');
const decoded = (outcome: Outcome) =>
  said(outcome).map(({ xml }) => Buffer.from(/>([^<]+)</.exec(xml)?.[1] ?? '', 'base64').toString());
const proves = (outcome: Outcome) => decoded(outcome).some((text) => text.includes(',p='));
const nonces = (outcome: Outcome) => decoded(outcome).flatMap((text) => /,n=[^,]*,r=(.*)/.exec(text)?.[1] ?? []);
const handshakes = ({ observations }: Outcome) => observations.filter((o) => o.type === 'handshake');
const logins = (outcome: Outcome) => said(outcome).filter(({ name }) => name === 'auth').length;
const hellos = ({ observations }: Outcome) =>
  observations.flatMap((o) => (o.layer === 'tls' && o.type === 'client-hello' ? [o] : []));
const external: Setting = {
  certified: true,
  entity: { mechanisms: { clear: [], tls: ['EXTERNAL', 'SCRAM-SHA-256', 'PLAIN'] } },
};
const showsItself = (outcome: Outcome) =>
  handshakes(outcome).some((o) => o.type === 'handshake' && o.clientCertificate);
const isRefused = (outcome: Outcome) => !wasOnline(outcome) && outcome.error !== null;

const forged = (forge: Forgery): Setting => ({ script: at('tls-handshake', { forge }) });
const records = ({ observations }: Outcome) => observations.filter((o) => o.type === 'record');
const awaited = ({ observations }: Outcome) => observations.flatMap((o) => (o.type === 'forged' ? [o.awaits] : []));
const accepts = (outcome: Outcome) => records(outcome).some(({ name }) => awaited(outcome).includes(name));
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

/** An attack, and what shows that the client has fallen for it: by default that it is online. */
const attacks: Record<ClientFault, [Setting, ((outcome: Outcome) => boolean)?]> = {
  'continues-in-clear': [
    { script: features({ remove: 'starttls' }), entity: inClear('SCRAM-SHA-1') },
    givesAwayInClear,
  ],
  'optional-when-not-required': [
    { script: features({ remove: 'required' }), entity: inClear('PLAIN') },
    givesAwayInClear,
  ],
  'sasl-before-tls': [{ entity: inClear('PLAIN') }, givesAwayInClear],
  'iq-auth-in-clear': [{ entity: { iqAuth: { clear: true, tls: true } } }, givesAwayInClear],
  'sasl2-in-clear': [{ entity: { sasl2: { clear: ['SCRAM-SHA-1'], tls: [] } } }, givesAwayInClear],
  'plain-in-clear': [{ script: features({ remove: 'starttls' }), entity: inClear('PLAIN') }, givesAwayInClear],
  'local-name-starttls': [
    { script: features({ rename: { element: 'starttls', namespace: 'urn:example:tls' } }), entity: inClear('PLAIN') },
    givesAwayInClear,
  ],
  'mechanisms-first': [{ script: features({ order: ['mechanisms'] }), entity: inClear('PLAIN') }, givesAwayInClear],
  'races-features': [
    { script: features({ order: ['mechanisms'], split: 'each-byte' }), entity: inClear('PLAIN') },
    givesAwayInClear,
  ],
  'last-features-win': [
    { script: features({ inject: { xml: plainOffer } }), entity: inClear('PLAIN') },
    givesAwayInClear,
  ],
  'empty-features-complete': [{ script: features({ remove: 'children' }) }, givesAwayInClear],
  'binds-in-clear': [{ script: feature(`<bind xmlns='${NS.bind}'/>`) }, givesAwayInClear],
  'registers-in-clear': [{ script: feature(`<register xmlns='${NS.registerFeature}'/>`) }, givesAwayInClear],
  'compresses-in-clear': [{ script: feature(`<compression xmlns='${NS.compressFeature}'/>`) }, givesAwayInClear],
  'resumes-in-clear': [{ script: feature(`<sm xmlns='${NS.sm}'/>`) }, givesAwayInClear],
  deterred: [
    { script: features({ remove: 'starttls' }) },
    (outcome) => isRefused(outcome) && !said(outcome).some(({ name }) => name === 'starttls'),
  ],
  'features-timeout-in-clear': [{ script: features({ drop: true }) }, givesAwayInClear],
  'legacy-header-in-clear': [{ script: at('header', { set: { version: null } }) }, givesAwayInClear],
  'version-above-one-in-clear': [{ script: at('header', { set: { version: '2.0' } }) }, givesAwayInClear],
  'banner-in-clear': [
    {
      script: at('header', { inject: { xml: 'HTTP/1.1 200 OK\r\n\r\n', before: 'header' } }),
      entity: inClear('PLAIN'),
    },
    givesAwayInClear,
  ],
  'bad-stream-in-clear': [{ script: at('header', { set: { xmlns: 'jabber:server' } }) }, givesAwayInClear],
  'failure-in-clear': [
    { script: at('proceed', { replace: `<failure xmlns='${NS.tls}'/>` }), entity: inClear('PLAIN') },
    givesAwayInClear,
  ],
  'any-reply-in-clear': [
    { script: at('proceed', { replace: `<success xmlns='${NS.sasl}'/>` }), entity: inClear('PLAIN') },
    givesAwayInClear,
  ],
  'stream-error-in-clear': [
    {
      script: at('proceed', {
        replace: `<stream:error><internal-server-error xmlns='${NS.streamErrors}'/></stream:error>`,
      }),
      entity: inClear('PLAIN'),
    },
    givesAwayInClear,
  ],
  'no-reply-in-clear': [{ script: at('proceed', { drop: true }), entity: inClear('PLAIN') }, givesAwayInClear],
  'proceed-by-local-name': [
    { script: at('proceed', { rename: { element: 'proceed', namespace: 'urn:example:tls' } }) },
  ],
  'unsolicited-proceed': [
    { script: features({ inject: { xml: `<proceed xmlns='${NS.tls}'/>` } }), entity: inClear('PLAIN') },
    givesAwayInClear,
  ],
  'follows-redirect': [
    {
      endpoints: { elsewhere: { credential: 'valid-for-elsewhere' } },
      script: at('proceed', {
        replace: `<stream:error><see-other-host xmlns='${NS.streamErrors}'>{endpoint.elsewhere}</see-other-host></stream:error>`,
      }),
    },
  ],
  'keeps-buffer': [{ script: at('proceed', { inject: { xml: header + plainOffer } }) }, usesPlain],
  'keeps-stanzas': [{ script: features({ inject: { xml: ping } }) }, answersInside],
  'answers-in-clear': [{ script: features({ inject: { xml: ping } }) }, givesAwayInClear],
  'keeps-features': [{ entity: { mechanisms: { clear: ['PLAIN'], tls: ['SCRAM-SHA-256'] } } }, usesPlain],
  'keeps-stream': [
    { entity: inClear('PLAIN') },
    ({ observations }) =>
      observations.some(
        (o) => o.layer === 'xmpp' && o.type === 'malformed' && o.phase === 'tls' && o.text.includes('<auth'),
      ),
  ],
  'starttls-again': [
    { script: [{ on: 'features', in: 'tls', do: { add: `<starttls xmlns='${NS.tls}'/>` } }] },
    (outcome) => said(outcome).some(({ name, phase }) => name === 'starttls' && phase === 'tls'),
  ],
  'half-features': [
    {
      script: inTls({
        replace: `<stream:features><mechanisms xmlns='${NS.sasl}'><mechanism>PLAIN</mechanism>`,
        'end-tls': 'truncate',
      }),
    },
    usesPlain,
  ],
  'early-success': [
    { script: at('proceed', { inject: { xml: `<success xmlns='${NS.sasl}'/>` } }) },
    (outcome) => said(outcome).some(({ name, phase }) => name === 'iq' && phase === 'tls'),
  ],
  'newline-after-starttls': [{}, ({ observations }) => observations.some((o) => o.type === 'bytes')],
  'skips-signature-check': [{ script: insideTls('success', { signature: 'wrong' }) }],
  'short-signature': [{ script: insideTls('success', { signature: 'short' }) }],
  'empty-success': [{ script: insideTls('success', { signature: 'missing' }) }],
  'foreign-nonce': [{ script: insideTls('challenge', { scram: { nonce: 'foreign' } }) }, proves],
  'nonce-anywhere': [{ script: insideTls('challenge', { scram: { nonce: 'prefixed' } }) }, proves],
  'reuses-nonce': [
    { session: 'stay', script: at('online', { close: 'instead' }, 1) },
    (outcome) => new Set(nonces(outcome)).size < nonces(outcome).length,
  ],
  'ignores-extension': [{ script: insideTls('challenge', { scram: { extension: true } }) }, proves],
  'low-iterations': [{ script: insideTls('challenge', { scram: { iterations: 1 } }) }, proves],
  'iterations-32-bit': [{ script: insideTls('challenge', { scram: { iterations: 2 ** 32 + 1 } }) }, proves],
  'computes-any-iterations': [
    { script: insideTls('challenge', { scram: { iterations: 1_000_000_000 } }) },
    // It ends only because it is told to.
    ({ observations }) => (observations.find((o) => o.type === 'closed')?.t ?? 0) > 5_000,
  ],
  'no-channel-binding': [
    { entity: { mechanisms: { clear: [], tls: ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256'] } } },
    (outcome) => wasOnline(outcome) && !said(outcome).some((o) => o.mechanism?.endsWith('-PLUS')),
  ],
  'denies-binding': [
    {
      entity: { mechanisms: { clear: [], tls: ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256'] } },
      script: insideTls('features', { mechanisms: ['SCRAM-SHA-256'], remove: 'sasl-channel-binding' }),
    },
  ],
  'ignores-binding-list': [
    {
      entity: { mechanisms: { clear: [], tls: ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256'] } },
      script: insideTls('features', { mechanisms: ['SCRAM-SHA-256'] }),
    },
    (outcome) => said(outcome).some(({ name }) => name === 'auth'),
  ],
  'binds-as-listed': [
    {
      entity: { mechanisms: { clear: [], tls: ['SCRAM-SHA-256-PLUS'] } },
      script: insideTls('features', {
        remove: 'sasl-channel-binding',
        add: `<sasl-channel-binding xmlns='${NS.saslChannelBinding}'><channel-binding type='tls-unique'/></sasl-channel-binding>`,
      }),
    },
    (outcome) => said(outcome).some(({ name }) => name === 'auth'),
  ],
  'skips-downgrade-hash': [
    {
      entity: { extensions: ['scram-downgrade-protection'] },
      script: insideTls('features', { mechanisms: ['SCRAM-SHA-1'] }),
    },
  ],
  'server-order': [{ script: insideTls('features', { mechanisms: ['PLAIN', 'SCRAM-SHA-256'] }) }, usesPlain],
  'forgets-scram': [
    {
      session: 'stay',
      script: [
        ...at('online', { close: 'instead' }, 1),
        { on: 'features', in: 'tls', connection: '2+', do: { mechanisms: ['PLAIN'] } },
      ],
    },
    usesPlain,
  ],
  'plain-over-sasl2': [
    { entity: { mechanisms: { clear: [], tls: [] }, sasl2: { clear: [], tls: ['PLAIN'] } } },
    usesPlain,
  ],
  'any-mechanism': [
    { script: insideTls('features', { mechanisms: ['X-OAUTH2'] }) },
    (outcome) => said(outcome).some(({ mechanism }) => mechanism === 'X-OAUTH2'),
  ],
  'plain-after-failure': [{ script: insideTls('challenge', { replace: saslFailure }) }, usesPlain],
  'takes-any-task': [
    {
      entity: { mechanisms: { clear: [], tls: [] }, sasl2: { clear: [], tls: ['SCRAM-SHA-256'] } },
      script: insideTls('success', {
        replace: `<continue xmlns='${NS.sasl2}'><tasks><task>X</task></tasks></continue>`,
      }),
    },
    (outcome) => said(outcome).some(({ name }) => name === 'next'),
  ],
  'follows-new-list': [
    {
      script: insideTls('challenge', {
        replace: `${saslFailure}<stream:features><mechanisms xmlns='${NS.sasl}'><mechanism>PLAIN</mechanism></mechanisms></stream:features>`,
      }),
    },
    usesPlain,
  ],
  'password-without-external': [
    { ...external, script: insideTls('features', { mechanisms: ['SCRAM-SHA-256', 'PLAIN'] }) },
  ],
  'password-after-external': [
    {
      ...external,
      script: [
        ...at('tls-handshake', { present: 'trusted-mitm' }),
        ...insideTls('features', { mechanisms: ['EXTERNAL', 'SCRAM-SHA-256'] }),
      ],
    },
  ],
  'external-to-anyone': [{ ...external, script: at('tls-handshake', { present: 'unknown-ca' }) }],
  'shows-certificate-to-anyone': [{ ...external, script: at('tls-handshake', { present: 'unknown-ca' }) }, showsItself],
  'iq-auth-after-failure': [
    { script: insideTls('challenge', { replace: saslFailure }) },
    (outcome) => said(outcome).some(({ credential }) => credential === 'iq-auth'),
  ],
  'gives-up-binding': [
    {
      entity: { mechanisms: { clear: [], tls: ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256'] } },
      script: insideTls('challenge', { replace: saslFailure }),
    },
    (outcome) => said(outcome).some(({ mechanism }) => mechanism === 'SCRAM-SHA-256'),
  ],
  'unbound-after-failure': [
    {
      entity: { mechanisms: { clear: [], tls: ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256'] } },
      script: insideTls('challenge', { replace: saslFailure }),
    },
    (outcome) => said(outcome).some(({ mechanism }) => mechanism === 'SCRAM-SHA-256'),
  ],
  'token-in-clear': [
    {
      ...again,
      entity: fast,
      script: [...loss, { on: 'features', in: 'clear', connection: '2+', do: { remove: 'starttls', add: fastOffer } }],
    },
    givesAwayInClear,
  ],
  'token-to-anyone': [{ ...again, entity: fast, script: [...loss, ...later({ present: 'unknown-ca' })] }, loginsAreTwo],
  'skips-token-proof': [
    {
      ...again,
      entity: fast,
      script: [
        { on: 'online', connection: 1, do: { close: 'instead' } },
        { on: 'success', connection: 2, do: { signature: 'wrong' } },
        { on: 'online', connection: 2, do: { inject: { xml: `${ping}</stream:stream>` } } },
      ],
      // Behind the answer, if there is one: the second login alone comes too early for a busy machine.
      until: (seen) => seen.some((o) => o.type === 'closed' && o.connection === 2 && o.from === 'client'),
    },
    answersInside,
  ],
  'resumes-with-anyone': [
    { ...again, entity: resumable, script: [...lossOfSession, ...later({ present: 'unknown-ca' })] },
    loginsAreTwo,
  ],
  'follows-location': [
    {
      ...again,
      entity: resumable,
      endpoints: { elsewhere: { credential: 'valid-for-elsewhere' } },
      script: [
        {
          on: 'enabled',
          connection: 1,
          do: { attributes: { element: 'enabled', set: { location: '{endpoint.elsewhere}' } }, close: 'after' },
        },
      ],
    },
    ({ observations }) => {
      const elsewhere = observations.find((o) => o.type === 'connected' && o.endpoint === 'elsewhere');
      return observations.some(
        (o) => o.type === 'authenticated' && elsewhere?.layer === 'tcp' && o.connection === elsewhere.connection,
      );
    },
  ],
  'tls-1.0': [{ script: at('tls-handshake', { negotiate: { min: 'TLSv1', max: 'TLSv1' } }) }],
  'tls-1.1': [{ script: at('tls-handshake', { negotiate: { min: 'TLSv1.1', max: 'TLSv1.1' } }) }],
  anonymous: [{ script: at('tls-handshake', { negotiate: { ciphers: 'aNULL', max: 'TLSv1.2' } }) }],
  'null-suite': [{ script: at('tls-handshake', { negotiate: { ciphers: 'eNULL', max: 'TLSv1.2' } }) }],
  'static-rsa': [{ credential: 'valid-rsa-2048', script: at('tls-handshake', { negotiate: { ciphers: 'kRSA' } }) }],
  dhe: [
    {
      credential: 'valid-rsa-2048',
      script: at('tls-handshake', { negotiate: { ciphers: 'DHE+AESGCM', 'dh-bits': 2048 } }),
    },
  ],
  'dhe-1024': [
    {
      credential: 'valid-rsa-2048',
      script: at('tls-handshake', { negotiate: { ciphers: 'DHE+AESGCM', 'dh-bits': 1024 } }),
    },
  ],
  cbc: [{ script: at('tls-handshake', { negotiate: { ciphers: 'ECDHE+AES:!AESGCM:!AESCCM' } }) }],
  'sha1-signature': [
    { script: at('tls-handshake', { negotiate: { max: 'TLSv1.2', 'signature-algorithms': 'ECDSA+SHA1' } }) },
  ],
  'renegotiates-to-any-certificate': [
    { script: [...at('tls-handshake', { negotiate: { max: 'TLSv1.2' } }), ...inTls({ renegotiate: 'unknown-ca' })] },
  ],
  'clear-after-close-notify': [{ script: inTls({ drop: true, 'end-tls': 'in-clear' }) }, givesAwayInClear],
  'ignores-tls-errors': [{ script: at('tls-handshake', { rewrite: { hide: 43 } }) }, sends('client-key-exchange')],
  'ignores-tls-alerts': [{ script: inserting({ type: 21, octets: '0228' }) }],
  'ignores-empty-records': [{ script: inserting({ type: 22, octets: '', times: 1_000 }) }],
  'ignores-change-cipher-specs': [
    { script: rewriting('TLSv1.3', { insert: { type: 20, octets: '01', times: 1_000, after: 'server-hello' } }) },
  ],
  'ignores-unprotected-records': [
    { script: [{ on: 'header', in: 'tls', do: { record: { type: 21, octets: '015a' } } }] },
  ],
  'ignores-unknown-records': [{ script: inserting({ type: 99, octets: '00' }) }],
  'ignores-early-change-cipher-spec': [{ script: inserting({ type: 20, octets: '01' }) }],
  'answers-heartbeats': [{ script: inserting({ type: 24, octets: '014000' }) }, sends('heartbeat')],
  'takes-long-records': [{ script: inserting({ type: 22, octets: '00000000', repeat: 4_600 }) }],
  'no-renegotiation-info': [{ script: rewriting('TLSv1.2', { strip: 0xff01 }) }, sends('client-key-exchange')],
  'tls-takes-any-version': [forged({ version: 0x0300 }), accepts],
  'tls-takes-ssl-2': [forged({ 'ssl-2': true }), accepts],
  'tls-takes-any-suite': [forged({ suite: 'unoffered' }), accepts],
  'tls-offers-weak-suites': [forged({ suite: 0xc007 }), accepts],
  'tls-takes-compression': [forged({ compression: 1 }), accepts],
  'tls-takes-any-session-id': [forged({ 'session-id': 'too-long' }), accepts],
  'tls-takes-any-extension': [forged({ extension: { type: 16, data: '0003026832' } }), accepts],
  'tls-takes-any-alpn': [{ ...forged({ extension: { type: 16, data: '0003026832' } }), transport: 'direct' }, accepts],
  'tls-ignores-renegotiation-info': [forged({ 'renegotiation-info': 'missing' }), accepts],
  'tls-ignores-sentinel': [forged({ sentinel: 'TLSv1.2' }), accepts],
  'tls-takes-any-group': [forged({ group: 'unoffered' }), accepts],
  'tls-takes-any-point': [forged({ curve: 'secp256r1', point: 'off-curve' }), accepts],
  'tls-takes-weak-dh': [{ ...forged({ exchange: 'dhe', dh: '1024-bit' }), credential: 'valid-rsa-2048' }, accepts],
  'tls-takes-export-key': [
    { ...forged({ exchange: 'rsa', 'export-key': true }), credential: 'valid-rsa-2048' },
    accepts,
  ],
  'tls-skips-key-signature': [forged({ signature: 'corrupt' }), accepts],
  'tls-takes-any-signature-algorithm': [forged({ signature: 'sha1' }), accepts],
  'tls-skips-messages': [forged({ omit: 'server-key-exchange' }), accepts],
  'tls-takes-any-certificate': [forged({ certificate: 'garbage' }), accepts],
  'tls-takes-any-psk': [forged({ flight: 'TLSv1.3', extension: { type: 41, data: '0007', only: 'offered' } }), accepts],
  'tls-skips-finished': [forged({ flight: 'TLSv1.3', finished: 'corrupt' }), accepts],
  'tls-takes-any-retry': [forged({ retry: 'unoffered-group' }), accepts],
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
  'no-tls-in-clear': [
    { script: at('tls-handshake', { 'stay-in-clear': true }), entity: inClear('PLAIN') },
    givesAwayInClear,
  ],
  'failed-tls-in-clear': [
    { script: at('tls-handshake', { 'stay-in-clear': { 'after-alert': 80 } }), entity: inClear('PLAIN') },
    givesAwayInClear,
  ],
  'alert-in-clear': [{ script: at('tls-handshake', { alert: 40 }), entity: inClear('PLAIN') }, givesAwayInClear],
  'reset-in-clear': [{ script: at('proceed', { reset: 'instead' }), entity: inClear('PLAIN') }, givesAwayInClear],
  'stall-in-clear': [{ script: at('tls-handshake', { stall: true }), entity: inClear('PLAIN') }, givesAwayInClear],
  'tls-1.2-on-retry': [
    { script: at('tls-handshake', { alert: 40 }, 1) },
    ({ observations }) => observations.some((o) => o.type === 'handshake' && o.version === 'TLSv1.2'),
  ],
  'lower-version-on-retry': [{ script: at('tls-handshake', { alert: 70 }, 1) }],
  'falls-back-to-clear': [{ credential: 'self-signed', entity: inClear('PLAIN') }, givesAwayInClear],
  'clear-on-reconnect': [{ session: 'stay', script: lossThenStrip, entity: inClear('SCRAM-SHA-1') }, givesAwayInClear],
  'optional-on-reconnect': [
    {
      ...offered,
      script: [...loss, { on: 'features', in: 'clear', connection: '2+', do: { remove: 'required' } }],
    },
    givesAwayInClear,
  ],
  'sasl-on-reconnect': [{ ...offered, script: loss }, givesAwayInClear],
  'iq-auth-on-reconnect': [
    { session: 'stay', entity: { iqAuth: { clear: true, tls: true } }, script: loss },
    givesAwayInClear,
  ],
  'legacy-on-reconnect': [
    { session: 'stay', script: [...loss, ...at('header', { set: { version: null } }, '2+')] },
    givesAwayInClear,
  ],
  'failure-on-reconnect': [
    { ...offered, script: [...loss, ...at('proceed', { replace: `<failure xmlns='${NS.tls}'/>` }, '2+')] },
    givesAwayInClear,
  ],
  'keeps-buffer-on-reconnect': [
    {
      session: 'stay',
      entity: { mechanisms: { clear: [], tls: ['SCRAM-SHA-1'] } },
      script: [
        ...loss,
        ...at('proceed', { inject: { xml: header + plainOffer.replace('PLAIN', 'SCRAM-SHA-256') } }, '2+'),
      ],
    },
    (outcome) => said(outcome).some(({ mechanism }) => mechanism === 'SCRAM-SHA-256'),
  ],
  'tls-1.0-on-reconnect': [
    { session: 'stay', script: [...loss, ...later({ negotiate: { min: 'TLSv1', max: 'TLSv1' } })] },
    (outcome) => logins(outcome) > 1,
  ],
  'remembers-shown-certificate': [
    {
      session: 'stay',
      script: [
        ...at('tls-handshake', { present: 'unknown-ca' }, 1),
        ...at('online', { close: 'instead' }, 2),
        ...later({ present: 'unknown-ca' }, '3+'),
      ],
    },
    (outcome) => logins(outcome) > 1,
  ],
  'reconnects-at-once': [
    { session: 'stay', script: [...loss, ...later({ present: 'self-signed' })] },
    ({ observations }) => observations.filter(({ type }) => type === 'connected').length > 6,
  ],
  'verifies-once': [
    {
      session: 'stay',
      script: [...at('online', { close: 'instead' }, 1), ...at('tls-handshake', { present: 'self-signed' }, '2+')],
    },
    (outcome) => logins(outcome) > 1,
  ],
  'follows-no-redirect': [
    { endpoints: { elsewhere: { credential: 'valid' } }, script: insideTls('features', away) },
    (outcome) => !wasOnline(outcome),
  ],
  'follows-endlessly': [
    { script: insideTls('features', { replace: redirect.replace('elsewhere', 'main'), close: 'after' }) },
    ({ observations }) => observations.filter(({ type }) => type === 'connected').length > 6,
  ],
  'name-of-redirect': [
    { endpoints: { elsewhere: { credential: 'dialled-address-only' } }, script: insideTls('features', away) },
  ],
  'trusts-redirect': [{ endpoints: { elsewhere: { credential: 'unknown-ca' } }, script: insideTls('features', away) }],
  'to-of-redirect': [
    { endpoints: { elsewhere: { credential: 'valid' } }, script: insideTls('features', away) },
    ({ observations }) =>
      observations.some((o) => o.type === 'stream-open' && o.from === 'client' && o.attributes.to === '127.0.0.1'),
  ],
  'clear-after-redirect': [
    {
      endpoints: { elsewhere: { credential: 'valid' } },
      entity: inClear('PLAIN'),
      script: [
        ...insideTls('features', away),
        { on: 'features', in: 'clear', at: 'elsewhere', do: { remove: 'starttls' } },
      ],
    },
    givesAwayInClear,
  ],
  'refused-in-clear': [
    {
      endpoints: { elsewhere: { credential: 'valid', refuses: true } },
      entity: inClear('PLAIN'),
      script: insideTls('features', away),
    },
    givesAwayInClear,
  ],
  'redirect-clears-name': [
    {
      session: 'stay',
      script: [
        ...at('proceed', { replace: redirect.replace('{endpoint.elsewhere}', ''), close: 'after' }, 1),
        ...later({ present: 'wrong-name' }),
      ],
      until: (seen) => seen.some(({ type }) => type === 'bound'),
    },
  ],
  'ignores-srv': [
    {
      byDns: true,
      endpoints: { elsewhere: { credential: 'valid' } },
      script: srv('0 5 {endpoint.elsewhere.port} xmpp1.hosting.test.'),
    },
    ({ observations }) => observations.some((o) => o.type === 'connected' && o.endpoint === 'main'),
  ],
  'first-srv-only': [
    {
      byDns: true,
      endpoints: { elsewhere: { credential: 'valid' } },
      script: srv(
        '20 0 {endpoint.main.port} xmpp1.hosting.test.',
        '10 0 {endpoint.elsewhere.port} xmpp1.hosting.test.',
      ),
    },
    ({ observations }) => observations.some((o) => o.type === 'connected' && o.endpoint === 'main'),
  ],
  'ignores-no-service': [{ byDns: true, script: srv('0 0 0 .') }],
  'clear-without-srv': [
    {
      byDns: true,
      entity: inClear('PLAIN'),
      script: [
        { on: 'lookup', do: { answer: { type: 'SRV', with: 'nxdomain' } } },
        ...features({ remove: 'starttls' }),
      ],
    },
    givesAwayInClear,
  ],
  'clear-after-direct': [
    {
      byDns: true,
      transport: 'direct',
      entity: inClear('PLAIN'),
      endpoints: { plain: { credential: 'valid', transport: 'starttls' } },
      script: [
        ...srv('0 5 {endpoint.plain.port} xmpp1.hosting.test.'),
        { on: 'lookup', do: { answer: { name: '_xmpps-client._tcp.{domain}', with: 'nxdomain' } } },
        { on: 'features', in: 'clear', at: 'plain', do: { remove: 'starttls' } },
      ],
    },
    givesAwayInClear,
  ],
  'clear-at-domain': [
    {
      byDns: true,
      transport: 'direct',
      entity: inClear('PLAIN'),
      endpoints: { plain: { credential: 'valid', transport: 'starttls' } },
      script: [
        { on: 'lookup', do: { answer: { name: '_xmpps-client._tcp.{domain}', with: 'nxdomain' } } },
        { on: 'features', in: 'clear', at: 'plain', do: { remove: 'starttls' } },
      ],
    },
    givesAwayInClear,
  ],
  'http-in-clear': [txt('ws'), ({ observations }) => observations.some((o) => o.type === 'malformed')],
  'url-names-host': [txt('wss'), ({ observations }) => observations.some((o) => o.type === 'malformed')],
  'sni-is-srv-target': [{ byDns: true }, (outcome) => hellos(outcome)[0]?.hello.serverName === 'xmpp1.hosting.test'],
  'to-is-srv-target': [
    { byDns: true },
    ({ observations }) =>
      observations.some((o) => o.type === 'stream-open' && o.attributes.to === 'xmpp1.hosting.test'),
  ],
  'trusts-any': [{ credential: 'wrong-name' }],
  'trusts-any-chain': [{ credential: 'unknown-ca' }],
  'trusts-self-signed': [{ credential: 'self-signed' }],
  'skips-name': [{ credential: 'wrong-name' }],
  'name-is-dialled': [{ credential: 'dialled-address-only' }],
  'name-is-resolved': [{ byDns: true, credential: 'ip-address-only' }],
  'name-is-header-from': [{ credential: 'wrong-name', script: at('header', { set: { from: 'wrong.mallory.test' } }) }],
  'name-suffix': [{ credential: 'suffix-name' }],
  'name-prefix': [{ credential: 'prefix-name' }],
  'name-sibling': [{ credential: 'sibling-name' }],
  'name-cn': [{ credential: 'cn-with-other-san' }],
  'name-nul': [{ credential: 'nul-in-san' }],
  'name-localpart': [{ credential: 'localpart-name' }],
  'name-list': [{ credential: 'list-in-san' }],
  'name-printed-subject': [{ credential: 'cn-inside-organisation' }],
  'name-trailing-dot': [{ credential: 'trailing-dot' }],
  'name-raw-unicode': [{ domain: IDN, credential: 'u-label-in-san' }],
  'name-accents': [{ domain: IDN, credential: 'look-alike-name' }],
  'name-ip-as-text': [{ domain: '127.8.9.10', credential: 'ip-as-dns-id' }],
  'name-gives-up': [{ credential: 'among-10000' }],
  'name-wildcard-deep': [{ credential: 'wildcard-two-labels' }],
  'name-wildcard-anywhere': [{ credential: 'wildcard-middle' }],
  'name-srv-any-service': [{ credential: 'srv-id-wrong-service' }],
  'name-srv-any-domain': [{ credential: 'srv-id-wrong-domain' }],
  'name-srv-wildcard': [{ credential: 'srv-id-wildcard' }],
  'name-xmpp-any-domain': [{ credential: 'xmppaddr-wrong-domain' }],
  'name-xmpp-user': [{ credential: 'xmppaddr-user' }],
  'name-any-san': [{ credential: 'uri-only' }],
  'skips-dates': [{ credential: 'expired' }],
  'dates-of-this-century': [{ credential: 'expired-1963' }],
  'skips-usage': [{ credential: 'wrong-eku-client' }],
  'skips-basic-constraints': [{ credential: 'leaf-as-ca' }],
  'skips-key-usage': [{ credential: 'intermediate-no-cert-sign' }],
  'skips-path-length': [{ credential: 'path-too-long' }],
  'skips-name-constraints': [{ credential: 'name-constraints-permitted' }],
  'skips-critical': [{ credential: 'critical-unknown' }],
  'skips-form': [{ credential: 'version-4' }],
  'skips-strength': [{ credential: 'rsa-1024' }],
  'skips-signature': [{ credential: 'bad-signature' }],
  'completes-chain': [{ credential: 'missing-intermediate' }],
  'accepts-known-subject': [
    { session: 'stay', script: [...loss, ...later({ present: 'expired' })] },
    (outcome) => logins(outcome) > 1,
  ],
  'keeps-rejected-session': [
    { session: 'stay', script: [...loss, ...later({ present: 'wrong-name' }), ...later({ resume: true }, '3+')] },
    (outcome) => logins(outcome) > 1,
  ],
  'offered-is-verified': [
    { session: 'stay', script: [...loss, ...later({ present: 'wrong-name' })] },
    (outcome) => logins(outcome) > 1,
  ],
  'session-for-any-name': [
    {
      session: 'stay',
      endpoints: { elsewhere: { credential: 'valid' } },
      script: at('online', { inject: { xml: redirect }, close: 'after' }, 1),
    },
    (outcome) => hellos(outcome).some(({ hello, offersSession }) => offersSession && hello.serverName === null),
  ],
  'resumes-without-ems': [
    {
      session: 'stay',
      script: [...loss, ...at('tls-handshake', { negotiate: { max: 'TLSv1.2', 'extended-master-secret': false } })],
    },
    (outcome) => hellos(outcome).some(({ offersSession }) => offersSession === 1),
  ],
  'early-data': [again, ({ observations }) => observations.some(({ type }) => type === 'early-data')],
  'claims-other-tls': [again, ({ claim }) => claim?.tls?.version === 'TLSv1.1'],
  'claims-other-certificate': [
    again,
    ({ observations, claim }) =>
      !observations.some((o) => o.type === 'handshake' && o.certificateSha256 === claim?.tls?.certificate_sha256),
  ],
  'claims-other-verification': [again, ({ claim }) => claim?.tls?.verified_by === 'DANE'],
  'claims-certificate-unchanged': [
    { session: 'stay', script: [...loss, ...later({ present: 'valid-renewed' })] },
    ({ claim }) => claim?.tls?.certificate_changed === false,
  ],
  'claims-certificate-changed': [again, ({ claim }) => claim?.tls?.certificate_changed === true],
  'ignores-staple': [{ credential: 'staple-revoked' }],
  'staple-any-signer': [{ credential: 'staple-wrong-signer' }],
  'staple-any-certificate': [{ credential: 'staple-other-serial' }],
  'staple-any-time': [{ credential: 'staple-expired' }],
  'ignores-must-staple': [{ credential: 'must-staple-without' }],
  'privacy-from': [
    {},
    ({ observations }) =>
      observations.some(
        (o) => o.type === 'stream-open' && o.from === 'client' && o.phase === 'clear' && o.attributes.from,
      ),
  ],
  'claims-online': [{ credential: 'wrong-name' }, ({ claim }) => claim?.result === 'online'],
  'refuses-new-certificate': [
    { session: 'stay', script: [...loss, ...later({ present: 'valid-renewed' })] },
    (outcome) => logins(outcome) === 1,
  ],
  'no-prefix': [{ script: features({ prefix: { element: 'starttls', prefix: 't' } }) }, isRefused],
  'no-prolog': [{ script: [{ on: 'header', do: { remove: 'prolog' } }] }, isRefused],
  'prolog-exact': [
    {
      script: at('header', { remove: 'prolog', inject: { xml: '<?xml version="1.0"?>\n', before: 'header' } }),
    },
    isRefused,
  ],
  'needs-required': [{ script: features({ remove: 'required' }) }, isRefused],
  'no-xmpp-addr': [{ credential: 'valid-xmppaddr-only' }, isRefused],
  'no-many-names': [{ credential: 'valid-among-1000' }, isRefused],
  'no-empty-subject': [{ credential: 'valid-no-subject' }, isRefused],
  'no-idn': [{ domain: IDN }, isRefused],
  'no-ip-id': [{ domain: '127.8.9.10' }, isRefused],
  'name-case': [{ credential: 'valid-case' }, isRefused],
  'name-cn-only': [{ credential: 'valid-no-cn' }, isRefused],
  'no-ecdsa-in-tls-1.2': [{ versions: { min: 'TLSv1.2', max: 'TLSv1.2' } }, isRefused],
  'needs-whole-elements': [{ script: [{ on: 'features', do: { split: 'each-byte' } }] }, isRefused],
  'one-element-per-segment': [{ script: [{ on: 'header', do: { join: true } }] }, isRefused],
  'needs-extended-master-secret': [
    {
      script: at('tls-handshake', { negotiate: { max: 'TLSv1.2', 'extended-master-secret': false } }),
    },
    isRefused,
  ],
  'needs-alpn': [{ transport: 'direct', script: at('tls-handshake', { negotiate: { alpn: [] } }) }, isRefused],
  'no-renegotiation': [
    { script: [...at('tls-handshake', { negotiate: { max: 'TLSv1.2' } }), ...inTls({ renegotiate: 'valid' })] },
    isRefused,
  ],
  'no-fragments': [{ script: rewriting('TLSv1.3', { fragment: 1 }) }, isRefused],
  'one-message-per-record': [{ script: rewriting('TLSv1.2', { coalesce: true }) }, isRefused],
  'record-version-exact': [{ script: rewriting('TLSv1.3', { 'record-version': 0x0301 }) }, isRefused],
  'one-change-cipher-spec': [
    { script: rewriting('TLSv1.3', { insert: { type: 20, octets: '01', after: 'server-hello' } }) },
    isRefused,
  ],
  'warnings-are-fatal': [
    { script: rewriting('TLSv1.2', { insert: { type: 21, octets: '0170', before: 'server-hello' } }) },
    isRefused,
  ],
  'no-hello-request': [{ script: inserting({ type: 22, octets: '00000000' }) }, isRefused],
  'no-retry': [{ script: at('tls-handshake', { negotiate: { min: 'TLSv1.3', groups: 'P-384' } }) }, isRefused],
  'tls-1.3-only': [{ versions: { min: 'TLSv1.2', max: 'TLSv1.2' } }, isRefused],
  'tls-1.2-only': [{ versions: { min: 'TLSv1.3', max: 'TLSv1.3' } }, isRefused],
  'no-wildcard': [{ credential: 'valid-wildcard' }, isRefused],
  'no-srv-id': [{ credential: 'valid-srv-id-and-dns-id' }, isRefused],
  'no-rsa': [{ credential: 'valid-rsa-2048' }, isRefused],
  'no-long-rsa': [{ credential: 'valid-rsa-4096' }, isRefused],
  'no-p-384': [{ credential: 'valid-p-384' }, isRefused],
  'no-ed25519': [{ credential: 'valid-ed25519' }, isRefused],
  'no-rsa-pss': [{ credential: 'valid-rsa-pss' }, isRefused],
  'no-sha384': [{ credential: 'valid-sha384' }, isRefused],
  'no-intermediate': [{ credential: 'valid-intermediate' }, isRefused],
  'no-rsa-intermediate': [{ credential: 'valid-rsa-intermediate' }, isRefused],
  'one-intermediate-only': [{ credential: 'valid-three-intermediates' }, isRefused],
  'no-path-length': [{ credential: 'valid-path-length' }, isRefused],
  'no-name-constraints': [{ credential: 'valid-name-constraints' }, isRefused],
  'follows-sent-chain': [{ credential: 'valid-cross-signed' }, isRefused],
  'needs-ordered-chain': [{ credential: 'valid-unordered-chain' }, isRefused],
  'needs-eku': [{ credential: 'valid-no-eku' }, isRefused],
  'one-purpose-only': [{ credential: 'valid-eku-both' }, isRefused],
  'needs-key-usage': [{ credential: 'valid-no-key-usage' }, isRefused],
  'no-unknown-extension': [{ credential: 'valid-unknown-extension' }, isRefused],
  'slow-clock': [{ credential: 'valid-just-issued' }, isRefused],
  'no-long-validity': [{ credential: 'valid-ten-years' }, isRefused],
  'no-odd-serial': [{ credential: 'valid-serial-negative' }, isRefused],
  'no-staple': [{ credential: 'valid-staple' }, isRefused],
  'no-must-staple': [{ credential: 'valid-must-staple' }, isRefused],
};

for (const fault of Object.keys(faults) as ClientFault[]) {
  const [setting, shows = wasOnline] = attacks[fault];

  test(`${fault}: only the faulty client shows it`, async (t) => {
    const faulty = await meet(referenceClient({ faults: [fault] }), setting);
    t.true(shows(faulty), `the fault does not show: ${faulty.error}\n${JSON.stringify(faulty.observations, null, 1)}`);
    const correct = await meet(referenceClient(), setting);
    t.false(shows(correct), JSON.stringify(correct.observations, null, 1));
  });

  test(`${fault}: logs in where nothing is wrong`, async (t) => {
    const client = referenceClient({ faults: [fault] });
    for (const transport of ['starttls', 'direct'] as const) {
      const outcome = await meet(client, { transport });
      t.true(wasOnline(outcome), `${transport}: ${outcome.error}`);
      t.false(givesAwayInClear(outcome), transport);
    }
    // A hello that is tried first has a connection of its own.
    const first = fault.startsWith('hello-') ? 2 : 1;
    const stay = await meet(client, { session: 'stay', script: at('online', { close: 'instead' }, first) });
    t.is(handshakes(stay).length, 2);
    t.false(givesAwayInClear(stay));
  });
}
