// @xmpp/client as it comes. It hands no CA to Node's TLS: trust is NODE_EXTRA_CA_CERTS.
const { client, xml } = await import(process.argv[2] ?? '@xmpp/client');
const { XMPP_HOST, XMPP_PORT, XMPP_DOMAIN, XMPP_JID, XMPP_PASSWORD, XMPP_TLS, XMPP_SESSION } = process.env;

const xmpp = client({
  service: XMPP_HOST ? `${XMPP_TLS === 'direct' ? 'xmpps' : 'xmpp'}://${XMPP_HOST}:${XMPP_PORT}` : XMPP_DOMAIN,
  domain: XMPP_DOMAIN,
  username: XMPP_JID.slice(0, XMPP_JID.lastIndexOf('@')),
  password: XMPP_PASSWORD,
});
let wasOnline = false;

function end(reason) {
  console.log(JSON.stringify({ result: wasOnline ? 'online' : 'refused', reason: String(reason) }));
  process.exit(wasOnline ? 0 : 1);
}
const leave = (reason) =>
  xmpp
    .stop()
    .catch(String)
    .then(() => end(reason));

xmpp.on('error', (error) => console.error(String(error)));
xmpp.on('online', (jid) => {
  wasOnline = true;
  if (XMPP_SESSION === 'stay') xmpp.send(xml('presence')).catch(console.error);
  else leave(jid);
});
process.on('SIGTERM', () => leave('asked to end'));
const started = xmpp.start();

if (XMPP_SESSION === 'stay') {
  started.catch(String); // it goes on trying
} else {
  started.catch(end);
  // After see-other-host it dials again at once, otherwise only a second later.
  xmpp.on('disconnect', () => setTimeout(() => xmpp.status === 'disconnect' && end('disconnected'), 300));
  setTimeout(end, 12000, 'silence'); // it waits for ever where no feature is one that it knows
}
