/** Attacks that show what a client makes of features, headers and answers in clear. */
import { NS } from '../../../src/xmpp/namespaces.ts';
import { said } from '../support.ts';
import { type Attack, exposed } from './exposed.ts';
import { givesAwayInClear, isRefused } from './outcomes.ts';
import { at, features, inClear, plainOffer } from './settings.ts';
import type { strippingFaults } from './stripping.ts';

const feature = (xml: string) => features({ add: xml });

exposed({
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
} satisfies Record<keyof typeof strippingFaults, Attack>);
