/**
 * The sections of RFC 7590 and of BCP 195 (RFC 8996 and RFC 9325) that say something about a client, what stands behind
 * each, and what no test of ours reaches. Read in the texts of the RFC Editor.
 */

export interface Section {
  section: string;
  title: string;
  /** Beginnings of ids in requirements.yaml besides those of the section itself: what it demands by reference. */
  by: readonly string[];
  /** What it asks that is not tested, and why; empty: all that binds a client is. */
  not: readonly string[];
}

export interface Document {
  source: string;
  title: string;
  sections: readonly Section[];
}

export const DOCUMENTS: readonly Document[] = [
  {
    source: 'RFC 7590',
    title: 'Use of Transport Layer Security (TLS) in XMPP',
    sections: [
      { section: '1', title: 'Introduction: the best current practices (BCP 195)', by: ['rfc9325-'], not: [] },
      {
        section: '3.1',
        title: 'Support for TLS',
        by: ['rfc6120-5.3', 'rfc6120-5.4', 'rfc6120-13.8.3-no-plain'],
        not: [],
      },
      {
        section: '3.2',
        title: 'Compression',
        by: [],
        not: ['It "neither encourages nor discourages" compression of the stream: nothing is demanded.'],
      },
      {
        section: '3.3',
        title: 'Session Resumption',
        by: ['rfc8446-4.6.1', 'rfc8446-6-discard', 'rfc7627-5.3'],
        not: [],
      },
      {
        section: '3.4',
        title: 'Authenticated Connections',
        by: ['rfc6120-13.7', 'rfc5280-', 'rfc9525-', 'rfc6125-', 'rfc4985-', 'rfc8446-4.4.2', 'rfc8446-4.4.3'],
        not: [
          'That servers authenticate clients and each other binds servers.',
          'DANE and POSH are tested of servers only: a client is told one CA, and nothing in DNS.',
        ],
      },
      { section: '3.5', title: 'Server Name Indication', by: [], not: [] },
      {
        section: '3.6',
        title: 'Human Factors',
        by: [],
        not: [
          'What a client shows its user is not seen on the wire: only what it says on standard output is held against it.',
        ],
      },
    ],
  },
  {
    source: 'RFC 9325',
    title:
      'Recommendations for Secure Use of TLS and DTLS (BCP 195, with RFC 8996, whose sections 4 and 5 are in 3.1.1)',
    sections: [
      {
        section: '3.1.1',
        title: 'SSL/TLS Protocol Versions',
        by: ['rfc6176-', 'rfc7568-', 'rfc8446-4.1.3-sentinel'],
        not: [],
      },
      { section: '3.1.2', title: 'DTLS Protocol Versions', by: [], not: ['XMPP does not run over DTLS.'] },
      { section: '3.1.3', title: 'Fallback to Lower Versions', by: ['rfc7507-'], not: [] },
      {
        section: '3.2',
        title: 'Strict TLS',
        by: ['rfc7590-3.1', 'rfc6120-5.4', 'xep0368-3-direct-tls', 'xep0368-3-no-starttls'],
        not: [
          'That users can demand TLS, and prefer direct TLS, is configuration; what the client does as it was started is tested.',
        ],
      },
      { section: '3.3', title: 'Compression', by: ['rfc8446-4.1.2-compression'], not: [] },
      { section: '3.3.1', title: 'Certificate Compression', by: [], not: ['It may be used; nothing is demanded.'] },
      {
        section: '3.4',
        title: 'TLS Session Resumption',
        by: ['rfc7590-3.3', 'rfc8446-4.6.1', 'rfc8446-6-discard', 'rfc7627-5.3'],
        not: ['How tickets are encrypted, and how long they are valid, is up to the server.'],
      },
      { section: '3.5', title: 'Renegotiation in TLS 1.2', by: ['rfc5746-'], not: [] },
      {
        section: '3.6',
        title: 'Post-Handshake Authentication',
        by: [],
        not: ['It is about protocols that multiplex requests over a connection, as HTTP/2 does.'],
      },
      {
        section: '3.7',
        title: 'Server Name Indication (SNI)',
        by: ['rfc6066-3', 'rfc7590-3.5', 'xep0368-3-sni'],
        not: [],
      },
      {
        section: '3.8',
        title: 'Application-Layer Protocol Negotiation (ALPN)',
        by: ['rfc7301-', 'xep0368-3-alpn'],
        not: [],
      },
      { section: '3.9', title: 'Multi-Server Deployment', by: [], not: ['It binds those who run servers.'] },
      {
        section: '3.10',
        title: 'Zero Round-Trip Time (0-RTT) Data in TLS 1.3',
        by: ['rfc8446-4.2.10', 'xep0484-6'],
        not: [],
      },
      {
        section: '4.1',
        title: 'General Guidelines on Cipher Suites',
        by: ['rfc7465-'],
        not: [],
      },
      { section: '4.2', title: 'Cipher Suites for TLS 1.2', by: [], not: [] },
      { section: '4.2.1', title: 'Implementation Details', by: [], not: [] },
      { section: '4.3', title: 'Cipher Suites for TLS 1.3', by: ['rfc8446-9.1'], not: [] },
      {
        section: '4.4',
        title: 'Limits on Key Usage',
        by: [],
        not: ['More data would have to be sent under one key than a test can wait for.'],
      },
      { section: '4.5', title: 'Public Key Length', by: ['rfc9155-'], not: [] },
      { section: '4.6', title: 'Truncated HMAC', by: [], not: [] },
      { section: '7.1', title: 'Host Name Validation', by: ['rfc9525-', 'rfc6125-', 'rfc6120-13.7.2.1'], not: [] },
      { section: '7.2', title: 'AES-GCM', by: [], not: ['How nonces are chosen in TLS 1.2 is not looked at.'] },
      { section: '7.3', title: 'Forward Secrecy', by: ['rfc9325-4.1-forward-secrecy', 'rfc9325-4.1-static'], not: [] },
      {
        section: '7.4',
        title: 'Diffie-Hellman Exponent Reuse',
        by: [],
        not: ['Key shares of different connections are not compared.'],
      },
      {
        section: '7.5',
        title: 'Certificate Revocation',
        by: ['rfc6066-8', 'rfc7633-'],
        not: ['Only stapled answers are tested: CRLs and OCSP responders would need a network.'],
      },
    ],
  },
];
