/** What a client makes of what DNS says. */
export const dnsFaults = {
  'ignores-srv': 'connects to the domain itself, at the usual port, whatever SRV records say',
  'first-srv-only': 'takes the first SRV record that comes, and no other',
  'ignores-no-service': 'connects to the domain itself where an SRV record says that there is no such service',
  'clear-without-srv': 'logs in in clear where there are no SRV records and starttls is not offered',
  'clear-after-direct': 'logs in in clear where direct TLS is not to be had and starttls is not offered',
  'clear-at-domain':
    'asks the domain itself at the port for STARTTLS where direct TLS is not to be had, and logs in in clear there',
  'clear-after-refusal':
    'asks the next server that DNS names, after whatever failure of direct TLS, and logs in in clear there',
  'http-in-clear': 'follows a URL without TLS in a TXT record',
  'url-names-host': 'verifies, where a URL in a TXT record has led it, the host in that',
  'sni-is-srv-target': 'sends the target of the SRV record as server name',
  'to-is-srv-target': 'asks for the target of the SRV record in its stream header',
} as const satisfies Record<string, string>;
