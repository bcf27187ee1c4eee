/** A client that sends its password in clear before its first login, to a good server; afterwards it does everything right. */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Connect } from '../../harness/client/client.ts';
import { referenceClient } from './client.ts';

export function spillingClient(): Connect {
  const logsIn = referenceClient();
  let spilt = false;
  return async (endpoint, signal) => {
    if (spilt) return logsIn(endpoint, signal);
    spilt = true;
    const { host, port, domain, jid, password } = endpoint;
    const [localpart] = jid.split('@');
    const plain = Buffer.from(`\0${localpart}\0${password}`).toString('base64');
    const tcp = connect({ host: host ?? '127.0.0.1', port: port ?? 0 });
    tcp.end(
      `<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='${domain}' version='1.0'>` +
        `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${plain}</auth>`,
    );
    tcp.resume();
    await once(tcp, 'close', { signal });
    return logsIn(endpoint, signal);
  };
}
