/** What a scenario may take for granted in a client: each is probed in its control, and makes it `skip` where it is not so. */
export const NEEDS = {
  stay: 'stays online and logs in again when a good session was closed',
  dns: 'finds its server by DNS, which takes --via dns',
  'answers-iq': 'stays online and answers an iq that it gets after the login',
  'direct-tls': 'speaks TLS from the first byte (XEP-0368)',
  wildcard: 'accepts a wildcard certificate',
  'srv-id': 'accepts a certificate with an SRV-ID',
  'xmpp-addr': 'accepts a certificate with an XmppAddr',
  intermediate: 'accepts a certificate below an intermediate CA',
  scram: 'uses a SCRAM mechanism where PLAIN is offered, too',
  'scram-plus': 'uses a SCRAM mechanism with channel binding',
  fast: 'logs in with the token of its last login (XEP-0484) when it comes back',
  resumption: 'takes up its last session (XEP-0198) when it comes back',
  's2s-listener': 'takes streams from other servers, and asks about their dialback keys (XEP-0220)',
  bidi: 'makes streams to other servers bidirectional (XEP-0288)',
  external: 'logs in with a client certificate (SASL EXTERNAL)',
  dane: 'authenticates a server with DANE',
  posh: 'authenticates a server with POSH',
} as const satisfies Record<string, string>;

export type Need = keyof typeof NEEDS;
