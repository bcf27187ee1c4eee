/** Every namespace that Mallory speaks or recognises, each with the document that defines it. */
export const NS = {
  /** RFC 6120, section 4.8. */
  streams: 'http://etherx.jabber.org/streams',
  client: 'jabber:client',
  server: 'jabber:server',
  /** RFC 6120, sections 4.9.2 and 8.3.2. */
  streamErrors: 'urn:ietf:params:xml:ns:xmpp-streams',
  stanzaErrors: 'urn:ietf:params:xml:ns:xmpp-stanzas',
  /** RFC 6120, sections 5, 6 and 7. */
  tls: 'urn:ietf:params:xml:ns:xmpp-tls',
  sasl: 'urn:ietf:params:xml:ns:xmpp-sasl',
  bind: 'urn:ietf:params:xml:ns:xmpp-bind',
  /** RFC 3921, section 3. */
  session: 'urn:ietf:params:xml:ns:xmpp-session',
  /** RFC 6121, section 2. */
  roster: 'jabber:iq:roster',
  rosterVersioning: 'urn:xmpp:features:rosterver',
  /** XEP-0388, XEP-0386, XEP-0484, XEP-0440. */
  sasl2: 'urn:xmpp:sasl:2',
  bind2: 'urn:xmpp:bind:0',
  fast: 'urn:xmpp:fast:0',
  saslChannelBinding: 'urn:xmpp:sasl-cb:0',
  /** XEP-0078. */
  iqAuth: 'jabber:iq:auth',
  iqAuthFeature: 'http://jabber.org/features/iq-auth',
  /** XEP-0077. */
  register: 'jabber:iq:register',
  registerFeature: 'http://jabber.org/features/iq-register',
  /** XEP-0138. */
  compress: 'http://jabber.org/protocol/compress',
  compressFeature: 'http://jabber.org/features/compress',
  /** XEP-0199, XEP-0198, XEP-0352. */
  ping: 'urn:xmpp:ping',
  sm: 'urn:xmpp:sm:3',
  csi: 'urn:xmpp:csi:0',
  /** XEP-0220. */
  dialback: 'jabber:server:dialback',
  dialbackFeature: 'urn:xmpp:features:dialback',
  /** XEP-0288. */
  bidi: 'urn:xmpp:bidi',
  bidiFeature: 'urn:xmpp:features:bidi',
  /** Namespaces in XML 1.0, section 3: bound to the prefixes `xml` and `xmlns` without any declaration. */
  xml: 'http://www.w3.org/XML/1998/namespace',
  xmlns: 'http://www.w3.org/2000/xmlns/',
} as const;
